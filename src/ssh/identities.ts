import { BaseAgent, type ParsedKey } from "ssh2";
import type { LeftOutKey } from "../core/failure";
import type { Logger } from "../core/logger";
import { listAgentKeys } from "./agentKeys";
import type { HostOptions } from "./hostOptions";
import { type KeyFile, readKeyFile, unlockKey } from "./keyFile";

/** A key the user can prove to own. */
export interface Identity {
  /** For reports: `agent key …` or `key FILE`. */
  readonly label: string;
  /** The key ready to be offered; undefined when it cannot be used after all. */
  open(): Promise<OpenIdentity | undefined>;
}

export interface OpenIdentity {
  readonly publicKey: ParsedKey;
  sign(data: Buffer, hash: string | undefined): Promise<Buffer>;
}

/** Asks for what an encrypted key file needs; undefined when nobody can say. */
export type Unlock = (key: KeyFile) => Promise<ParsedKey | undefined>;

/** The user's keys, and what ssh would have offered besides. */
export interface FoundIdentities {
  readonly identities: readonly Identity[];
  /** Files that cannot be used, those left out that were never there by any wish of the user. */
  readonly leftOut: readonly LeftOutKey[];
}

/** sshd hangs up at the sixth refusal (`MaxAuthTries`); asking for `none` first is free. */
const usualTries = 6;
/** ssh looks for these without being told. */
const defaultName = /(^|[\\/])id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519|ed25519_sk|xmss)$/;

/**
 * The user's keys in the order ssh tries them: named files the agent holds, the agent's other keys (unless
 * `IdentitiesOnly`), the files themselves. Where these are more than servers usually hear out, the files that stand for
 * this host go before agent's keys that do not. What cannot be used is left out with a line in the log.
 */
export async function collectIdentities(
  options: HostOptions,
  firstFiles: readonly string[],
  unlock: Unlock,
  log: Logger,
  signal: AbortSignal,
): Promise<FoundIdentities> {
  const paths = [...new Set([...firstFiles, ...options.identityFiles])];
  const [found, agentKeys] = await Promise.all([
    Promise.all(paths.map(readKeyFile)),
    options.agent === undefined ? [] : agentIdentities(options.agent, log, signal),
  ]);
  const files: KeyFile[] = [];
  const leftOut: LeftOutKey[] = [];
  for (const file of found) {
    if (!("why" in file)) files.push(file);
    else if (file.why !== "missing" || !defaultName.test(file.file)) leftOut.push(file);
  }
  for (const { file, why } of leftOut) log.info(`key file ${file} left out: ${why}`);
  const named = files.flatMap((file) => agentKeys.filter((key) => sameKey(key.publicKey, file.publicKey)));
  const others = options.identitiesOnly ? [] : agentKeys.filter((key) => !named.includes(key));
  const onlyInFiles = files
    .filter((file) => file.content && !named.some((key) => sameKey(key.publicKey, file.publicKey)))
    .map((file) => fileIdentity(file, unlock));
  const room = Math.max(0, usualTries - named.length - onlyInFiles.length);
  return {
    identities: [...named, ...others.slice(0, room), ...onlyInFiles, ...others.slice(room)],
    leftOut,
  };
}

/** One key as an agent, which is how ssh2 lets signing take its time: a passphrase is asked only for a welcome key. */
export class SingleKeyAgent extends BaseAgent {
  constructor(
    private readonly identity: OpenIdentity,
    private readonly log: Logger,
  ) {
    super();
  }

  override getIdentities(callback: (error: Error | undefined, keys?: ParsedKey[]) => void): void {
    callback(undefined, [this.identity.publicKey]);
  }

  override sign(
    _key: unknown,
    data: Buffer,
    options: { hash?: string } | ((error?: Error, signature?: Buffer) => void),
    callback?: (error?: Error, signature?: Buffer) => void,
  ): void {
    const done = typeof options === "function" ? options : callback;
    const hash = typeof options === "function" ? undefined : options.hash;
    this.identity.sign(data, hash).then(
      (signature) => done?.(undefined, signature),
      (error: unknown) => {
        this.log.info(`a key could not sign: ${error instanceof Error ? error.message : String(error)}`);
        done?.(error instanceof Error ? error : new Error(String(error)));
      },
    );
  }
}

type AgentIdentity = Identity & { readonly publicKey: ParsedKey };

async function agentIdentities(path: string, log: Logger, signal: AbortSignal): Promise<AgentIdentity[]> {
  try {
    const { agent, keys } = await listAgentKeys(path, signal);
    return keys.map((key) => agentIdentity(agent, key));
  } catch (error) {
    log.info(`no keys from the agent at ${path}: ${error instanceof Error ? error.message : String(error)}`);
    return [];
  }
}

function agentIdentity(agent: BaseAgent, publicKey: ParsedKey): AgentIdentity {
  const open: OpenIdentity = {
    publicKey,
    sign: (data, hash) =>
      new Promise((resolve, reject) => {
        // The agent knows RSA's two hashes only by flags; nothing is passed for the others.
        const options = hash === "sha256" || hash === "sha512" ? ({ hash } as const) : {};
        agent.sign(publicKey, data, options, (error, signature) =>
          signature ? resolve(signature) : reject(error ?? new Error("the agent gave no signature")),
        );
      }),
  };
  return { label: `agent key ${publicKey.comment || publicKey.type}`, publicKey, open: async () => open };
}

function fileIdentity(file: KeyFile, unlock: Unlock): Identity {
  const privateKey = async () => (file.encrypted ? unlock(file) : unlockKey(file, undefined));
  return {
    label: `key ${file.file}`,
    async open() {
      const publicKey = file.publicKey ?? (await privateKey());
      if (!publicKey) return undefined;
      return {
        publicKey,
        async sign(data, hash) {
          const key = await privateKey();
          if (!key) throw new Error(`${file.file} stays locked`);
          return key.sign(data, hash);
        },
      };
    },
  };
}

function sameKey(left: ParsedKey, right: ParsedKey | undefined): boolean {
  return right?.getPublicSSH().equals(left.getPublicSSH()) ?? false;
}
