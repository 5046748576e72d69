import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { quoteArgv, quoteWord } from "../../../src/core/remote";

describe("quoteArgv", () => {
  it("leaves plain words alone", () => {
    expect(quoteArgv(["nvidia-smi", "-q", "-x", "--format=csv,noheader"])).toBe(
      "nvidia-smi -q -x --format=csv,noheader",
    );
  });

  it("quotes what zsh would take for the path of a program", () => {
    expect(quoteArgv(["tmux", "attach", "-t", "=train", "a=b"])).toBe("tmux attach -t '=train' a=b");
  });

  it.each(["", "a b", "it's", "$HOME", "`id`", "a\nb", "*", "~", "-n", "ä€", "\\", '"', "a;b", "#x", "!x", "\u0001"])(
    "lets a shell read %j back unchanged",
    (word) => {
      const output = execFileSync("sh", ["-c", `printf '%s.' ${quoteWord(word)}`], { encoding: "utf8" });
      expect(output).toBe(`${word}.`);
    },
  );

  it("refuses a NUL byte, which no program can be given", () => {
    expect(() => quoteArgv(["echo", "a\0b"])).toThrow(RangeError);
  });
});
