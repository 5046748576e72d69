import { connect, createServer, type Server, type Socket } from "node:net";
import ssh2, { type Connection, type ParsedKey, type ServerChannel, type Session } from "ssh2";
import type { Disposable } from "../core/lifecycle";

/** sshd's own default for `MaxSessions`. */
const maxSessions = 10;
const refusedMs = 5000;

export interface ServerOptions {
  /** The only login name that it knows. */
  readonly user: string;
  readonly hostKey: string;
  readonly userKey: ParsedKey;
  /** Somebody logged in; disposed of when the connection ends. */
  watch(): Disposable;
  /** Serves one session channel. `route`: the connection as `SSH_CONNECTION` tells it. */
  serve(session: Session, route: string): void;
}

/** A host's SSH server on 127.0.0.1. */
export interface HostServer extends Disposable {
  readonly port: number;
  /** Breaks every connection and refuses new ones for five seconds. */
  cut(): void;
}

/** Resolves once the server listens. */
export async function startServer(options: ServerOptions): Promise<HostServer> {
  const sockets = new Set<Socket>();
  const ssh = new ssh2.Server({ hostKeys: [options.hostKey] }, (connection, info) => {
    const handles: Disposable[] = [];
    connection.on("ready", () => handles.push(options.watch()));
    connection.on("close", () => {
      for (const handle of handles) handle.dispose();
    });
    connection.on("error", () => undefined);
    serveConnection(connection, options, `127.0.0.1 ${info.port} 127.0.0.1 22`);
  });
  const server = createServer({ noDelay: true }, (socket) => {
    sockets.add(socket);
    socket.once("close", () => sockets.delete(socket));
    ssh.injectSocket(socket);
  });
  const port = await listen(server, 0);
  let reopening: NodeJS.Timeout | undefined;
  const close = () => {
    clearTimeout(reopening);
    server.close();
    for (const socket of sockets) socket.resetAndDestroy();
  };
  return {
    port,
    cut() {
      close();
      reopening = setTimeout(() => void listen(server, port).catch(() => undefined), refusedMs);
    },
    dispose: close,
  };
}

function listen(server: Server, wanted: number): Promise<number> {
  return new Promise((resolve, reject) => {
    server.once("error", reject);
    server.listen(wanted, "127.0.0.1", () => {
      server.removeListener("error", reject);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : wanted);
    });
  });
}

function serveConnection(connection: Connection, options: ServerOptions, route: string): void {
  const { user, userKey } = options;
  let sessions = 0;
  connection.on("authentication", (context) => {
    const known =
      context.method === "publickey" &&
      context.username === user &&
      context.key.algo === userKey.type &&
      context.key.data.equals(userKey.getPublicSSH());
    if (!known || context.method !== "publickey") return context.reject(["publickey"]);
    const proven =
      context.signature && context.blob && userKey.verify(context.blob, context.signature, context.hashAlgo);
    if (context.signature && proven !== true) return context.reject(["publickey"]);
    return context.accept();
  });
  connection.on("session", (accept, reject) => {
    if (sessions >= maxSessions) return reject();
    sessions += 1;
    const session = accept();
    session.on("close", () => {
      sessions -= 1;
    });
    options.serve(session, route);
  });
  connection.on("tcpip", (accept, reject, { destIP, destPort }) => {
    if (!ownNames.has(destIP)) return reject();
    const socket = connect({ port: destPort, host: destIP, allowHalfOpen: true });
    socket.once("error", () => reject());
    socket.once("connect", () => join(socket, accept()));
    // An error after that shows in the close.
    return socket.on("error", () => undefined);
  });
}

/** The simulated machines share this computer's loopback, and nothing else can be reached through them. */
const ownNames: ReadonlySet<string> = new Set(["localhost", "127.0.0.1", "::1"]);

/** Carries bytes both ways; each side's end is passed on alone. */
function join(socket: Socket, channel: ServerChannel): void {
  channel.pipe(socket);
  socket.pipe(channel, { end: false });
  // ssh2 closes a server's channel once it was ended, which would cut the other direction off; `eof` must not overtake the data.
  socket.once("end", () => channel.write(Buffer.alloc(0), () => channel.eof()));
  socket.once("close", () => channel.end());
  channel.once("close", () => socket.destroy());
}
