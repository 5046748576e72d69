import { readFile } from "node:fs/promises";
import type { ServerHostKeyAlgorithm } from "ssh2";
import { Failure, isFailure } from "../core/failure";
import { codeOf } from "../core/fileLock";
import type { Prompts } from "../core/ports";
import type { HostOptions } from "./hostOptions";
import {
  fingerprint,
  type HostKeyVerdict,
  judgeHostKey,
  type KnownHostLine,
  keyTypeOf,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from "./knownHosts";
import type { KnownHostsStore } from "./knownHostsStore";

/** What is known of one host's keys when a connection to it begins. */
export interface HostKeys {
  /** For the key exchange: types already known first, as ssh does, so that a known host stays known. */
  readonly algorithms: ServerHostKeyAlgorithm[];
  /**
   * Resolves when the offered key is to be trusted, having remembered it when it was unknown.
   * @throws Failure `hostKeyUnknown`, `hostKeyChanged`, `hostKeyRevoked`, `knownHostsUnreadable`, `cancelled`
   */
  verify(key: Buffer, signal: AbortSignal): Promise<void>;
}

export interface HostKeyRules {
  readonly host: string;
  readonly options: HostOptions;
  readonly store: KnownHostsStore;
  readonly prompts: Prompts;
  /** Trust unknown keys without asking, whatever the config says, except `StrictHostKeyChecking yes`. */
  readonly acceptNew: boolean;
}

const modernAlgorithms: readonly ServerHostKeyAlgorithm[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/**
 * Reads the known_hosts files for one connection.
 * @throws Failure `knownHostsUnreadable`: a file that is there but cannot be read may hold a revocation
 */
export async function readHostKeys(rules: HostKeyRules): Promise<HostKeys> {
  const { options, store } = rules;
  const name = knownHostName(options.hostname, options.port, options.hostKeyAlias);
  const files = [...options.userKnownHosts, ...options.globalKnownHosts, store.file];
  const lines = (await Promise.all(files.map(readKnownHosts))).flat();
  return {
    algorithms: orderAlgorithms(knownKeyTypes(lines, name)),
    verify: (key, signal) => verify(key, name, lines, rules, signal),
  };
}

/** SHA-1 signatures are offered only to a host that is known by an RSA key alone, and last of its kind. */
export function orderAlgorithms(knownTypes: readonly string[]): ServerHostKeyAlgorithm[] {
  const isKnown = (algorithm: string) => knownTypes.includes(algorithm.startsWith("rsa-") ? "ssh-rsa" : algorithm);
  const known = modernAlgorithms.filter(isKnown);
  if (knownTypes.length > 0 && knownTypes.every((type) => type === "ssh-rsa")) known.push("ssh-rsa");
  return [...known, ...modernAlgorithms.filter((algorithm) => !isKnown(algorithm))];
}

async function verify(
  key: Buffer,
  name: string,
  lines: readonly KnownHostLine[],
  rules: HostKeyRules,
  signal: AbortSignal,
): Promise<void> {
  const { host, options, store } = rules;
  const keyType = keyTypeOf(key);
  const verdict = judgeByName(lines, name, rules, key);
  switch (verdict.kind) {
    case "known":
      return;
    case "revoked": {
      const { file, line } = verdict.known;
      throw new Failure({ reason: "hostKeyRevoked", host, keyType, fingerprint: fingerprint(key), file, line });
    }
    case "changed":
      throw new Failure({
        reason: "hostKeyChanged",
        host,
        keyType,
        offered: fingerprint(key),
        known: fingerprint(Buffer.from(verdict.known.key, "base64")),
        file: verdict.known.file,
        line: verdict.known.line,
        own: verdict.known.file === store.file,
        entry: name,
      });
    case "unknown": {
      const unknown = { reason: "hostKeyUnknown", host, keyType, fingerprint: fingerprint(key) } as const;
      if (options.strictHostKeyChecking === "yes") throw new Failure(unknown);
      const trusted =
        rules.acceptNew ||
        options.strictHostKeyChecking === "accept" ||
        (await ask(rules, key, keyType, verdict.knownTypes, signal));
      if (!trusted) throw new Failure({ reason: "cancelled" });
      await store.add(name, key, keyType).catch((error: unknown) => {
        throw new Failure({ reason: "knownHostsUnreadable", file: store.file, detail: codeOf(error) }, error);
      });
    }
  }
}

/** As ssh: a key that is not known with the port is known if it is the host's without one. */
function judgeByName(
  lines: readonly KnownHostLine[],
  name: string,
  { options }: HostKeyRules,
  key: Buffer,
): HostKeyVerdict {
  const verdict = judgeHostKey(lines, name, key);
  if (verdict.kind !== "unknown" || options.hostKeyAlias !== undefined) return verdict;
  const bare = judgeHostKey(lines, knownHostName(options.hostname, 22), key);
  return bare.kind === "known" ? bare : verdict;
}

async function ask(
  rules: HostKeyRules,
  key: Buffer,
  keyType: string,
  knownTypes: readonly string[],
  signal: AbortSignal,
): Promise<boolean> {
  const { host, options, prompts } = rules;
  const question = {
    host,
    hostname: options.hostname,
    port: options.port,
    keyType,
    fingerprint: fingerprint(key),
    knownTypes,
  };
  try {
    return await prompts.confirmHostKey(question, signal);
  } catch (error) {
    if (!isFailure(error, "promptUnavailable")) throw error;
    throw new Failure({ reason: "hostKeyUnknown", host, keyType, fingerprint: question.fingerprint }, error);
  }
}

/** @throws Failure `knownHostsUnreadable`; a file that is not there holds nothing */
export async function readKnownHosts(file: string): Promise<KnownHostLine[]> {
  try {
    return parseKnownHosts(await readFile(file, "utf8"), file);
  } catch (error) {
    const code = codeOf(error);
    if (code === "ENOENT" || code === "ENOTDIR") return [];
    throw new Failure({ reason: "knownHostsUnreadable", file, detail: code }, error);
  }
}
