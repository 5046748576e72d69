import { connect as connectTcp, type Socket } from "node:net";
import { Client } from "ssh2";
import type { ConnectionsDeps } from "../core/connections";
import { Failure } from "../core/failure";
import type { HostRef, Prompts } from "../core/ports";
import type { HostState } from "../shared/host";
import { type AuthReply, createAuthenticator } from "./auth";
import { resolveHost } from "./config";
import { connectDeadline } from "./connectDeadline";
import { loginFailure, networkProblem } from "./connectFailure";
import type { Credentials } from "./credentials";
import { readHostKeys } from "./hostKeys";
import { parseHostName } from "./hostName";
import type { HostOptions } from "./hostOptions";
import { collectIdentities } from "./identities";
import { codeOf, type KnownHostsStore } from "./knownHostsStore";
import type { Link } from "./link";
import { createSsh2Link } from "./ssh2Link";

export type ConnectStep = Extract<HostState, { kind: "connecting" }>["step"];

export interface ConnectRequest {
  readonly host: HostRef;
  readonly deps: ConnectionsDeps;
  /** Whom to ask; on automatic reconnection nobody. */
  readonly prompts: Prompts;
  readonly credentials: Credentials;
  readonly store: KnownHostsStore;
  readonly onStep: (step: ConnectStep) => void;
  readonly signal: AbortSignal;
  /** Changes what the config says for this one log-in. */
  readonly narrow?: (options: HostOptions) => HostOptions;
}

/**
 * Resolves the host, proves it, logs in.
 * @throws Failure for every reason "Reaching a host", "Proving the host" and "Proving the user"
 */
export async function connect(request: ConnectRequest): Promise<Link> {
  const { host, deps, signal } = request;
  signal.throwIfAborted();
  request.onStep("resolving");
  const resolved = await resolveHost(host, deps.client, signal);
  const options = request.narrow?.(resolved) ?? resolved;
  const proxy = options.proxyJump.length > 0 ? "proxyjump" : options.proxyCommand && "proxycommand";
  if (proxy) throw new Failure({ reason: "configUnsupported", host: host.name, option: proxy });
  signal.throwIfAborted();
  request.onStep("connecting");
  const socket = connectTcp({ host: options.hostname, port: options.port, family: options.addressFamily });
  socket.setNoDelay(true);
  const ms = options.connectTimeoutMs ?? deps.settings.connectTimeoutMs();
  const abort = new AbortController();
  const onAbort = () => abort.abort(new Failure({ reason: "cancelled" }));
  signal.addEventListener("abort", onAbort, { once: true });
  const deadline = connectDeadline(deps.clock, ms, request.prompts, () => {
    const reason = socket.connecting ? "connectTimeout" : "loginTimeout";
    abort.abort(new Failure({ reason, host: host.name, seconds: Math.round(ms / 1000) }));
  });
  try {
    return await logIn({ ...request, prompts: deadline.prompts, signal: abort.signal }, options, socket);
  } catch (error) {
    socket.destroy();
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    abort.abort(new Failure({ reason: "cancelled" }));
    deadline.dispose();
    signal.removeEventListener("abort", onAbort);
  }
}

