import type { HostRef } from "../ports";

/** A key pair on the client; its private half never leaves it. */
export interface ClientKey {
  /** The private key's file; where only `FILE.pub` is there, the agent has the private half. */
  readonly file: string;
  /** `ed25519`, as people say it. */
  readonly type: string;
  /** `SHA256:…`, as ssh shows it. */
  readonly fingerprint: string;
  /** What stands in a host's `authorized_keys`. */
  readonly line: string;
  /** It needs a passphrase. */
  readonly encrypted: boolean;
}

/** Which account a log-in means and with which keys ssh would try it. */
export interface KeyChoice {
  readonly user: string;
  readonly hostname: string;
  readonly port: number;
  /** In the order ssh tries them. */
  readonly keys: readonly ClientKey[];
  /** Where a new key would be found by ssh for this host; undefined where every such file exists. */
  readonly newFile: string | undefined;
}

/** The user's keys. `src/ssh` implements it. */
export interface ClientKeys {
  /** @throws Failure of resolving the host */
  choice(host: HostRef, signal: AbortSignal): Promise<KeyChoice>;
  /**
   * Makes an ed25519 key in this process, so that the passphrase is in no program's arguments. Overwrites nothing.
   * @param passphrase empty: the key is not encrypted
   * @throws Failure `keyFileUnusable`
   */
  make(file: string, passphrase: string, comment: string): Promise<ClientKey>;
  /**
   * Logs in anew with this key and nothing else, and leaves again.
   * @param passphrase of a key that was just made; others are asked for
   * @throws Failure of connecting; `authenticationFailed` when the host does not take the key, or not alone
   */
  prove(host: HostRef, key: ClientKey, passphrase: string | undefined, signal: AbortSignal): Promise<void>;
}
