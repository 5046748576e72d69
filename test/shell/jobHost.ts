import { mkdirSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach } from "vitest";
import { noOverlay } from "../../src/core/environments/overlay";
import { listCommand, lookCommand, readLogCommand, submitCommand } from "../../src/core/jobs/commands";
import type { JobRequest } from "../../src/core/jobs/request";
import type { RemoteCommand, Runner } from "../../src/core/remote";
import { hasEnded, type Job } from "../../src/shared/jobs";
import { createLocalRunner } from "../mocks/localRunner";
import { aliveWith, killNow, newFolder, noAbort, type TestShell, until } from "./operationHost";

export interface JobTestHost {
  readonly home: string;
  readonly runner: Runner;
  run<T>(command: RemoteCommand<T>): Promise<T>;
  submit(wish: JobRequest): Promise<Job>;
  look(id: string, action?: "stop"): Promise<Job>;
  list(): Promise<readonly Job[]>;
  /** Resolves once it has ended. */
  outcome(id: string): Promise<{ readonly job: Job; readonly log: string }>;
  /** Tells it to end, and resolves once it has. */
  stop(id: string): Promise<Job>;
  log(id: string): string;
  /** Resolves once its log holds this. */
  says(id: string, text: string): Promise<void>;
  folder(id: string): string;
  /** Who supervises a job, as the host has written it down. */
  supervisor(id: string, turn?: number): { readonly boot: string; readonly pid: number; readonly startTicks: string };
}

/** A home of its own on this machine. */
export function jobHost({ sh, path }: TestShell, env: Readonly<Record<string, string>> = {}): JobTestHost {
  const home = env.HOME ?? newFolder();
  // Tests that run at the same time must not see each other's.
  const spare = newFolder();
  mkdirSync(join(spare, "tmp"));
  return jobHostOf(
    createLocalRunner({ shell: [sh], env: { PATH: path, HOME: home, SHELL: sh, HOST_VAR: spare, ...env } }),
    home,
  );
}

/** Jobs through any runner, whose host's home is a folder of this machine. `patienceMs`: the longest that one is waited for. */
export function jobHostOf(runner: Runner, home: string, patienceMs?: number): JobTestHost {
  const run = <T>(command: RemoteCommand<T>) => runner.run(command, noAbort);
  const look = async (id: string, action?: "stop") => (await run(lookCommand(id, action))).job;
  const folder = (id: string) => {
    const hosts = join(home, ".local/state/tensorline/hosts");
    const [machine = ""] = readdirSync(hosts);
    return join(hosts, machine, "jobs", id);
  };
  const log = (id: string) => readFileSync(join(folder(id), "log"), "utf8");
  const ended = async (id: string) => {
    for (;;) {
      const before = print(join(folder(id), "state"));
      const job = await look(id);
      if (hasEnded(job)) return job;
      // What a scheduler knows is told by it alone, and only when it is asked.
      const again = performance.now() + (job.schedulerId === undefined ? Number.POSITIVE_INFINITY : 200);
      const changed = () => print(join(folder(id), "state")) !== before;
      await until(() => changed() || performance.now() > again, patienceMs);
    }
  };
  return {
    home,
    runner,
    run,
    submit: (wish) => run(submitCommand(wish)),
    look,
    list: async () => (await run(listCommand())).jobs,
    outcome: async (id) => {
      const job = await ended(id);
      return { job, log: Buffer.from(await run(readLogCommand(id, 0, 512 * 1024))).toString() };
    },
    async stop(id) {
      await look(id, "stop");
      return ended(id);
    },
    log,
    says: (id, text) => until(() => print(join(folder(id), "log")).includes(text)),
    folder,
    supervisor(id, turn = 1) {
      const [boot = "", pid = "", startTicks = ""] = readlinkSync(join(folder(id), `holder.${turn}`)).split(":");
      return { boot, pid: Number(pid), startTicks };
    },
  };
}

function print(path: string): string {
  try {
    return readFileSync(path, "latin1");
  } catch {
    return "";
  }
}

let made = 0;
const ids = new Set<string>();
// What a failing test leaves running.
afterEach(() => {
  for (const id of ids) killNow(...aliveWith(id));
  ids.clear();
});

/** A request for shell text, with an id that no other test has. */
export function jobRequest(text: string, more: Partial<JobRequest> = {}): JobRequest {
  const id = `job-${process.pid}-${made++}-end`;
  ids.add(id);
  return {
    id,
    name: "train.py",
    backend: "process",
    argv: ["sh", "-c", text],
    folder: "~",
    overlay: noOverlay,
    variables: {},
    secrets: {},
    gpus: { kind: "none" },
    ...more,
  };
}
