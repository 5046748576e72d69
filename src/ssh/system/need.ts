import { isFailure, type Problem } from "../../core/failure";
import type { Settings } from "../../core/ports";
import type { SystemSshNeed } from "../../shared/host";
import { readKnownHosts } from "../hostKeys";
import type { HostOptions } from "../hostOptions";
import { knownHostName, namesHost } from "../knownHosts";
import { type KeyKinds, readUserKeys } from "./userKeys";

export interface NeedFacts {
  /** The options of every server on the way, the host itself last. */
  readonly way: readonly HostOptions[];
  readonly settings: Pick<Settings, "sshTransport" | "identityFiles">;
  readonly ownKnownHosts: string;
}

/**
 * What on the way to a host only the system's ssh can do, as far as the config says so: then ssh2 is not tried at all.
 * Keys count where they are named for the host, or where there are no others.
 */
export async function needBefore(facts: NeedFacts): Promise<SystemSshNeed | undefined> {
  const transport = facts.settings.sshTransport?.() ?? "auto";
  if (transport !== "auto") return transport === "system" ? "setting" : undefined;
  for (const options of facts.way) {
    const need = await needOf(options, facts);
    if (need !== undefined) return need;
  }
  return undefined;
}

async function needOf(
  options: HostOptions,
  { settings, ownKnownHosts }: NeedFacts,
): Promise<SystemSshNeed | undefined> {
  if (options.pkcs11Provider !== undefined) return "smart card";
  if (options.knownHostsCommand !== undefined) return "known hosts command";
  if (options.revokedHostKeys !== undefined) return "revoked host keys";
  if (await hasAuthority(options, ownKnownHosts)) return "host certificate";
  if (options.certificateFiles.length > 0) return "certificate";
  const keys = await readUserKeys(options, settings.identityFiles());
  return special(keys.named) ?? (keys.all.plain ? undefined : special(keys.all));
}

/** What the system's ssh may do better after ssh2 has failed for this reason. */
export async function needAfter(error: unknown, { way, settings }: NeedFacts): Promise<SystemSshNeed | undefined> {
  if ((settings.sshTransport?.() ?? "auto") !== "auto" || !isFailure(error)) return undefined;
  const problem: Problem = error.problem;
  if (problem.reason === "noCommonAlgorithm") return "key exchange";
  if (problem.reason !== "authenticationFailed" && problem.reason !== "tooManyKeys") return undefined;
  const { accepted } = problem;
  for (const options of accepted.includes("publickey") ? way : []) {
    const kind = special((await readUserKeys(options, settings.identityFiles())).all);
    if (kind !== undefined) return kind;
  }
  // Distributions ask for GSSAPI everywhere: it says something only where the server takes it.
  const tickets = way.some((options) => options.gssapi) && accepted.includes("gssapi-with-mic");
  return tickets ? "Kerberos" : undefined;
}

function special({ certificate, securityKey }: KeyKinds): SystemSshNeed | undefined {
  return certificate ? "certificate" : securityKey ? "security key" : undefined;
}

/** Whether an authority vouches for this host, and no key of its own is known that would do as well. */
async function hasAuthority(options: HostOptions, ownKnownHosts: string): Promise<boolean> {
  const files = [...options.userKnownHosts, ...options.globalKnownHosts, ownKnownHosts];
  const lines = (await Promise.all(files.map(readKnownHosts))).flat();
  const name = knownHostName(options.hostname, options.port, options.hostKeyAlias);
  const about = lines.filter((line) => namesHost(line, name));
  return about.some((line) => line.marker === "authority") && !about.some((line) => line.marker === undefined);
}
