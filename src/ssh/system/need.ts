import { isFailure, type Problem } from "../../core/failure";
import type { Settings } from "../../core/ports";
import type { SystemSshNeed } from "../../shared/host";
import { readKnownHosts } from "../hostKeys";
import type { HostOptions } from "../hostOptions";
import { knownHostName, namesHost } from "../knownHosts";
import { type KeyKinds, readUserKeys } from "./userKeys";

export interface NeedFacts {
  readonly options: HostOptions;
  readonly settings: Pick<Settings, "sshTransport" | "identityFiles">;
  readonly ownKnownHosts: string;
}

/**
 * What of this host only the system's ssh can do, as far as its config says so: then ssh2 is not tried at all. Keys
 * count where they are named for this host, or where there are no others.
 */
export async function needBefore(facts: NeedFacts): Promise<SystemSshNeed | undefined> {
  const { options, settings } = facts;
  const transport = settings.sshTransport?.() ?? "auto";
  if (transport !== "auto") return transport === "system" ? "setting" : undefined;
  if (options.pkcs11Provider !== undefined) return "smart card";
  if (options.knownHostsCommand !== undefined) return "known hosts command";
  if (options.revokedHostKeys !== undefined) return "revoked host keys";
  if (await hasAuthority(facts)) return "host certificate";
  const keys = await readUserKeys(options, settings.identityFiles());
  if (options.certificateFiles.length > 0) return "certificate";
  return special(keys.named) ?? (keys.all.plain ? undefined : special(keys.all));
}

/** What the system's ssh may do better after ssh2 has failed for this reason. */
export async function needAfter(error: unknown, { options, settings }: NeedFacts): Promise<SystemSshNeed | undefined> {
  if ((settings.sshTransport?.() ?? "auto") !== "auto" || !isFailure(error)) return undefined;
  const problem: Problem = error.problem;
  if (problem.reason === "noCommonAlgorithm") return "key exchange";
  if (problem.reason !== "authenticationFailed") return undefined;
  const keys = await readUserKeys(options, settings.identityFiles());
  const kind = problem.accepted.includes("publickey") ? special(keys.all) : undefined;
  // Distributions ask for GSSAPI everywhere: it says something only where the server takes it.
  return kind ?? (options.gssapi && problem.accepted.includes("gssapi-with-mic") ? "Kerberos" : undefined);
}

function special({ certificate, securityKey }: KeyKinds): SystemSshNeed | undefined {
  return certificate ? "certificate" : securityKey ? "security key" : undefined;
}

/** Whether an authority vouches for this host, and no key of its own is known that would do as well. */
async function hasAuthority({ options, ownKnownHosts }: NeedFacts): Promise<boolean> {
  const files = [...options.userKnownHosts, ...options.globalKnownHosts, ownKnownHosts];
  const lines = (await Promise.all(files.map(readKnownHosts))).flat();
  const name = knownHostName(options.hostname, options.port, options.hostKeyAlias);
  const about = lines.filter((line) => namesHost(line, name));
  return about.some((line) => line.marker === "authority") && !about.some((line) => line.marker === undefined);
}
