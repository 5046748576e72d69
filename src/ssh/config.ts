import { execFile } from "node:child_process";
import { access, constants } from "node:fs/promises";
import { Failure } from "../core/failure";
import type { ClientFacts, HostRef } from "../core/ports";
import { builtinOptions } from "./builtinConfig";
import { envOf, pathsOf, userSshFile } from "./clientPaths";
import { type HostName, parseHostName } from "./hostName";
import { type HostOptions, hostOptions, type OptionValues } from "./hostOptions";

/** `ssh -G` may look names up in the network; longer than this means it hangs. */
const sshDeadlineMs = 10_000;

/**
 * The effective options for a host: asked of the system's ssh where there is one, else by our own reading of the files.
 * @throws Failure `badHostName`, `configUnreadable`, `configUnsupported`, `cancelled`
 */
export async function resolveHost(host: HostRef, client: ClientFacts, signal: AbortSignal): Promise<HostOptions> {
  const typed = parseHostName(host.name);
  const ssh = await findSsh(client);
  const values =
    ssh === undefined
      ? await builtinOptions(host, typed, client)
      : parseSshOptions(await askSsh(ssh, host, typed, client, signal));
  return hostOptions(host, typed, values, client);
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

/** Reads the `key value` lines of `ssh -G`. */
export function parseSshOptions(text: string): OptionValues {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, key, value] = /^(\S+) (.*?)\r?$/.exec(line) ?? [];
    if (key === undefined || value === undefined) continue;
    const known = values.get(key.toLowerCase());
    if (known) known.push(value);
    else values.set(key.toLowerCase(), [value]);
  }
  return values;
}

function askSsh(
  ssh: string,
  host: HostRef,
  typed: HostName,
  client: ClientFacts,
  signal: AbortSignal,
): Promise<string> {
  const options = {
    timeout: sshDeadlineMs,
    signal,
    windowsHide: true,
    env: { ...client.env },
    encoding: "utf8",
  } as const;
  return new Promise((resolve, reject) => {
    const child = execFile(ssh, sshOptionArguments(host, typed), options, (error, stdout, stderr) => {
      if (!error) return resolve(stdout);
      if (signal.aborted) return reject(new Failure({ reason: "cancelled" }));
      const detail = error.killed ? "ssh -G did not answer" : (stderr.trim().split(/\r?\n/)[0] ?? "");
      const file = host.configFile ?? userSshFile(client, "config");
      return reject(new Failure({ reason: "configUnreadable", file, detail }, error));
    });
    child.stdin?.end();
  });
}
