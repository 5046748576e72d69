import { isFailure, type Problem } from "../../core/failure";
import type { ClientFacts, Settings } from "../../core/ports";
import type { SystemSshNeed } from "../../shared/host";
import { readKnownHosts } from "../hostKeys";
import type { HostOptions } from "../hostOptions";
import { knownHostName, namesHost } from "../knownHosts";
import type { Stop } from "../route";
import { hasTicket } from "./tickets";
import { readUserKeys } from "./userKeys";

export interface NeedFacts {
  /** Every server on the way, the host itself last. */
  readonly route: readonly Stop[];
  readonly client: ClientFacts;
  readonly settings: Pick<Settings, "sshTransport" | "identityFiles">;
  readonly ownKnownHosts: string;
  readonly signal: AbortSignal;
}

/**
 * What on the way to a host only the system's ssh can do, as far as the config says so: then ssh2 is not tried at all.
 * Keys count where they are named for the host, or where there are no others.
 */
export async function needBefore(facts: NeedFacts): Promise<SystemSshNeed | undefined> {
  const transport = facts.settings.sshTransport?.() ?? "auto";
  if (transport !== "auto") return transport === "system" ? "setting" : undefined;
  for (const { options } of facts.route) {
    const need = await needOf(options, facts);
    if (need !== undefined) return need;
  }
  return undefined;
}

async function needOf(
  options: HostOptions,
  { settings, ownKnownHosts, signal }: NeedFacts,
): Promise<SystemSshNeed | undefined> {
  if (options.pkcs11Provider !== undefined) return "smart card";
  if (options.knownHostsCommand !== undefined) return "known hosts command";
  if (options.revokedHostKeys !== undefined) return "revoked host keys";
  const [authority, keys] = await Promise.all([
    hasAuthority(options, ownKnownHosts),
    readUserKeys(options, settings.identityFiles(), signal),
  ]);
  if (authority) return "host certificate";
  return keys.named[0] ?? (keys.plain ? undefined : keys.all[0]);
}

/**
 * What the system's ssh may do better after ssh2 has failed for this reason. `asked`: ssh2 has come to its questions
 * already; before that, a Kerberos ticket counts only where it is sure to be there.
 */
export async function needAfter(error: unknown, asked: boolean, facts: NeedFacts): Promise<SystemSshNeed | undefined> {
  if ((facts.settings.sshTransport?.() ?? "auto") !== "auto" || !isFailure(error)) return undefined;
  const problem: Problem = error.problem;
  if (problem.reason === "noCommonAlgorithm") return "key exchange";
  if (problem.reason !== "authenticationFailed" && problem.reason !== "tooManyKeys") return undefined;
  const { accepted } = problem;
  const stop = facts.route.find(({ host }) => host.name === problem.host) ?? facts.route.at(-1);
  if (!stop) return undefined;
  const { all } = await readUserKeys(stop.options, facts.settings.identityFiles(), facts.signal);
  if (all[0] !== undefined && accepted.includes("publickey")) return all[0];
  // Distributions ask for GSSAPI everywhere: it says something only where the server takes it and there is a ticket.
  if (!stop.options.gssapi || !accepted.includes("gssapi-with-mic")) return undefined;
  return ((await hasTicket(facts.client, facts.signal)) ?? asked) ? "Kerberos" : undefined;
}

/** Whether an authority vouches for this host, and no key of its own is known that would do as well. */
async function hasAuthority(options: HostOptions, ownKnownHosts: string): Promise<boolean> {
  const files = [...options.userKnownHosts, ...options.globalKnownHosts, ownKnownHosts];
  const lines = (await Promise.all(files.map(readKnownHosts))).flat();
  const name = knownHostName(options.hostname, options.port, options.hostKeyAlias);
  const about = lines.filter((line) => namesHost(line, name));
  return about.some((line) => line.marker === "authority") && !about.some((line) => line.marker === undefined);
}
