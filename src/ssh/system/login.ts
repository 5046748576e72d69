import { type ChildProcess, spawn } from "node:child_process";
import { chmod, mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../../core/failure";
import { parseHostName } from "../../core/hostName";
import type { ConnectRequest } from "../connection";
import { readKnownHosts } from "../hostKeys";
import type { HostOptions } from "../hostOptions";
import { knownHostName, knownKeyTypes } from "../knownHosts";
import type { Stop } from "../route";
import { createAnswers } from "./answers";
import { type Askpass, startAskpass } from "./askpass";
import { complaintProblem } from "./complaints";
import { loginConfig } from "./loginConfig";
import { type SshOutput, sshOutput } from "./sshOutput";

/** What an ssh process of the system is started for. */
export interface LoginRequest extends ConnectRequest {
  /** Every server on the way, the host itself last. */
  readonly route: readonly Stop[];
  readonly options: HostOptions;
  readonly ssh: string;
}

/** Everything an ssh process needs to log in; several may be started with it, one after the other or at once. */
export interface Login {
  /** Private folder, short enough for a socket's path. */
  readonly folder: string;
  /** Arguments that say whom to log in to and how; what to do there comes before or after. */
  readonly target: readonly string[];
  readonly environment: NodeJS.ProcessEnv;
  /** What the process said so far; to be fed with its standard error. */
  readonly output: SshOutput;
  /** Rejects when a question put an end to the attempt. */
  readonly interrupted: Promise<never>;
  /** Why the process ended before it had logged in. */
  failure(): Promise<Failure>;
  /** Questions are no longer answered. */
  loggedIn(): Promise<void>;
  /** Removes every file; the process has ended, or has logged in and needs no socket there. */
  dispose(): Promise<void>;
}

/** A socket's path may have 104 bytes on macOS; ssh adds 17 while it makes it. */
const maxFolderBytes = 70;

/**
 * Gets ready what ssh is told and whom it may ask.
 * @throws Failure `knownHostsUnreadable`; the file system's own errors
 */
export async function prepareLogin(request: LoginRequest): Promise<Login> {
  const { host, deps, options, route, store } = request;
  const { client, storageDir } = deps;
  const windows = client.os === "win32";
  const started = deps.clock.monotonic();
  const knownTypes = await readKnownTypes(route, store.file);
  const folder = await mkdtemp(join(shortFolder(windows), "tensorline-"));
  await chmod(folder, 0o700);
  await mkdir(storageDir, { recursive: true, mode: 0o700 });
  const configFile = join(folder, "config");
  const acceptNew = deps.settings.acceptNewHostKeys();
  const namedConfig = host.configFile && (await copyInto(folder, host.configFile));
  const config = loginConfig({ route, client, ownKnownHosts: store.file, acceptNew, namedConfig });
  await writeFile(configFile, config, { mode: 0o600 });
  const output = sshOutput((fact) => request.onStep(fact === "reached" ? "verifying host key" : "logging in"));
  let interrupt: (error: unknown) => void = () => {};
  const interrupted = new Promise<never>((_resolve, reject) => {
    interrupt = reject;
  });
  interrupted.catch(() => {});
  const answer = createAnswers({
    host: host.name,
    route,
    knownTypes,
    credentials: request.credentials,
    prompts: request.prompts,
    marksServerWords: () => isAtLeast(output.facts.version, 8, 5),
    giveUp: interrupt,
  });
  const program = deps.systemSsh?.askpass;
  const askpass = program && (await startAskpass({ client, program, folder, storageDir, answer }));
  const typed = parseHostName(host.name);
  return {
    folder,
    target: [
      ...["-F", configFile],
      ...["-o", "LogLevel=DEBUG1", "-o", "ServerAliveInterval=5", "-o", "ServerAliveCountMax=3"],
      ...(askpass ? [] : ["-o", "BatchMode=yes"]),
      ...deps.settings.identityFiles().flatMap((file) => ["-i", file]),
      ...(typed.user === undefined ? [] : ["-l", typed.user]),
      ...(typed.port === undefined ? [] : ["-p", String(typed.port)]),
      ...["--", typed.name],
    ],
    environment: { ...client.env, ...askpass?.environment },
    output,
    interrupted,
    async failure() {
      const seconds = Math.round((deps.clock.monotonic() - started) / 1000);
      const facts = { host: host.name, options, ownKnownHosts: store.file, seconds };
      const problem = await complaintProblem(output, facts);
      const isCopy = problem.reason === "configUnreadable" && problem.file === namedConfig;
      const named = isCopy ? { ...problem, file: host.configFile ?? problem.file } : problem;
      return new Failure(named, new Error(output.complaints()));
    },
    async loggedIn() {
      await askpass?.close();
      await request.credentials.commit().catch((error: unknown) => {
        deps.log.warn(`a secret could not be kept: ${String(error)}`);
      });
    },
    dispose: () => removeAll(askpass, folder),
  };
}

/** ssh takes a named config as it is, but looks at owner and permissions of one that another config includes. */
async function copyInto(folder: string, file: string): Promise<string> {
  const copy = join(folder, "named");
  await writeFile(copy, await readFile(file), { mode: 0o600 });
  return copy;
}

async function removeAll(askpass: Askpass | undefined, folder: string): Promise<void> {
  await askpass?.close();
  await rm(folder, { recursive: true, force: true });
}

function shortFolder(windows: boolean): string {
  return windows || Buffer.byteLength(tmpdir()) <= maxFolderBytes - "/tensorline-XXXXXX".length ? tmpdir() : "/tmp";
}

/** The files are read for what ssh would pass over in silence: one that cannot be read may hold a revocation. */
async function readKnownTypes(
  route: readonly Stop[],
  ownKnownHosts: string,
): Promise<ReadonlyMap<string, readonly string[]>> {
  const types = new Map<string, readonly string[]>();
  for (const { options } of route) {
    const files = [...options.userKnownHosts, ...options.globalKnownHosts, ownKnownHosts];
    const lines = (await Promise.all(files.map(readKnownHosts))).flat();
    const name = knownHostName(options.hostname, options.port, options.hostKeyAlias);
    types.set(name, knownKeyTypes(lines, name));
  }
  return types;
}

function isAtLeast(version: readonly [number, number] | undefined, major: number, minor: number): boolean {
  if (!version) return false;
  return version[0] > major || (version[0] === major && version[1] >= minor);
}

/** Starts ssh without a terminal, so that it asks its questions where it is told to. */
export function startSsh(
  ssh: string,
  args: readonly string[],
  { environment, output }: Login,
  stdin: "ignore" | "pipe",
): ChildProcess {
  const child = spawn(ssh, args, {
    env: environment,
    stdio: [stdin, "pipe", "pipe"],
    // Without a terminal of its own it asks through askpass, and Ctrl+C in ours does not reach it.
    detached: process.platform !== "win32",
    windowsHide: true,
  });
  child.stderr?.setEncoding("utf8").on("data", (text: string) => output.push(text));
  return child;
}

/** Resolves when a process has ended and all it said has been read. */
export function exitOf(child: ChildProcess): Promise<number | null> {
  return new Promise((resolve) => {
    // Not `close`: a process that ssh left behind may keep the outputs open.
    child.once("exit", (code) => setImmediate(() => resolve(code)));
    child.once("error", () => resolve(null));
  });
}
