import { parseHostName } from "../../core/hostName";
import type { ClientFacts } from "../../core/ports";
import { systemSshFile, userSshFile } from "../clientPaths";
import type { HostOptions } from "../hostOptions";
import type { Stop } from "../route";

export interface LoginConfigRequest {
  readonly route: readonly Stop[];
  readonly client: ClientFacts;
  /** Our own known_hosts file: ssh writes new keys into the first file it is told. */
  readonly ownKnownHosts: string;
  /** Trust unknown keys without asking, except where the config says `StrictHostKeyChecking yes`. */
  readonly acceptNew: boolean;
  /** Stands for the user's and the system's config. */
  readonly namedConfig: string | undefined;
}

/**
 * A config for ssh that stands before the user's own, where the first value wins. ssh passes it on to the ssh processes
 * of jumps, so that our rules for host keys hold at each of them: a changed key is refused whatever the config says.
 */
export function loginConfig({ route, client, ownKnownHosts, acceptNew, namedConfig }: LoginConfigRequest): string {
  const checking = (asked: HostOptions["strictHostKeyChecking"]) =>
    asked === "yes" ? "yes" : acceptNew || asked === "accept" ? "accept-new" : "ask";
  const files =
    namedConfig === undefined ? [userSshFile(client, "config"), systemSshFile(client, "ssh_config")] : [namedConfig];
  const known = (paths: readonly string[]) =>
    `UserKnownHostsFile ${[ownKnownHosts, ...paths].map((path) => quotePath(path, client)).join(" ")}`;
  return [
    ...route.flatMap(({ host, options }) => [
      `Match originalhost ${parseHostName(host.name).name}`,
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
