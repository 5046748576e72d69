/// <reference path="../../src/ssh/text.d.ts" />
import { spawn, spawnSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { commandLine, frameReader } from "../../src/ssh/frames";
import { markSeeker } from "../../src/ssh/markSeeker";
import { shellInput } from "../../src/ssh/shell";
import script from "../../src/ssh/shortLane.sh";

/** Shells that stand behind the name `sh` somewhere. */
const shells: readonly [string, ...string[]][] = [
  ["dash"],
  ["bash", "--posix"],
  ["bash"],
  ["busybox", "sh"],
  ["zsh", "--emulate", "sh"],
  ["ksh"],
  ["mksh"],
];
const present = ([shell]: readonly [string, ...string[]]) => spawnSync(shell, ["-c", "exit"]).error === undefined;

describe("the short lane's script", () => {
  it("finds a shell to be tried on", () => {
    expect(shells.some(present)).toBe(true);
  });

  for (const [shell, ...args] of shells.filter(present)) {
    it(`runs lines under ${[shell, ...args].join(" ")}`, async () => {
      const child = spawn(shell, [...args, "-s"], { stdio: "pipe" });
      const readers = { out: frameReader("f00"), err: frameReader("f00") };
      const seeker = markSeeker();
      let ready = false;
      let wake = () => {};
      child.stdout.on("data", (chunk: Buffer) => {
        if (ready) readers.out.push(chunk);
        else ready = seeker.push(chunk) instanceof Buffer;
        wake();
      });
      child.stderr.on("data", (chunk: Buffer) => {
        readers.err.push(chunk);
        wake();
      });
      const until = async <T>(look: () => T | undefined | false): Promise<T> => {
        for (;;) {
          const found = look();
          if (found) return found;
          await new Promise<void>((resolve) => {
            wake = resolve;
          });
        }
      };
      const answer = async () => {
        const out = await until(() => readers.out.take());
        const err = await until(() => readers.err.take());
        return [out.output.toString(), err.output.toString(), out.code];
      };
      child.stdin.write(shellInput(script));
      await until(() => ready);
      expect(seeker.pid()).toBe(child.pid);
      child.stdin.write("f00\n");
      expect(await answer()).toEqual(["", "", 0]);
      const run = (argv: readonly string[], stdin?: string) => {
        child.stdin.write(`${commandLine(argv, stdin)}\n`);
        return answer();
      };
      expect(await run(["printf", "%s,", "a\nb", "\\n", "it's", "$x"])).toEqual(["a\nb,\\n,it's,$x,", "", 0]);
      expect(await run(["sh", "-c", "cat; echo oops >&2; exit 3"], "in\nput")).toEqual(["in\nput", "oops\n", 3]);
      expect(await run(["cat"])).toEqual(["", "", 0]);
      expect((await run(["exit", "4"]))[2]).toBe(4);
      expect((await run(["no-such-command"]))[2]).toBe(127);
      child.stdin.end();
      expect(await new Promise((resolve) => child.once("exit", resolve))).toBe(0);
    });
  }
});