async function logIn(request: ConnectRequest, options: HostOptions, socket: Socket): Promise<Link> {
  const { host, deps, signal, prompts, store, credentials } = request;
  const { log, settings } = deps;
  const typed = parseHostName(host.name);
  // Keys and known hosts are read while the network answers.
  const keysRead = readHostKeys({ host: host.name, options, store, prompts, acceptNew: settings.acceptNewHostKeys() });
  const authenticator = createAuthenticator({
    host: host.name,
    account: `${options.user}@${typed.name}`,
    options,
    collectIdentities: (unlock) => collectIdentities(options, settings.identityFiles(), unlock, log),
    credentials,
    prompts,
    log,
    signal,
  });
  const client = new Client();
  const [keys] = await Promise.all([keysRead, connected(socket, host.name, options, signal)]);
  request.onStep("verifying host key");

  return new Promise<Link>((resolve, reject) => {
    let settled = false;
    let lastHeard = deps.clock.monotonic();
    let beginning = "";
    let heard = false;
    let greeted = false;
    let secured = false;
    const fail = (error: unknown) => {
      settled = true;
      reject(error);
      socket.destroy();
    };
    signal.addEventListener("abort", () => !settled && fail(signal.reason), { once: true });
    authenticator.interrupted.catch((error: unknown) => !settled && fail(error));
    let refusal: AuthReply | undefined;
    let proven: Buffer | undefined;

    client.on("error", (error) => {
      // ssh2 reports a key that would not sign, and goes on with the next way to log in.
      if (error.level === "agent" || error.level === "client-authentication") return;
      if (settled) return;
      const progress = { host: host.name, port: options.port, heard, greeted, secured, refused: authenticator.refused };
      fail(loginFailure(error, progress));
    });
    client.on("close", () => {
      if (settled) return;
      fail(secured ? authenticator.refused() : new Failure({ reason: "connectionLost", host: host.name }));
    });
    client.on("change password", () => fail(authenticator.refused()));
    client.on("handshake", () => {
      secured = true;
      if (!settled) request.onStep("logging in");
    });
    client.on("ready", () => {
      settled = true;
      credentials.commit().catch((error: unknown) => log.warn(`a secret could not be kept: ${String(error)}`));
      const { clock } = deps;
      resolve(
        createSsh2Link({ host: host.name, client, socket, clock, greeting: beginning, lastHeard: () => lastHeard }),
      );
    });
    // ssh2 would wait for ever for the end of a socket that ended before it came.
    if (socket.destroyed) return fail(new Failure({ reason: "connectionLost", host: host.name }));
    client.connect({
      sock: socket,
      username: options.user,
      readyTimeout: 0,
      algorithms: { serverHostKey: keys.algorithms },
      hostVerifier: (key: Buffer, verified: (trusted: boolean) => void) => {
        // Asked again at every exchange of new keys; then only the same key will do.
        if (proven) return verified(proven.equals(key));
        keys.verify(key, signal).then(
          () => {
            proven = Buffer.from(key);
            verified(true);
          },
          (error: unknown) => !settled && fail(error),
        );
      },
      authHandler: (methods, _partial, next) => {
        const reply = refusal ?? (methods ? { methods } : undefined);
        authenticator.next(reply).then(next, (error: unknown) => !settled && fail(error));
      },
    });
    onRefusal(client, (methods) => {
      refusal = { methods };
    });
    socket.on("data", (chunk: Buffer) => {
      lastHeard = deps.clock.monotonic();
      heard = true;
      if (greeted) return;
      beginning += chunk.toString("latin1");
      greeted = /^SSH-/m.test(beginning);
    });
  });
}

function connected(socket: Socket, host: string, options: HostOptions, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal.addEventListener("abort", () => reject(signal.reason), { once: true });
    socket.on("error", (error) => {
      reject(new Failure(networkProblem(codeOf(error), host, options.hostname, options.port), error));
    });
    socket.once("connect", resolve);
  });
}

/**
 * ssh2 gives its handler a stale list after an agent's key: the server's word is read where ssh2 itself gets it.
 * Verified against ssh2 1.17.0, which is bundled.
 */
function onRefusal(client: Client, listener: (methods: string[]) => void): void {
  type Handler = (protocol: unknown, methods: string[], partial: boolean) => void;
  const handlers = (client as { _protocol?: { _handlers: Record<string, Handler | undefined> } })._protocol?._handlers;
  const original = handlers?.USERAUTH_FAILURE;
  if (!handlers || !original) return;
  handlers.USERAUTH_FAILURE = (protocol, methods, partial) => {
    listener(methods);
    original(protocol, methods, partial);
  };
}
