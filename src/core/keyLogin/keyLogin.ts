import { Failure, problemOf } from "../failure";
import type { HostRef } from "../ports";
import type { Runner } from "../remote";
import { authorizedKeys } from "./authorizedKeys";
import type { ClientKey, ClientKeys } from "./clientKeys";

export interface KeyLoginRequest {
  readonly host: HostRef;
  readonly key: ClientKey;
  /** Of a key that was just made. */
  readonly passphrase?: string | undefined;
  /** The connection there is, however it logged in. */
  readonly runner: Runner;
  readonly keys: Pick<ClientKeys, "prove">;
  readonly signal: AbortSignal;
}

export interface KeyLogin {
  /** False: the key had been there. */
  readonly added: boolean;
  readonly path: string;
  /** The host takes the key but wants a further proof besides it, such as a code. */
  readonly wantsMore: boolean;
}

/**
 * Adds the key on the host and proves that it lets the user in.
 * @throws Failure `keyNotInstalled`, `installedKeyRefused`, `keysNotAccepted`, and those of connecting
 */
export async function setUpKeyLogin(request: KeyLoginRequest): Promise<KeyLogin> {
  const { host, key, runner, signal } = request;
  const { outcome, path } = await runner.run(authorizedKeys(host.name, "install", key.line), signal);
  const added = outcome === "installed";
  try {
    await request.keys.prove(host, key, request.passphrase, signal);
    return { added, path, wantsMore: false };
  } catch (error) {
    const problem = problemOf(error);
    if (problem.reason !== "authenticationFailed") throw error;
    const { tried, accepted } = problem;
    if (tried.length === 0) throw new Failure({ reason: "keysNotAccepted", host: host.name, accepted }, error);
    if (!accepted.includes("publickey")) return { added, path, wantsMore: true };
    const modes = await runner.run(authorizedKeys(host.name, "modes", key.line), signal);
    const loose = modes.outcome === "loose" ? { loose: { path: modes.path, mode: modes.detail } } : {};
    throw new Failure({ reason: "installedKeyRefused", host: host.name, path, ...loose }, error);
  }
}
