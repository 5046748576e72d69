import { type ChildProcess, spawn } from "node:child_process";
import { access } from "node:fs/promises";
import { join } from "node:path";
import type { Clock } from "../../core/clock";
import { Failure } from "../../core/failure";
import { exitOf, type Login, startSsh } from "./login";

/** A logged-in ssh process that waits for others on its control socket. */
export interface MasterProcess {
  readonly controlPath: string;
  /** Resolves once the process has ended. */
  readonly ended: Promise<void>;
  stop(): void;
}

/** Nothing tells that the control socket is there; looking takes microseconds. */
const lookMs = 15;

/** Ends ssh when whoever holds the other end of standard input is no more; a line there says that it has ended by itself. */
const watchman = 'read -r _ || kill "$1" 2>/dev/null; rm -rf -- "$2"';

/**
 * Logs in and stays.
 * @throws Failure as `Login.failure`, and what ended the attempt
 */
export async function startMaster(
  ssh: string,
  login: Login,
  clock: Clock,
  signal: AbortSignal,
): Promise<MasterProcess> {
  const controlPath = join(login.folder, "master");
  const multiplexing = ["-o", "ControlMaster=yes", "-o", "ControlPersist=no", "-S", controlPath.replaceAll("%", "%%")];
  const child = startSsh(ssh, ["-N", "-T", ...multiplexing, ...login.target], login, "ignore");
  child.stdout?.resume();
  const ended = exitOf(child).then(() => {});
  const watch = child.pid === undefined ? undefined : startWatchman(child.pid, login.folder);
  ended.then(() => watch?.stdin?.end("ended\n"));
  const stop = () => void child.kill("SIGTERM");
  const refused = ended.then(async () => Promise.reject(await login.failure()));
  const aborted = new Promise<never>((_resolve, reject) => {
    const abort = () => reject(signal.reason ?? new Failure({ reason: "cancelled" }));
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort, { once: true });
  });
  for (const promise of [refused, aborted]) promise.catch(() => {});
  try {
    await Promise.race([socketAt(controlPath, clock, ended), refused, login.interrupted, aborted]);
  } catch (error) {
    stop();
    await ended;
    throw error;
  }
  return { controlPath, ended, stop };
}

function startWatchman(pid: number, folder: string): ChildProcess {
  const watch = spawn("/bin/sh", ["-c", watchman, "sh", String(pid), folder], {
    stdio: ["pipe", "ignore", "ignore"],
    detached: true,
  });
  watch.on("error", () => {});
  watch.stdin?.on("error", () => {});
  return watch;
}

function socketAt(path: string, clock: Clock, ended: Promise<void>): Promise<void> {
  return new Promise((resolve) => {
    let over = false;
    ended.then(() => {
      over = true;
    });
    const look = () => {
      if (over) return;
      access(path).then(resolve, () => clock.after(lookMs, look));
    };
    look();
  });
}
