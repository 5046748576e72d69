import { connect, type Socket } from "node:net";
import { byte, messageCutter, uint32, wireReader } from "./wire";

// OpenSSH's PROTOCOL.mux, sections 1, 9 and 11; the proxy mode came with OpenSSH 7.4.
const hello = 0x00000001;
const version = 4;
const wantProxy = 0x1000000f;
const isProxy = 0x8000000f;
const requestId = 1;

/** OpenSSH's own limit of a packet. */
const maxPacketBytes = 256 * 1024;

/** SSH connection messages (RFC 4254), passed through a master's control socket in the clear. */
export interface ProxySocket {
  /** False: wait for `onDrain` before sending bulk. */
  send(...parts: readonly Buffer[]): boolean;
  close(): void;
}

export interface ProxySocketEvents {
  message(payload: Buffer): void;
  drain(): void;
  /** Comes once. */
  closed(cause?: Error): void;
}

/**
 * Asks the master of a control socket to pass messages on.
 * @throws the socket's own error, or an Error where the master does not know the proxy mode
 */
export function openProxySocket(path: string, events: ProxySocketEvents, signal: AbortSignal): Promise<ProxySocket> {
  return new Promise((resolve, reject) => {
    const socket = connect({ path });
    let state: "hello" | "asked" | "open" = "hello";
    let failure: Error | undefined;
    const abort = () => socket.destroy(new Error("given up"));
    signal.addEventListener("abort", abort, { once: true });
    const cut = messageCutter(maxPacketBytes, (message) => {
      if (state === "open") {
        events.message(message.subarray(1));
        return;
      }
      const reader = wireReader(message);
      const type = reader.uint32();
      if (state === "hello" && type === hello && reader.uint32() === version) {
        state = "asked";
        send(socket, [uint32(wantProxy), uint32(requestId)]);
      } else if (state === "asked" && type === isProxy) {
        state = "open";
        signal.removeEventListener("abort", abort);
        resolve({
          send: (...parts) => send(socket, [byte(0), ...parts]),
          close: () => socket.destroy(),
        });
      } else socket.destroy(new Error("the system's ssh does not pass messages on"));
    });
    socket.on("connect", () => send(socket, [uint32(hello), uint32(version)]));
    socket.on("data", (chunk) => {
      try {
        cut(chunk);
      } catch (error) {
        socket.destroy(error instanceof Error ? error : new Error(String(error)));
      }
    });
    socket.on("drain", () => events.drain());
    socket.on("error", (error) => {
      failure = error;
    });
    socket.on("close", () => {
      signal.removeEventListener("abort", abort);
      if (state === "open") events.closed(failure);
      else reject(failure ?? new Error("the system's ssh hung up"));
    });
  });
}

function send(socket: Socket, parts: readonly Buffer[]): boolean {
  if (!socket.writable) return true;
  const length = parts.reduce((sum, part) => sum + part.length, 0);
  return socket.write(Buffer.concat([uint32(length), ...parts]));
}
