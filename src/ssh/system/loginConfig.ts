import type { ClientFacts, HostRef } from "../../core/ports";
import { systemSshFile, userSshFile } from "../clientPaths";
import { resolveHost } from "../config";
import { type HostName, parseHostName } from "../hostName";
import type { HostOptions } from "../hostOptions";

/** A host on the way, the target included, as the ssh config knows it. */
export interface Hop {
  readonly typed: HostName;
  readonly options: HostOptions;
}

const maxHops = 16;

/**
 * The target and every host it is reached through, jumps of jumps included. One that cannot be resolved is left out:
 * the strict rules for everything else hold for it.
 */
export async function hopsOf(
  host: HostRef,
  options: HostOptions,
  client: ClientFacts,
  signal: AbortSignal,
): Promise<Hop[]> {
  const hops: Hop[] = [{ typed: parseHostName(host.name), options }];
  for (const { options } of hops) {
    for (const name of options.proxyJump) {
      const jump = { ...host, name: name.replace(/^ssh:\/\//, "") };
      if (hops.length >= maxHops || hops.some((hop) => hop.typed.name === nameOf(jump.name))) continue;
      const found = await resolveHost(jump, client, signal).catch(() => undefined);
      if (found) hops.push({ typed: parseHostName(jump.name), options: found });
    }
  }
  return hops;
}

function nameOf(text: string): string | undefined {
  try {
    return parseHostName(text).name;
  } catch {
    return undefined;
  }
}

export interface LoginConfigRequest {
  readonly host: HostRef;
  readonly hops: readonly Hop[];
  readonly client: ClientFacts;
  /** Our own known_hosts file: ssh writes new keys into the first file it is told. */
  readonly ownKnownHosts: string;
  /** Trust unknown keys without asking, except where the config says `StrictHostKeyChecking yes`. */
  readonly acceptNew: boolean;
}

/**
 * A config for ssh that stands before the user's own, where the first value wins. ssh passes it on to the ssh processes
 * of jumps, so that our rules for host keys hold at each of them: a changed key is refused whatever the config says.
 */
export function loginConfig({ host, hops, client, ownKnownHosts, acceptNew }: LoginConfigRequest): string {
  const checking = (asked: HostOptions["strictHostKeyChecking"]) =>
    asked === "yes" ? "yes" : acceptNew || asked === "accept" ? "accept-new" : "ask";
  const files =
    host.configFile === undefined
      ? [userSshFile(client, "config"), systemSshFile(client, "ssh_config")]
      : [host.configFile];
  const known = (paths: readonly string[]) =>
    `UserKnownHostsFile ${[ownKnownHosts, ...paths].map((path) => quotePath(path, client)).join(" ")}`;
  return [
    ...hops.flatMap(({ typed, options }) => [
      `Match originalhost ${typed.name}`,
      `  StrictHostKeyChecking ${checking(options.strictHostKeyChecking)}`,
      `  ${known(options.userKnownHosts)}`,
    ]),
    "Match all",
    `StrictHostKeyChecking ${checking("ask")}`,
    known([userSshFile(client, "known_hosts"), userSshFile(client, "known_hosts2")]),
    "UpdateHostKeys no",
    "HashKnownHosts no",
    "CheckHostIP no",
    "NoHostAuthenticationForLocalhost no",
    "AddKeysToAgent no",
    "PermitLocalCommand no",
    "ClearAllForwardings yes",
    "RemoteCommand none",
    "RequestTTY no",
    "ControlMaster no",
    "ControlPath none",
    "LogLevel INFO",
    ...files.map((file) => `Include ${quotePath(escapeGlob(file), client)}`),
    "",
  ].join("\n");
}

/** Paths with a line break or a quote cannot stand in a config; ssh then misses the file and refuses. */
function quotePath(path: string, client: ClientFacts): string {
  const plain = client.os === "win32" ? path.replaceAll("\\", "/") : path;
  return `"${plain.replaceAll("%", "%%").replace(/["\r\n]/g, "?")}"`;
}

function escapeGlob(path: string): string {
  return path.replace(/[[*?]/g, (symbol) => `[${symbol}]`);
}
