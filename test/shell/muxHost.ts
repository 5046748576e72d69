import { execFileSync, spawn } from "node:child_process";
import { chmodSync, mkdtempSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock";
import { Failure } from "../../src/core/failure";
import type { Channel, Link } from "../../src/ssh/link";
import { createMuxLink } from "../../src/ssh/mux/muxLink";
import { processesMarked } from "./probeHost";

export interface MuxHostOptions {
  readonly shell: readonly [string, ...string[]];
  /** Default: the system's own tools. */
  readonly path?: string;
  readonly silenceSeconds?: number;
  /** What the login names as the folder for short-lived files; default: a scratch folder. */
  readonly runtimeFolder?: string;
}

/** The mux on this machine, over a shell's standard streams instead of ssh's. */
export async function startMuxHost(request: MuxHostOptions) {
  const { shell, path = "/usr/bin:/bin", silenceSeconds, runtimeFolder } = request;
  const [program, ...options] = shell;
  const mark = `mux-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const scratch = mkdtempSync(join(tmpdir(), "tensorline-mux-"));
  const env = {
    PATH: path,
    HOME: scratch,
    // First in the script's list, so that a test sees what is left.
    XDG_RUNTIME_DIR: runtimeFolder ?? scratch,
    TENSORLINE_MARK: mark,
  };
  const child = spawn(program, [...options, "-s"], { detached: true, env, stdio: "pipe" });
  child.stderr.resume();
  let gone = false;
  const ended = new Promise<Failure>((resolve) => {
    child.once("close", () => {
      gone = true;
      resolve(new Failure({ reason: "connectionLost", host: "box" }));
    });
  });
  const never = () => Promise.reject(new Failure({ reason: "internal", detail: "no other login here" }));
  const link = await createMuxLink({
    process: {
      host: "box",
      stdin: child.stdin,
      stdout: child.stdout,
      ended,
      // What is killed in earnest is ssh, not the script, which may be about to clear up: its streams are gone then.
      close() {
        child.stdin.destroy();
        child.stdout.destroy();
      },
    },
    anotherLogin: { terminal: never, dial: never },
    capabilities: { pty: false, forward: false },
    clock: systemClock,
    signal: new AbortController().signal,
    deadlineMs: 20_000,
    ...(silenceSeconds === undefined ? {} : { silenceSeconds }),
  });
  return {
    link,
    child,
    ended,
    scratch,
    /** What the mux keeps on the host. */
    files: () => readdirSync(scratch).flatMap((name) => [name, ...namesIn(join(scratch, name))]),
    /** Command lines of all that the mux and its channels run. */
    processes: () => processesMarked(mark),
    async dispose() {
      if (!gone) child.stdin.end();
      await ended;
      rmSync(scratch, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** The names in a folder, which may go away meanwhile. */
function namesIn(folder: string): string[] {
  try {
    return readdirSync(folder);
  } catch {
    return [];
  }
}

/** What a host may have for tools: BusyBox for all of them, or so little that the mux has to do without. */
export type Tools = "busybox" | "scarce";

const scarceTools = ["cat", "echo", "mkdir", "mkfifo", "mv", "rm", "sleep", "head", "tee"];

/** A PATH folder with nothing but these tools; `sh` is BusyBox's or dash. */
export function toolFolder(tools: Tools): string {
  const folder = mkdtempSync(join(tmpdir(), "tensorline-tools-"));
  const busybox = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  const applets = execFileSync(busybox, ["--list"], { encoding: "utf8" }).trim().split("\n");
  for (const applet of tools === "busybox" ? applets : scarceTools) symlinkSync(busybox, join(folder, applet));
  if (tools === "scarce") {
    const dash = execFileSync("sh", ["-c", "command -v dash"], { encoding: "utf8" }).trim();
    symlinkSync(dash, join(folder, "sh"));
    const dd = join(folder, "dd");
    writeFileSync(dd, `#!${dash}\ncase "$*" in *iflag*) exit 1 ;; esac\nexec ${busybox} dd "$@"\n`);
    chmodSync(dd, 0o755);
  }
  return folder;
}

/** All that a channel says, and its end. */
export interface Heard {
  readonly output: Buffer;
  readonly errors: Buffer;
  readonly exitCode: number | null | undefined;
  readonly signal: string | undefined;
}

/** Reads a channel to its end. */
export function hear(channel: Channel): Promise<Heard> {
  const output: Buffer[] = [];
  const errors: Buffer[] = [];
  channel.on("data", (chunk: Buffer) => output.push(chunk));
  channel.stderr.on("data", (chunk: Buffer) => errors.push(chunk));
  channel.on("error", () => {});
  return new Promise((resolve) => {
    channel.once("close", (exitCode?: number | null, signal?: string) => {
      resolve({ output: Buffer.concat(output), errors: Buffer.concat(errors), exitCode, signal });
    });
  });
}

/** Runs a command line to its end. */
export async function runOn(link: Link, command: string, input: Uint8Array | string = ""): Promise<Heard> {
  const channel = await link.exec(command);
  const heard = hear(channel);
  channel.end(input);
  return heard;
}

/** Resolves once a channel has said a text. */
export function says(channel: Channel, text: string): Promise<void> {
  return new Promise((resolve) => {
    let seen = "";
    const look = (chunk: Buffer) => {
      seen += chunk.toString("latin1");
      if (!seen.includes(text)) return;
      channel.removeListener("data", look);
      resolve();
    };
    channel.on("data", look);
  });
}
