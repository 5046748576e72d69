import { describe, expect, it } from "vitest";
import { readyMark } from "../../../src/core/remote";
import { answerLimitBytes, commandLine, frameReader } from "../../../src/ssh/frames";
import { markSeeker } from "../../../src/ssh/markSeeker";
import { plainText } from "../../../src/ssh/plainText";

const bytes = (text: string) => Buffer.from(text, "latin1");

describe("frames of the short lane", () => {
  it("are found however the bytes are cut", () => {
    const whole = bytes("one\u001ene\u001e0 1\u001f\u001eabc 7\u001ftwo\u001eabc 0\u001f");
    for (let cut = 1; cut < whole.length; cut++) {
      const reader = frameReader("abc");
      const frames = [];
      for (const part of [whole.subarray(0, cut), whole.subarray(cut)]) {
        reader.push(part);
        for (let frame = reader.take(); frame; frame = reader.take())
          frames.push([frame.output.toString("latin1"), frame.code]);
      }
      expect(frames).toEqual([
        ["one\u001ene\u001e0 1\u001f", 7],
        ["two", 0],
      ]);
    }
  });

  it("say when an answer is too large", () => {
    const reader = frameReader("abc");
    reader.push(Buffer.alloc(answerLimitBytes));
    expect(reader.tooLarge()).toBe(false);
    reader.push(Buffer.alloc(64));
    expect(reader.tooLarge()).toBe(true);
  });
});

describe("command lines", () => {
  it("stay one line whatever the words hold", () => {
    expect(commandLine(["printf", "a\nb", "c'd\n"], undefined)).toBe(`printf 'a'"$nl"'b' 'c'\\''d'"$nl"''`);
    expect(commandLine(["cat"], "x\ny")).toBe(`printf %s 'x'"$nl"'y' | { cat; }`);
    expect(() => commandLine(["a\0"], undefined)).toThrow(RangeError);
    expect(() => commandLine(["a"], "\0")).toThrow(RangeError);
  });
});

describe("the ready mark", () => {
  it("is found after noise, however the bytes are cut; what follows belongs to the script", () => {
    const whole = bytes(`banner\u001etensorline pid 42\u001f\u001etensor${readyMark}data`);
    for (let cut = 1; cut < whole.length; cut++) {
      const seeker = markSeeker();
      const first = seeker.push(whole.subarray(0, cut));
      const second = first === undefined ? seeker.push(whole.subarray(cut)) : undefined;
      const found = first ?? second;
      // What comes in later packets goes past the seeker.
      expect(`${found}`).toBe(
        first === undefined ? "data" : whole.subarray(0, cut).toString("latin1").split(readyMark)[1],
      );
      expect(seeker.pid()).toBe(42);
    }
  });

  it("is not waited for without end", () => {
    const seeker = markSeeker();
    expect(seeker.push(Buffer.alloc(64 * 1024))).toBeUndefined();
    expect(seeker.push(Buffer.alloc(1))).toBe("tooMuch");
  });
});

describe("a host's words", () => {
  it("lose what could move the cursor, ring or deceive", () => {
    expect(plainText("\u001b[31mred\u001b[0m\u0007 \u001b]0;title\u0007ok\r\nnext\u202Etxt\u0000")).toBe(
      "red ok\nnexttxt",
    );
    expect(plainText("x".repeat(20), 10)).toBe("xxxxxxxxxx…");
  });
});
