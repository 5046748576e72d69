import type { Duplex } from "node:stream";
import type { Clock } from "../core/clock";
import { Failure, isFailure } from "../core/failure";
import { codeOf } from "../core/fileLock";
import type { Logger } from "../core/logger";
import type { ClientFacts, HostRef } from "../core/ports";
import { networkProblem } from "./connectFailure";
import type { HostOptions } from "./hostOptions";
import type { Link } from "./link";
import { runProxyCommand } from "./proxyCommand";
import { dialProxy } from "./proxyDial";
import { builtInProxy } from "./proxyDialects";
import { connectTcp } from "./tcpSocket";

/** One SSH server on the way; the last one is the host itself. */
export interface Stop {
  readonly host: HostRef;
  readonly options: HostOptions;
}

/** More jumps than anybody needs: what is longer makes itself. */
const maxDepth = 16;

/**
 * The servers to log in to, one through the other. As in ssh, only the first hop of a `ProxyJump` follows its own `ProxyJump`
 * or `ProxyCommand`: each of the others is reached through the one before it.
 * @throws Failure `jumpLoop`, and what `resolve` throws
 */
export async function planRoute(
  target: Stop,
  resolve: (hop: HostRef) => Promise<HostOptions>,
  onTheWayTo: readonly string[] = [],
): Promise<readonly Stop[]> {
  const names = target.options.proxyJump.map(hopName);
  const followed = [...onTheWayTo, target.host.name];
  const [first, ...others] = names.map((name): HostRef => ({ ...target.host, name }));
  if (!first) return [target];
  const again = names.find((name) => followed.includes(name)) ?? (followed.length > maxDepth ? first.name : undefined);
  if (again !== undefined) throw new Failure({ reason: "jumpLoop", host: followed[0] ?? again, hop: again });
  const stops = [...(await planRoute({ host: first, options: await resolve(first) }, resolve, followed))];
  for (const host of others) stops.push({ host, options: await resolve(host) });
  return [...stops, target];
}

/** `[user@]name[:port]`, also where the config writes it as `ssh://…`. */
function hopName(text: string): string {
  return text
    .trim()
    .replace(/^ssh:\/\//i, "")
    .replace(/\/$/, "");
}

export interface StreamRequest {
  readonly stop: Stop;
  /** The logged-in stop before this one, if any. */
  readonly carrier: Link | undefined;
  readonly client: ClientFacts;
  readonly clock: Clock;
  readonly log: Logger;
  /** Called as soon as the server is known to be there, where that shows before it speaks. */
  readonly onHeard: () => void;
  readonly signal: AbortSignal;
}

/**
 * Bytes to and from a stop: TCP, the user's proxy command, or a channel of the stop before.
 * @throws Failure for every reason of "Reaching a host"
 */
export function openStream(request: StreamRequest): Promise<Duplex> {
  const { options } = request.stop;
  if (request.carrier) return jump(request, request.carrier);
  return options.proxyCommand === undefined ? dialTcp(request) : viaProxy(request, options.proxyCommand);
}

function dialTcp({ stop, onHeard, signal }: StreamRequest): Promise<Duplex> {
  const { hostname, port, addressFamily } = stop.options;
  const socket = connectTcp({ host: hostname, port, family: addressFamily });
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", (error) => {
      fail(new Failure(networkProblem(codeOf(error), stop.host.name, hostname, port), error));
    });
    socket.once("connect", () => {
      signal.removeEventListener("abort", onAbort);
      onHeard();
      resolve(socket);
    });
  });
}

async function viaProxy({ stop, client, clock, log, signal }: StreamRequest, command: string): Promise<Duplex> {
  const host = stop.host.name;
  const proxy = await builtInProxy(command, client);
  if (!proxy) return runProxyCommand({ host, command, client, clock, log });
  log.info(`${host}: ${proxy.program} is not installed here, so Tensorline speaks to the proxy itself`);
  return dialProxy(proxy, host, signal);
}

/** @throws Failure `jumpProhibited`, `jumpFailed`, `connectionLost` */
async function jump({ stop, onHeard, signal }: StreamRequest, carrier: Link): Promise<Duplex> {
  const { hostname, port } = stop.options;
  const opened = carrier.dial({ host: hostname, port });
  try {
    const channel = await unlessAborted(opened, signal);
    onHeard();
    return channel;
  } catch (error) {
    if (!isFailure(error)) throw error;
    const about = { host: stop.host.name, hop: carrier.host };
    const { problem } = error;
    if (problem.reason === "forwardProhibited") throw new Failure({ reason: "jumpProhibited", ...about }, error);
    if (problem.reason !== "forwardRefused") throw error;
    throw new Failure({ reason: "jumpFailed", ...about, target: problem.target, detail: problem.detail }, error);
  }
}

/** A channel that opens after all is closed with its connection. */
function unlessAborted<T>(opened: Promise<T>, signal: AbortSignal): Promise<T> {
  return new Promise((resolve, reject) => {
    const onAbort = () => reject(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    opened.then(resolve, reject).finally(() => signal.removeEventListener("abort", onAbort));
  });
}
