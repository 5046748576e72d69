import { execFileSync } from "node:child_process";
import {
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  readlinkSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach } from "vitest";
import { systemClock } from "../../src/core/clock";
import type { Operation, OperationRequest, Operations } from "../../src/core/operations/operation";
import { createOperations } from "../../src/core/operations/operations";
import type { Runner } from "../../src/core/remote";
import { createLocalRunner } from "../mocks/localRunner";
import { isRunning, until } from "../processes";
import { shells } from "./probeHost";

export { until };

const scratch = mkdtempSync(join(tmpdir(), "tensorline-operations-"));
// What dies meanwhile may still write there.
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

export const newFolder = (): string => mkdtempSync(join(scratch, "t-"));

/** A pipe in the file system: its line tells that a script has come to it, and holds it up until it is read. */
export function fifo(): string {
  const path = join(newFolder(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

export const noAbort = new AbortController().signal;

/** A shell under the name `sh`, and the tools that come with it. */
export interface TestShell {
  readonly name: string;
  readonly sh: string;
  readonly path: string;
}

const where = (program: string) => execFileSync("sh", ["-c", `command -v ${program}`], { encoding: "utf8" }).trim();

/** Every shell of this machine as the host's `sh`; BusyBox has nothing but its own tools. */
export const testShells: readonly TestShell[] = shells.map(([name]) => {
  const folder = join(scratch, name);
  mkdirSync(folder);
  if (name === "busybox") execFileSync("busybox", ["--install", "-s", folder]);
  else symlinkSync(where(name), join(folder, "sh"));
  return { name, sh: join(folder, "sh"), path: name === "busybox" ? folder : `${folder}:/usr/bin:/bin` };
});

/** Whether everything is run in every combination, however long it takes. */
export const fullRun = process.env.TENSORLINE_FULL === "1";

/** For suites that take long: these of all, all of them in the full run. Two suites of one script share them out. */
export const some = <Named extends { readonly name: string }>(all: readonly Named[], ...names: readonly string[]) =>
  fullRun ? all : all.filter(({ name }) => names.includes(name));

export const someShells = (...names: readonly string[]): readonly TestShell[] => some(testShells, ...names);

/** The shell with stand-in tools before its own. */
export function withTools(shell: TestShell, tools: Readonly<Record<string, string>>): TestShell {
  const folder = newFolder();
  for (const [name, text] of Object.entries(tools))
    writeFileSync(join(folder, name), `#!${shell.sh}\n${text}\n`, { mode: 0o755 });
  return { ...shell, path: `${folder}:${shell.path}` };
}

export interface OperationTestHost {
  readonly home: string;
  readonly runner: Runner;
  readonly operations: Operations;
  /** The folder of an operation, wherever it is. */
  folder(id: string): string;
}

/** A home of its own on this machine. */
export function testHost({ sh, path }: TestShell, env: Readonly<Record<string, string>> = {}): OperationTestHost {
  const home = env.HOME ?? newFolder();
  // Tests that run at the same time must not see each other's.
  const spare = newFolder();
  mkdirSync(join(spare, "tmp"));
  const runner = createLocalRunner({
    shell: [sh],
    env: { PATH: path, HOME: home, SHELL: sh, HOST_VAR: spare, ...env },
  });
  const host = { connected: async () => runner };
  return {
    home,
    runner,
    operations: createOperations({ host, clock: systemClock }),
    folder(id) {
      const hosts = join(home, ".local/state/tensorline/hosts");
      const [machine = ""] = readdirSync(hosts);
      return join(hosts, machine, "operations", id);
    },
  };
}

let made = 0;
const ids = new Set<string>();
// What a failing test leaves running.
afterEach(() => {
  for (const id of ids) killNow(...aliveWith(id));
  ids.clear();
});

/** Kills these, but for those that have ended by themselves. */
export function killNow(...pids: readonly number[]): void {
  for (const pid of pids) {
    try {
      process.kill(pid, "SIGKILL");
    } catch {
      // It has ended.
    }
  }
}

/** A request with an id that no other test has. */
export function request(script: string, more: Partial<OperationRequest> = {}): OperationRequest {
  const id = `test-${process.pid}-${made++}-end`;
  ids.add(id);
  return { id, title: "Testing", script, parameters: [], ...more };
}

/** Follows from a byte on. */
export function follow({ operations }: Pick<OperationTestHost, "operations">, id: string, from = 0) {
  let log = Buffer.alloc(0);
  const watchers = new Set<() => void>();
  const sink = {
    output(chunk: Uint8Array) {
      log = Buffer.concat([log, chunk]);
      for (const watch of [...watchers]) watch();
    },
  };
  const ended = operations.follow(id, from, sink, noAbort);
  return {
    ended,
    log: () => log,
    text: () => log.toString(),
    says: (text: string) =>
      new Promise<void>((resolve, reject) => {
        const watch = () => {
          if (!log.includes(text)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        ended.then(
          () => reject(new Error(`it ended without ${text}: ${log}`)),
          (error) => reject(error),
        );
        watch();
      }),
  };
}

/** Follows from a byte on to the end. */
export async function outcome(
  host: Pick<OperationTestHost, "operations">,
  id: string,
  from = 0,
): Promise<{ operation: Operation; log: Buffer }> {
  const following = follow(host, id, from);
  const operation = await following.ended;
  return { operation, log: following.log() };
}

/** Who supervises an operation, as the host has written it down. */
export function started(host: OperationTestHost, id: string): { boot: string; pid: number; startTicks: string } {
  const [boot = "", pid = "", startTicks = ""] = readlinkSync(join(host.folder(id), "holder.1")).split(":");
  return { boot, pid: Number(pid), startTicks };
}

/** Pids of the processes, zombies left out, that have an operation's id in their command line or environment. */
export function aliveWith(id: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) =>
      ["cmdline", "environ"].some((file) => {
        try {
          return readFileSync(`/proc/${pid}/${file}`, "latin1").includes(id);
        } catch {
          return false;
        }
      }),
    )
    .map(Number);
}

/** Kills a process that is not ours; resolves once it has ended. */
export async function kill(pid: number): Promise<void> {
  killNow(pid);
  await until(() => !isRunning(pid));
}

/** Kills what has an operation's id in its command line or environment, also what it starts meanwhile. */
export function killAll(id: string): Promise<void> {
  let empty = 0;
  return until(() => {
    const left = aliveWith(id);
    killNow(...left);
    // What becomes another program at this moment has neither.
    empty = left.length === 0 ? empty + 1 : 0;
    return empty === 3;
  });
}
