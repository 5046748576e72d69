import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { Failure } from "../core/failure";
import { type HostName, parseHostName } from "../core/hostName";
import type { ClientFacts, HostRef } from "../core/ports";
import { envOf, expandHome, pathsOf, userSshFile } from "./clientPaths";
import { builtinOptions } from "./config/builtin";
import { systemEffects } from "./config/effects";
import { allLines, type ConfigFile, readConfigFiles } from "./config/files";
import { parseSshOptions } from "./config/printed";
import { judgeFiles, refuseOpenFiles, refuseUntrustedCommands, refuseUntrustedMatches } from "./config/trust";
import { algorithmKeys, type HostOptions, hostOptions, type OptionValues } from "./hostOptions";

/** Reading a config may look names up in the network or run a command of `Match exec`; longer than this means it hangs. */
const readingDeadlineMs = 10_000;

/** Who reads the config: the system's ssh where there is one, or we ourselves. */
export type ConfigReader = "system" | "builtin";

/**
 * The effective options for a host as a connection needs them.
 * @throws Failure `badHostName`, `configUnreadable`, `configUnsupported`, `configUntrusted`, `hostNotFound`, `jumpLoop`, `cancelled`
 */
export async function resolveHost(host: HostRef, client: ClientFacts, signal: AbortSignal): Promise<HostOptions> {
  const { typed, values, defaults } = await read(host, client, signal, "system");
  return hostOptions(host, typed, values, client, defaults);
}

/**
 * The effective options for a host by the keys of `ssh -G`, what the user typed included.
 * @throws Failure as `resolveHost` does
 */
export async function effectiveOptions(
  host: HostRef,
  client: ClientFacts,
  signal: AbortSignal,
  reader: ConfigReader,
): Promise<OptionValues> {
  return (await read(host, client, signal, reader)).values;
}

interface ReadOptions {
  readonly typed: HostName;
  readonly values: OptionValues;
  /** What holds where no config says anything; as far as somebody could have said it. */
  readonly defaults: OptionValues;
}

async function read(
  asked: HostRef,
  client: ClientFacts,
  signal: AbortSignal,
  reader: ConfigReader,
): Promise<ReadOptions> {
  const typed = parseHostName(asked.name);
  // A setting may name the file by `~`, which no shell expands.
  const host = asked.configFile === undefined ? asked : { ...asked, configFile: expandHome(client, asked.configFile) };
  const files = await readConfigFiles(host.configFile, client);
  const trust = await judgeFiles(files, client);
  refuseUntrustedMatches(host.name, trust);
  const ssh = reader === "system" ? await findSsh(client) : undefined;
  if (ssh === undefined) refuseOpenFiles(files, trust, client);
  const found =
    ssh === undefined
      ? await readOurselves(host, typed, files, client, signal)
      : await askSystem(ssh, host, typed, files, client, signal);
  refuseUntrustedCommands(host.name, trust, found.values);
  return found;
}

async function readOurselves(
  host: HostRef,
  typed: HostName,
  files: readonly ConfigFile[],
  client: ClientFacts,
  signal: AbortSignal,
): Promise<ReadOptions> {
  const effects = systemEffects(client);
  const deadline = AbortSignal.timeout(readingDeadlineMs);
  const either = AbortSignal.any([signal, deadline]);
  const ended = new Promise<never>((_resolve, reject) => {
    const end = () => reject(deadline.aborted ? tooSlow(host, client, "reading it") : cancelled());
    if (either.aborted) end();
    else either.addEventListener("abort", end, { once: true });
  });
  const reading = builtinOptions(host, typed, files, client, effects, either);
  const values = await Promise.race([reading, ended]);
  return { typed, values, defaults: await builtinOptions(host, typed, [], client, effects, signal) };
}

/** The defaults are asked for only where a line names algorithms: only then does it matter who chose them. */
async function askSystem(
  ssh: string,
  host: HostRef,
  typed: HostName,
  files: readonly ConfigFile[],
  client: ClientFacts,
  signal: AbortSignal,
): Promise<ReadOptions> {
  const keys: readonly string[] = Object.values(algorithmKeys);
  const named = [...allLines(files)].some(({ key }) => keys.includes(key));
  const plain = { name: host.name, configFile: "none" };
  const [printed, defaults = printed] = await Promise.all([
    askSsh(ssh, host, typed, client, signal),
    named ? askSsh(ssh, plain, typed, client, signal) : undefined,
  ]);
  return { typed, values: parseSshOptions(printed, client), defaults: parseSshOptions(defaults, client) };
}

/** The system's ssh, or undefined. Looked up on PATH, on Windows also where the system keeps it. */
export async function findSsh(client: ClientFacts): Promise<string | undefined> {
  const windows = client.os === "win32";
  const paths = pathsOf(client);
  const folders = (envOf(client, "PATH") ?? "").split(paths.delimiter).filter((folder) => paths.isAbsolute(folder));
  if (windows) folders.push(paths.join(envOf(client, "SystemRoot") ?? "C:\\Windows", "System32", "OpenSSH"));
  for (const folder of folders) {
    const file = paths.join(folder, windows ? "ssh.exe" : "ssh");
    const usable = await access(file, constants.X_OK).then(
      () => true,
      () => false,
    );
    if (usable) return file;
  }
  return undefined;
}

/** The arguments that make ssh print a host's options; what the user typed wins over the files. */
export function sshOptionArguments(host: HostRef, typed: HostName): string[] {
  return [
    "-G",
    ...(host.configFile === undefined ? [] : ["-F", host.configFile]),
    ...(typed.user === undefined ? [] : ["-l", typed.user]),
    ...(typed.port === undefined ? [] : ["-p", String(typed.port)]),
    "--",
    typed.name,
  ];
}

function askSsh(
  ssh: string,
  host: HostRef,
  typed: HostName,
  client: ClientFacts,
  signal: AbortSignal,
): Promise<string> {
  const options = {
    timeout: readingDeadlineMs,
    signal,
    windowsHide: true,
    env: { ...client.env },
    encoding: "utf8",
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(ssh, sshOptionArguments(host, typed), options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (signal.aborted) return reject(cancelled());
      if (error.killed) return reject(tooSlow(host, client, "ssh -G", error));
      return reject(unreadable(host, client, complaintOf(stderr), error));
    });
    child.stdin?.end();
  });
}

/** The first line of what ssh said, but for its remark that it was not started from a terminal. */
function complaintOf(stderr: string): string {
  const lines = stderr.trim().split(/\r?\n/);
  return lines.find((line) => !line.startsWith("Pseudo-terminal")) ?? "";
}

function cancelled(): Failure {
  return new Failure({ reason: "cancelled" });
}

function tooSlow(host: HostRef, client: ClientFacts, what: string, cause?: unknown): Failure {
  return unreadable(host, client, `${what} took more than ${readingDeadlineMs / 1000} seconds`, cause);
}

function unreadable(host: HostRef, client: ClientFacts, detail: string, cause?: unknown): Failure {
  const file = host.configFile ?? userSshFile(client, "config");
  return new Failure({ reason: "configUnreadable", file, detail }, cause);
}
