import { readFile } from "node:fs/promises";
import type { Problem } from "../../core/failure";
import type { HostOptions } from "../hostOptions";
import { fingerprint, knownHostName, parseKnownHosts } from "../knownHosts";
import { plainText } from "../plainText";
import { keyTypeName } from "./questions";
import type { SshOutput } from "./sshOutput";

// ssh ends with 255 whatever went wrong: its words are the only source. They are fixed English, never translated.

export interface ComplaintFacts {
  readonly host: string;
  readonly options: HostOptions;
  readonly ownKnownHosts: string;
  readonly configFile: string;
  /** How long the attempt lasted. */
  readonly seconds: number;
}

type Rule = readonly [RegExp, (found: RegExpExecArray, facts: ComplaintFacts, output: SshOutput) => Problem];

/** About reaching and proving a host: looked for only in what was said before the host was proven. */
const beforeProof: readonly Rule[] = [
  [
    /^ssh: Could not resolve hostname (\S+?): /m,
    ([, hostname = ""], { host }) => ({ reason: "hostNotFound", host, hostname }),
  ],
  [
    /^ssh: connect to (?:host|address) \S+ port (\d+): Connection refused/m,
    ([, port], { host }) => ({ reason: "connectionRefused", host, port: Number(port) }),
  ],
  [
    /^(?:ssh: connect to (?:host|address) \S+ port \d+: (?:Connection|Operation) timed out|Connection timed out)/m,
    (_found, { host, seconds }) => ({ reason: "connectTimeout", host, seconds }),
  ],
  [/^ssh: connect to (?:host|address) \S+ port \d+: /m, (_found, { host }) => ({ reason: "unreachable", host })],
  [
    /^Unable to negotiate with .*?: no matching (.*?) found/m,
    ([, what = ""], { host }) => ({ reason: "noCommonAlgorithm", host, what }),
  ],
  [
    /^Host key (\S+) (SHA256:\S+) revoked by file (.*)$/m,
    ([, keyType = "", fingerprint = "", file = ""], { host }) => ({
      reason: "hostKeyRevoked",
      host,
      keyType: keyTypeName(keyType),
      fingerprint,
      file,
    }),
  ],
  [
    /^The (\S+) host key for \S+ is marked as revoked\.$/m,
    ([, keyType = ""], { host, options }, { facts }) => ({
      reason: "hostKeyRevoked",
      host,
      keyType: keyTypeName(keyType),
      fingerprint: facts.hostKey?.fingerprint ?? "",
      file: options.userKnownHosts[0] ?? "known_hosts",
    }),
  ],
  [
    /^No (\S+) host key is known for \S+ and you have requested strict checking\.$/m,
    ([, keyType = ""], { host }, { facts }) => ({
      reason: "hostKeyUnknown",
      host,
      keyType: keyTypeName(keyType),
      fingerprint: facts.hostKey?.fingerprint ?? "",
    }),
  ],
  [
    // It was unknown and nobody could be asked: a change and a revocation are told apart above.
    /^Host key verification failed\.$/m,
    (_found, { host }, { facts }) => ({
      reason: "hostKeyUnknown",
      host,
      keyType: facts.hostKey?.keyType ?? "",
      fingerprint: facts.hostKey?.fingerprint ?? "",
    }),
  ],
  [
    /^(?:kex_exchange_identification: (?:client sent invalid|banner line contains)|Bad remote protocol version|Bad packet length)/m,
    (_found, { host, options }) => ({ reason: "notSsh", host, port: options.port }),
  ],
  [
    /^(?:Bad owner or permissions on (.*)|(.*?)(?:: line| line) \d+: (?:Bad configuration option|.*[Uu]nsupported|.*missing argument).*)$/m,
    ([detail, owned, read], { configFile }) => ({
      reason: "configUnreadable",
      file: owned ?? read ?? configFile,
      detail: plainText(detail, 200),
    }),
  ],
];

/** About proving the user; a hop's refusal reads the same. */
const anyTime: readonly Rule[] = [
  [
    /^\S+: Permission denied \(([^)]*)\)\.$/m,
    ([, accepted = ""], facts, output) => authenticationFailed(facts, output, accepted.split(",")),
  ],
  [
    /^Received disconnect from .*: Too many authentication failures/m,
    (_found, facts, output) => authenticationFailed(facts, output, []),
  ],
  [
    /^(?:(?:kex_exchange_identification: |ssh_dispatch_run_fatal: |client_loop: send disconnect: )?(?:read: )?Connection (?:closed|reset)|Timeout, server .* not responding|Connection to .* closed by remote host)/m,
    (_found, { host }) => ({ reason: "connectionLost", host }),
  ],
];

/** Why an ssh process gave up, by what it said. */
export async function complaintProblem(output: SshOutput, facts: ComplaintFacts): Promise<Problem> {
  const changed = await changedKey(output, facts);
  if (changed) return changed;
  for (const [rules, text] of [
    [beforeProof, output.beforeProof()],
    [anyTime, output.complaints()],
  ] as const) {
    for (const [pattern, problem] of rules) {
      const found = pattern.exec(text);
      if (found) return problem(found, facts, output);
    }
  }
  const last = output.complaints().trim().split("\n").at(-1) ?? "";
  return { reason: "systemSshFailed", host: facts.host, detail: plainText(last, 200) };
}

/** Why a connection made by the host could not be had, where only ssh's words tell. */
export function forwardProblem(output: SshOutput, host: string, target: string): Problem {
  const [, reason = "", detail = ""] =
    /^channel \d+: open failed: ([^:]*)(?:: (.*))?$/m.exec(output.complaints()) ?? [];
  if (reason === "administratively prohibited") return { reason: "forwardProhibited", host };
  if (reason !== "") return { reason: "forwardRefused", host, target, detail: plainText(detail || reason, 200) };
  return { reason: "connectionLost", host };
}

function authenticationFailed(
  { host, options }: ComplaintFacts,
  { facts }: SshOutput,
  accepted: readonly string[],
): Problem {
  return {
    reason: "authenticationFailed",
    host,
    user: options.user,
    tried: [...new Set(facts.tried)].map((way) => plainText(way, 100)),
    accepted: accepted.map((way) => plainText(way, 50)),
  };
}

async function changedKey(output: SshOutput, facts: ComplaintFacts): Promise<Problem | undefined> {
  const text = output.beforeProof();
  if (!/^Host key for \S+ has changed and you have requested strict checking\.$/m.test(text)) return undefined;
  const [, short = "", file = "", line = ""] = /^Offending (\S+) key in (.*):(\d+)$/m.exec(text) ?? [];
  const offered = /^(SHA256:\S+?)\.?$/m.exec(text)?.[1];
  const known = await readFile(file, "utf8")
    .then((content) => parseKnownHosts(content, file).find((each) => each.line === Number(line)))
    .catch(() => undefined);
  const { hostname, port, hostKeyAlias } = facts.options;
  return {
    reason: "hostKeyChanged",
    host: facts.host,
    keyType: output.facts.hostKey?.keyType ?? keyTypeName(short),
    offered: offered ?? output.facts.hostKey?.fingerprint ?? "",
    known: known ? fingerprint(Buffer.from(known.key, "base64")) : "another key",
    file,
    line: Number(line),
    own: file === facts.ownKnownHosts,
    entry: knownHostName(hostname, port, hostKeyAlias),
  };
}
