import { describe, expect, it } from "vitest";
import { createFlow } from "../../../src/core/tensors/terminal/flow";
import { createTail } from "../../../src/core/tensors/terminal/tail";
import { createManualClock } from "../../mocks/manualClock";

function flow() {
  const clock = createManualClock();
  const written: string[] = [];
  let moves = 0;
  const made = createFlow(
    clock,
    (text) => written.push(text),
    () => moves++,
  );
  return { ...made, clock, written, moves: () => moves };
}

describe("output on its way to a screen", () => {
  it("goes at once where there is room, so that a key is echoed without delay", () => {
    const { push, written, waiting } = flow();
    push("a");
    push("b");
    expect(written).toEqual(["a", "b"]);
    expect(waiting()).toBe(0);
  });

  it("goes at no more than 5 MB/s, whole and in its order", () => {
    const { push, written, waiting, clock, moves } = flow();
    const text = Array.from({ length: 150_000 }, (_, at) => `${at}\n`).join("");
    for (let at = 0; at < text.length; at += 32_768) push(text.slice(at, at + 32_768));
    clock.advance(100);
    const soFar = written.join("").length;
    expect(soFar).toBeLessThanOrEqual(80_000 + 100 * 5_000);
    expect(soFar).toBeGreaterThan(100 * 4_500);
    expect(waiting()).toBe(text.length - soFar);
    expect(moves()).toBeGreaterThan(1);
    clock.advance(1_000);
    expect(written.join("")).toBe(text);
  });

  it("saves up no more than a little while nothing comes", () => {
    const { push, written, clock } = flow();
    clock.advance(60_000);
    for (let at = 0; at < 100; at++) push("x".repeat(10_000));
    expect(written.join("").length).toBeLessThanOrEqual(80_000);
    clock.advance(1_000);
    expect(written.join("").length).toBe(1_000_000);
  });

  it("cuts no character in two", () => {
    const { push, written, clock } = flow();
    push(`${"🔥".repeat(100_000)}x`);
    clock.advance(1_000);
    expect(written.join("")).toBe(`${"🔥".repeat(100_000)}x`);
    for (const piece of written) expect(piece.charCodeAt(piece.length - 1) & 0xfc00).not.toBe(0xd800);
  });

  it("tells when all of it has gone, and at once when it is given up", async () => {
    const { push, drained, clock, dispose } = flow();
    await drained();
    push("x".repeat(200_000));
    let told = false;
    const done = drained().then(() => {
      told = true;
    });
    clock.advance(16);
    await Promise.resolve();
    expect(told).toBe(false);
    clock.advance(100);
    await done;
    push("x".repeat(200_000));
    const given = drained();
    dispose();
    await given;
    expect(clock.pending()).toEqual([]);
  });
});

describe("the tail of a command's output", () => {
  it("holds the last characters, however they came", () => {
    const tail = createTail(10);
    for (const character of "abcdefghijklmnopqrstuvwxyz") tail.push(character);
    expect(tail.text()).toBe("qrstuvwxyz");
    tail.push("0123456789ABCDEF");
    expect(tail.text()).toBe("6789ABCDEF");
    tail.clear();
    expect(tail.text()).toBe("");
  });
});
