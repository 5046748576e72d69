/// <reference path="../../../src/ssh/text.d.ts" />
import { PassThrough } from "node:stream";
import { describe, expect, it } from "vitest";
import { Failure } from "../../../src/core/failure";
import { readyMark } from "../../../src/core/remote";
import { escapedTexts } from "../../../src/ssh/mux/escape";
import { createMuxInput } from "../../../src/ssh/mux/muxInput";
import { createMuxLink } from "../../../src/ssh/mux/muxLink";
import { createManualClock } from "../../mocks/manualClock";

/** A host played by hand: what it is sent is collected, what it says is written. */
async function openLink(greeting = "raw") {
  const clock = createManualClock();
  const stdin = new PassThrough();
  const stdout = new PassThrough();
  let said = "";
  let nonce = "";
  let finish: (failure: Failure) => void = () => {};
  const ended = new Promise<Failure>((resolve) => {
    finish = resolve;
  });
  const close = () => finish(new Failure({ reason: "connectionLost", host: "box" }));
  const frame = (code: number, payload = "") => stdout.write(`${payload}\u001e${nonce} ${code}\u001f`);
  stdin.on("data", (chunk: Buffer) => {
    const text = chunk.toString("latin1");
    said += text;
    if (text.endsWith("}\n")) stdout.write(`noise of a login shell\n${readyMark}`);
    const words = /^([0-9a-f]{24})\n[0-9a-f]{12}\n9\n$/.exec(text);
    if (words?.[1] === undefined) return;
    nonce = words[1];
    said = "";
    frame(6, greeting);
  });
  const never = () => Promise.reject(new Failure({ reason: "internal", detail: "not tried here" }));
  const link = await createMuxLink({
    process: { host: "box", stdin, stdout, ended, close },
    anotherLogin: { terminal: never, dial: never },
    capabilities: { pty: true, forward: true },
    clock,
    signal: new AbortController().signal,
    deadlineMs: 5_000,
  });
  return { link, clock, frame, stdout, said: () => said };
}

describe("a link over one process", () => {
  it("says every nine seconds that the client is there, and is lost when the host says nothing for twenty", async () => {
    const { link, clock, frame, said } = await openLink();
    clock.advance(9_000);
    expect(said()).toBe("alive\n");
    frame(7);
    await new Promise((resolve) => setImmediate(resolve));
    for (let second = 0; second < 15; second++) clock.advance(1_000);
    expect(link.failure()).toBeUndefined();
    for (let second = 0; second < 10; second++) clock.advance(1_000);
    expect(await link.ended).toMatchObject({ problem: { reason: "connectionLost", host: "box" } });
    expect(link.failure()).toMatchObject({ problem: { reason: "connectionLost" } });
  });

  it("says what is missing where the host has no folder for it", async () => {
    await expect(openLink("no folder")).rejects.toMatchObject({
      problem: { reason: "noShell", detail: "no folder for short-lived files can be written there" },
    });
  });

  it("refuses a channel that the host cannot open", async () => {
    const { link, frame, said } = await openLink();
    const refused = link.exec("true");
    expect(link.openChannels()).toBe(1);
    frame(8 + 5);
    await expect(refused).rejects.toMatchObject({ problem: { reason: "noSession", host: "box" } });
    expect(link.openChannels()).toBe(0);
    expect(said()).toBe("open 1 true\nforget 1\n");
  });

  it("lets the host go on only when what it sent is read", async () => {
    const { link, frame, said } = await openLink();
    const opening = link.exec("cat");
    frame(8 + 4);
    const channel = await opening;
    for (let chunk = 0; chunk < 8; chunk++) frame(8, "x".repeat(32_768));
    await new Promise((resolve) => setImmediate(resolve));
    expect(said()).toBe("open 1 cat\n");
    channel.resume();
    await new Promise((resolve) => setImmediate(resolve));
    expect(said()).toBe("open 1 cat\nmore 1 0\nmore 1 0\n");
  });

  it("closes a channel on which the host sends more than it may", async () => {
    const { link, frame, said } = await openLink();
    const opening = link.exec("cat");
    frame(8 + 4);
    const channel = await opening;
    const closed = new Promise((resolve) => channel.once("close", resolve));
    for (let chunk = 0; chunk < 9; chunk++) frame(8, "x".repeat(32_768));
    await closed;
    expect(said()).toBe("open 1 cat\nforget 1\n");
    expect(link.failure()).toBeUndefined();
  });

  it("ends where the host sends a frame without end", async () => {
    const { link, stdout } = await openLink();
    stdout.write("x".repeat(2 * 1024 * 1024));
    expect(await link.ended).toMatchObject({ problem: { reason: "connectionLost" } });
  });
});

describe("a channel's input", () => {
  it("is single-line text whose ends no shell drops", () => {
    expect(escapedTexts(Buffer.from(" a b\\\n\0é "), 100)).toEqual(["\\0040a b\\0134\\0012\\0000\\0303\\0251\\0040"]);
    expect(escapedTexts(Buffer.from("abcdef"), 4)).toEqual(["abcd", "ef"]);
    expect(escapedTexts(Buffer.alloc(0), 4)).toEqual([]);
  });

  it("never has more on its way than the host's pipes hold, and ends after the last of it", () => {
    const sent: (string | Uint8Array)[] = [];
    const input = createMuxInput(3, true, (data) => sent.push(data));
    let written = false;
    input.write(Buffer.alloc(50_000), () => {
      written = true;
    });
    input.end();
    // Each 16 KiB take four pages, and their line one.
    expect(sent.filter((data) => typeof data === "string")).toEqual(["bytes 3 16384\n", "bytes 3 16384\n"]);
    expect(written).toBe(false);
    input.passedOn();
    input.passedOn();
    expect(written).toBe(true);
    expect(sent.filter((data) => typeof data === "string").slice(2)).toEqual([
      "bytes 3 16384\n",
      "bytes 3 848\n",
      "eof 3\n",
    ]);
  });
});
