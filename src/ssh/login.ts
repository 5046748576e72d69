import type { Duplex } from "node:stream";
import { Client } from "ssh2";
import type { ConnectionsDeps } from "../core/connections";
import { Failure, isFailure } from "../core/failure";
import { parseHostName } from "../core/hostName";
import type { Prompts } from "../core/ports";
import type { ConnectStep } from "../shared/host";
import { offeredAlgorithms } from "./algorithms";
import { type AuthReply, createAuthenticator } from "./auth";
import { loginFailure } from "./connectFailure";
import type { Credentials } from "./credentials";
import { readHostKeys } from "./hostKeys";
import { collectIdentities } from "./identities";
import type { KnownHostsStore } from "./knownHostsStore";
import type { Link } from "./link";
import type { Stop } from "./route";
import { createSsh2Link } from "./ssh2Link";
import { writesTogether } from "./writesTogether";

export interface LoginRequest {
  readonly stop: Stop;
  /** The host that the user wants to reach, where this stop is only on the way to it. */
  readonly onTheWayTo: string | undefined;
  /** Opens the bytes to and from the server; called once what is known of the host is being read. */
  readonly openStream: () => Promise<Duplex>;
  /** The connection that carries the stream, if any. It is closed with this one, and its end is this one's. */
  readonly carrier: Link | undefined;
  readonly deps: Pick<ConnectionsDeps, "settings" | "clock" | "log">;
  readonly prompts: Prompts;
  readonly credentials: Credentials;
  readonly store: KnownHostsStore;
  /** Keys have had their turn on a connection before this one, which the server ended over them. */
  readonly withoutKeys: boolean;
  readonly onStep: (step: ConnectStep) => void;
  readonly giveWay?: (refusal: Failure) => Promise<boolean>;
  /** The other side has said something. */
  readonly onHeard: () => void;
  readonly signal: AbortSignal;
}

/**
 * Proves the server and logs in to it. Nothing but the key exchange is sent before the server's key is trusted.
 * @throws Failure for every reason "Proving the host" and "Proving the user"
 */
export async function logIn(request: LoginRequest): Promise<Link> {
  const { stop, carrier, deps, signal, prompts, store, credentials } = request;
  const { options } = stop;
  const { log, settings, clock } = deps;
  const host = stop.host.name;
  const onward = request.onTheWayTo === undefined ? "" : `, on the way to ${request.onTheWayTo}`;
  // Keys and known hosts are read while the network answers.
  const keysRead = readHostKeys({ host, options, store, prompts, acceptNew: settings.acceptNewHostKeys() });
  keysRead.catch(() => {});
  const authenticator = createAuthenticator({
    host,
    account: `${options.user}@${parseHostName(host).name}${onward}`,
    options: request.withoutKeys
      ? { ...options, preferredMethods: options.preferredMethods.filter((method) => method !== "publickey") }
      : options,
    collectIdentities: (unlock) => collectIdentities(options, settings.identityFiles(), unlock, log, signal),
    credentials,
    prompts,
    ...(request.giveWay ? { giveWay: request.giveWay } : {}),
    log,
    signal,
  });
  const stream = writesTogether(await request.openStream());
  const client = new Client();
  const lost = (cause?: unknown) => carrier?.failure() ?? new Failure({ reason: "connectionLost", host }, cause);
  try {
    const keys = await keysRead;
    signal.throwIfAborted();
    const algorithms = offeredAlgorithms(host, options.algorithms, keys.algorithms);
    request.onStep("verifying host key");
    return await new Promise<Link>((resolve, reject) => {
      let settled = false;
      let lastHeard = clock.monotonic();
      let beginning = "";
      let heard = false;
      let greeted = false;
      let secured = false;
      let refusal: AuthReply | undefined;
      /** The question which ways the server takes is always refused. */
      let refusals = 0;
      let proven: Buffer | undefined;
      const fail = (error: unknown) => {
        settled = true;
        reject(error);
      };
      const failUnlessSettled = (error: unknown) => {
        if (!settled) fail(error);
      };
      signal.addEventListener("abort", () => failUnlessSettled(signal.reason), { once: true });
      authenticator.interrupted.catch(failUnlessSettled);

      client.on("error", (error) => {
        // ssh2 reports a key that would not sign, and goes on with the next way to log in.
        if (error.level === "agent" || error.level === "client-authentication") return;
        if (settled) return;
        if (isFailure(error)) return fail(error);
        const progress = { host, port: options.port, beginning, greeted, secured, refused: authenticator.turnedAway };
        fail(carrier?.failure() ?? loginFailure(error, progress));
      });
      client.on("close", () => {
        // Some servers hang up after too many tries; before the first one was refused it is the network.
        if (!settled) fail(carrier?.failure() ?? (refusals > 1 ? authenticator.turnedAway() : lost()));
      });
      client.on("change password", () => fail(authenticator.refused()));
      client.on("handshake", () => {
        secured = true;
        if (!settled) request.onStep("logging in");
      });
      client.on("ready", () => {
        settled = true;
        credentials.commit().catch((error: unknown) => log.warn(`a secret could not be kept: ${String(error)}`));
        const greeting = beginning;
        resolve(
          createSsh2Link({ host, options, client, stream, carrier, clock, greeting, lastHeard: () => lastHeard }),
        );
      });
      // ssh2 would wait for ever for the end of a stream that ended before it came.
      if (stream.destroyed) return fail(isFailure(stream.errored) ? stream.errored : lost());
      client.connect({
        sock: stream,
        username: options.user,
        readyTimeout: 0,
        algorithms,
        ...(options.forwardAgent === undefined ? {} : { agent: options.forwardAgent }),
        hostVerifier: (key: Buffer, verified: (trusted: boolean) => void) => {
          // Asked again at every exchange of new keys; then only the same key will do.
          if (proven) return verified(proven.equals(key));
          keys.verify(key, signal).then(() => {
            proven = Buffer.from(key);
            verified(true);
          }, failUnlessSettled);
        },
        authHandler: (methods, _partial, next) => {
          const reply = refusal ?? (methods ? { methods } : undefined);
          authenticator.next(reply).then(next, failUnlessSettled);
        },
      });
      onRefusal(client, (methods) => {
        refusal = { methods };
        refusals++;
      });
      stream.on("data", (chunk: Buffer) => {
        lastHeard = clock.monotonic();
        if (!heard) request.onHeard();
        heard = true;
        if (greeted) return;
        beginning += chunk.toString("latin1");
        greeted = /^SSH-/m.test(beginning);
      });
    });
  } catch (error) {
    stream.on("error", () => {});
    stream.destroy();
    throw error;
  }
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
