import type { ConnectionsDeps } from "../core/connections";
import { type Failure, isFailure, type Problem } from "../core/failure";
import type { HostRef, Prompts } from "../core/ports";
import type { ConnectStep, SystemSshNeed } from "../shared/host";
import { resolveHost } from "./config";
import { type Interaction, withDeadline } from "./connectDeadline";
import type { Credentials } from "./credentials";
import type { HostOptions } from "./hostOptions";
import type { KnownHostsStore } from "./knownHostsStore";
import type { Link } from "./link";
import { logIn } from "./login";
import type { LoginGate } from "./loginGate";
import { openStream, planRoute, type Stop } from "./route";
import { connectByEither } from "./system/either";

export interface ConnectRequest {
  readonly host: HostRef;
  readonly deps: ConnectionsDeps;
  /** Whom to ask; on automatic reconnection nobody. */
  readonly prompts: Prompts;
  readonly credentials: Credentials;
  readonly store: KnownHostsStore;
  readonly gate: LoginGate;
  readonly onStep: (step: ConnectStep) => void;
  /** Why the system's ssh carried the last connection: then it is not found out anew. */
  readonly systemSsh?: SystemSshNeed | undefined;
  /** Asked before the first question, with what there would be to report: true ends the attempt with that. */
  readonly giveWay?: (refusal: Failure) => Promise<boolean>;
  readonly signal: AbortSignal;
  /** Changes what the config says for this one log-in. */
  readonly narrow?: (options: HostOptions) => HostOptions;
}

/**
 * Resolves the host, goes its way, proves every server on it, logs in.
 * @throws Failure for every reason "Reaching a host", "Proving the host" and "Proving the user"
 */
export async function connect(request: ConnectRequest): Promise<Link> {
  const { host, deps, signal } = request;
  signal.throwIfAborted();
  request.onStep("resolving");
  const resolve = (ref: HostRef) => resolveHost(ref, deps.client, signal);
  const resolved = await resolve(host);
  const target = request.narrow?.(resolved) ?? resolved;
  const route = await planRoute({ host, options: target }, resolve);
  signal.throwIfAborted();
  const { hostname, port } = (route[0] ?? { options: target }).options;
  const place = await request.gate.enter(`${hostname}:${port}`, signal);
  try {
    return await connectByEither(request, route, (attempt) => travel(attempt, route));
  } finally {
    place.dispose();
  }
}

/** Logs in to each stop through the one before, within the time for the whole way. The last link closes the others with it. */
function travel(request: ConnectRequest, route: readonly Stop[]): Promise<Link> {
  const { clock, settings } = request.deps;
  const at = { host: request.host.name, heard: false };
  const within = (ms: number) => ({
    clock,
    ms,
    problem: (): Problem => ({
      reason: at.heard ? "loginTimeout" : "connectTimeout",
      host: at.host,
      seconds: Math.round(ms / 1000),
    }),
  });
  const whole = route.at(-1)?.options.connectTimeoutMs ?? settings.connectTimeoutMs();
  return withDeadline(within(whole), request, async (interaction) => {
    let link: Link | undefined;
    try {
      for (const stop of route) {
        at.host = stop.host.name;
        at.heard = false;
        const carrier = link;
        const go = (inner: Interaction) =>
          enter({ ...request, ...inner }, stop, carrier, () => {
            at.heard = true;
          });
        const own = stop.options.connectTimeoutMs;
        link = await (own === undefined ? go(interaction) : withDeadline(within(own), interaction, go));
      }
    } catch (error) {
      link?.close();
      throw error;
    }
    if (!link) throw new Error("a route without a stop");
    return link;
  });
}

/**
 * Logs in to one stop. Where the server hung up over too many keys but would take a password, it gets a second connection
 * on which no key is offered.
 */
async function enter(
  request: ConnectRequest,
  stop: Stop,
  carrier: Link | undefined,
  onHeard: () => void,
): Promise<Link> {
  const { deps, host, signal } = request;
  const login = (withoutKeys: boolean) => {
    request.onStep("connecting");
    return logIn({
      ...request,
      stop,
      carrier,
      withoutKeys,
      onHeard,
      onTheWayTo: stop.host.name === host.name ? undefined : host.name,
      openStream: () => openStream({ ...deps, stop, carrier, signal, onHeard }),
    });
  };
  try {
    return await login(false);
  } catch (error) {
    if (!isFailure(error) || error.problem.reason !== "tooManyKeys") throw error;
    const { accepted } = error.problem;
    const others = stop.options.preferredMethods.filter(
      (method) => method !== "publickey" && accepted.includes(method),
    );
    if (others.length === 0) throw error;
    deps.log.info(`${stop.host.name}: hung up after ${error.problem.tried.length} keys; trying ${others.join(", ")}`);
    return login(true);
  }
}
