import { describe, expect, test } from "vitest";
import { createFrames } from "../../../src/core/gpu/frames";

function cut(chunks: readonly (string | Uint8Array)[]) {
  const records: [string, string][] = [];
  const lines: string[] = [];
  const dropped: string[] = [];
  const frames = createFrames("N", {
    record: (type, payload) => records.push([type, payload]),
    line: (text) => lines.push(text),
    tooLong: (what) => dropped.push(what),
  });
  for (const chunk of chunks) frames.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return { records, lines, dropped };
}

const record = (text: string) => `\u001eN ${text}\u001f`;

describe("frames", () => {
  test("a record in the middle of a line is cut out and the line goes on", () => {
    expect(cut([`0, 1${record("host a b")}2, 3\n1, 4\r\n`])).toEqual({
      records: [["host", "a b"]],
      lines: ["0, 12, 3", "1, 4"],
      dropped: [],
    });
  });

  test("every way of cutting the stream in two and byte by byte gives the same", () => {
    const bytes = Buffer.from(`Größe 1${record("t ünï")}x\n${record("u")}${record("v w")}äö\nnext\n`);
    const whole = cut([bytes]);
    expect(whole.lines).toEqual(["Größe 1x", "äö", "next"]);
    for (let at = 0; at <= bytes.length; at++) expect(cut([bytes.subarray(0, at), bytes.subarray(at)])).toEqual(whole);
    expect(cut([...bytes].map((byte) => Buffer.from([byte])))).toEqual(whole);
  });

  test("chunks may be used again by their owner", () => {
    const memory = Buffer.from("abc\u001eN");
    const lines: string[] = [];
    const frames = createFrames("N", { record() {}, line: (text) => lines.push(text), tooLong() {} });
    frames.push(memory);
    memory.fill(0x21);
    frames.push(Buffer.from(" t\u001fdef\n"));
    expect(lines).toEqual(["abcdef"]);
  });

  test("another nonce is no record", () => {
    const { records, lines } = cut(["\u001eM host x\u001f\n\u001e\u001e\n"]);
    expect(records).toEqual([]);
    expect(lines).toEqual(["M host x\u001f", ""]);
  });

  test("a record that was cut short is given up for the next", () => {
    expect(cut([`\u001eN host half${record("host whole")}`]).records).toEqual([["host", "whole"]]);
  });

  test("a line of 10 MB ends in one notice, and the rest goes on", () => {
    const chunk = Buffer.alloc(100_000, 0x78);
    const { lines, dropped, records } = cut([...Array<Uint8Array>(100).fill(chunk), `\nafter\n${record("t p")}`]);
    expect(dropped).toEqual(["line"]);
    expect(lines).toEqual(["after"]);
    expect(records).toEqual([["t", "p"]]);
  });

  test("a record without end is dropped once it ends", () => {
    const chunk = Buffer.alloc(70_000, 0x78);
    expect(cut(["\u001eN t ", chunk, "\u001fok\n"])).toEqual({ records: [], lines: ["ok"], dropped: ["record"] });
  });
});
