import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import processesScript from "../../src/core/jobs/scripts/processes.sh";
import type { CommandOutput } from "../../src/core/remote";
import { hosts, newFolder, noAbort, type ShellHost } from "./transferHost";

/** The launcher's text in the very shell of this host, for a program that is shell text itself. */
function run(
  host: ShellHost,
  count: number,
  program: string,
  env: Record<string, string> = {},
): Promise<CommandOutput> {
  return host.with({ PROGRAM: program, ...env }).run(
    {
      what: "testing",
      argv: ["eval", `set -- ${count} sh -c "$PROGRAM" sh 'an argument'\n${processesScript}`],
      deadlineMs: 30_000,
      parse: (output) => output,
    },
    noAbort,
  );
}

describe.each(hosts)("several processes under $name", (host) => {
  it("are told apart, share a place to meet and get the arguments", async () => {
    const text = 'echo "$RANK $LOCAL_RANK of $WORLD_SIZE $LOCAL_WORLD_SIZE at $MASTER_ADDR:$MASTER_PORT with $1"';
    const { exitCode, stdout } = await run(host, 3, text);
    expect(exitCode).toBe(0);
    const lines = stdout.trim().split("\n").sort();
    const port = /:(\d+) /.exec(stdout)?.[1];
    expect(Number(port)).toBeGreaterThanOrEqual(20_000);
    expect(lines).toEqual([0, 1, 2].map((rank) => `${rank} ${rank} of 3 3 at 127.0.0.1:${port} with an argument`));
  });

  it("meet where they are told to", async () => {
    const { stdout } = await run(host, 1, 'echo "$MASTER_ADDR $MASTER_PORT"', {
      MASTER_ADDR: "10.0.0.7",
      MASTER_PORT: "29500",
    });
    expect(stdout).toBe("10.0.0.7 29500\n");
  });

  it("are ended when one fails, with its exit code", async () => {
    // The other one would wait for ever; that the run is over at all shows that it was ended.
    const fifo = join(newFolder(), "never");
    const text = `[ "$RANK" = 0 ] || exit 7; mkfifo ${fifo}; read -r line <${fifo}`;
    const { exitCode, stderr } = await run(host, 2, text);
    expect(exitCode).toBe(7);
    expect(stderr).toContain("process 1 of 2 ended with exit code 7");
  });

  it("have the signal of the one that died as their exit code", async () => {
    expect(await run(host, 2, '[ "$RANK" = 0 ] || kill -9 $$')).toMatchObject({ exitCode: 137 });
  });

  it("do not end the others when one is through early", async () => {
    const folder = newFolder();
    const fifo = join(folder, "gate");
    const text = `if [ "$RANK" = 0 ]; then mkfifo ${fifo}; read -r word <${fifo}; echo late >${folder}/late; else
until [ -p ${fifo} ]; do :; done; echo go >${fifo}; fi`;
    expect(await run(host, 2, text)).toMatchObject({ exitCode: 0 });
    expect(readFileSync(join(folder, "late"), "utf8")).toBe("late\n");
  });
});
