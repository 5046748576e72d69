import { createHash } from "node:crypto";
import { once } from "node:events";
import { get } from "node:http";
import { type AddressInfo, connect, type Server, type Socket } from "node:net";
import type { Readable } from "node:stream";
import { afterEach } from "vitest";
import { systemClock } from "../../src/core/clock";
import type { Forward, Forwards } from "../../src/core/forwards/forward";
import { createForwards } from "../../src/core/forwards/forwards";
import { silentLogger } from "../../src/core/logger";
import type { HostRef } from "../../src/core/ports";
import { type ClientOptions, noAbort, type TestClient, testClient } from "./client";

/** What a test opened; closed after it, the last first. */
export const closing: (() => void | Promise<void>)[] = [];
afterEach(async () => {
  for (const close of closing.splice(0).reverse()) await close();
});

/** A TCP server of the host. */
export async function listen(server: Server, port = 0): Promise<number> {
  const sockets = new Set<Socket>();
  server.on("connection", (socket: Socket) => {
    sockets.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => sockets.delete(socket));
  });
  server.listen(port, "127.0.0.1");
  await once(server, "listening");
  closing.push(async () => {
    for (const socket of sockets) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  });
  return (server.address() as AddressInfo).port;
}

export interface Setup {
  readonly client: TestClient;
  readonly forwards: Forwards;
  open(port: number, localPort?: number): Promise<Forward>;
  /** Resolves once the forward looks so. */
  looks(id: number, fits: (forward: Forward) => boolean): Promise<Forward>;
}

export function setUp(host: HostRef, options: ClientOptions = {}): Setup {
  const client = testClient(options);
  const { connections } = client;
  const forwards = createForwards({
    acquire: (ref) => connections.acquire(ref),
    state: (ref) => connections.state(ref),
    onState: connections.onState,
    clock: systemClock,
    log: silentLogger,
  });
  closing.push(() => {
    forwards.dispose();
    connections.dispose();
  });
  return {
    client,
    forwards,
    // "Host" and client are one computer here: a forward of a port to the same port would lead to itself.
    open: (port, localPort = port + 1) =>
      forwards.open({ host, target: { host: "localhost", port }, localPort }, noAbort),
    looks: (id, fits) =>
      new Promise((resolve) => {
        const look = () => {
          const forward = forwards.list().find((one) => one.id === id);
          if (!forward || !fits(forward)) return;
          watching.dispose();
          resolve(forward);
        };
        const watching = forwards.onChange(look);
        look();
      }),
  };
}

/** A connection to the forward, as a browser makes it. */
export async function dial({ localPort }: Forward): Promise<Socket> {
  const socket = connect({ port: localPort, host: "127.0.0.1", allowHalfOpen: true });
  socket.on("error", () => {});
  socket.resume();
  closing.push(() => void socket.destroy());
  await once(socket, "connect");
  return socket;
}

export async function page(port: number, path = "/"): Promise<string> {
  const request = get({ host: "127.0.0.1", port, path, agent: false });
  const [response] = await once(request, "response");
  return (await received(response)).toString();
}

/** All that comes until the other side has said everything; unlike `stream/consumers` it leaves the own side open. */
export function received(source: Readable): Promise<Buffer> {
  const chunks: Buffer[] = [];
  source.on("data", (chunk: Buffer) => chunks.push(chunk));
  return new Promise((resolve) => source.once("end", () => resolve(Buffer.concat(chunks))));
}

/** Resolves however it closes. */
export function closed(socket: Socket): Promise<void> {
  return new Promise((resolve) => socket.once("close", () => resolve()));
}

export const sha = (bytes: Uint8Array) => createHash("sha256").update(bytes).digest("hex");
