import { connect, isIPv4, type Socket } from "node:net";
import type { Duplex } from "node:stream";
import { Failure } from "../core/failure";
import { codeOf } from "../core/fileLock";
import type { TcpTarget } from "../core/remote";
import { plainText } from "./plainText";
import type { ProxyUse } from "./proxyDialects";

/** No proxy has more to say before the connection stands. */
const longestAnswer = 16 * 1024;

/**
 * Reaches a target through a proxy without any program of the client.
 * @throws Failure `proxyCommandFailed`, with what the proxy said
 */
export function dialProxy({ protocol, server, target }: ProxyUse, host: string, signal: AbortSignal): Promise<Duplex> {
  const failed = (detail: string, cause?: unknown) =>
    new Failure({ reason: "proxyCommandFailed", host, detail: `${server.host}:${server.port}: ${detail}` }, cause);
  const socket = connect({ host: server.host, port: server.port });
  socket.setNoDelay(true);
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      socket.destroy();
      reject(error);
    };
    const onAbort = () => fail(signal.reason);
    signal.addEventListener("abort", onAbort, { once: true });
    socket.on("error", (error) => fail(failed(codeOf(error), error)));
    socket.once("connect", () => {
      handshakes[protocol](socket, target)
        .then(() => resolve(socket))
        .catch((error: unknown) => fail(failed(error instanceof Error ? error.message : String(error), error)))
        .finally(() => signal.removeEventListener("abort", onAbort));
    });
  });
}

/** Each rejects with what the proxy said, in words. */
const handshakes: Readonly<Record<ProxyUse["protocol"], (socket: Socket, target: TcpTarget) => Promise<void>>> = {
  none: () => Promise.resolve(),

  async http(socket, { host, port }) {
    const authority = `${host.includes(":") ? `[${host}]` : host}:${port}`;
    socket.write(`CONNECT ${authority} HTTP/1.1\r\nHost: ${authority}\r\n\r\n`);
    const answer = await read(socket, (bytes) => {
      const end = bytes.indexOf("\r\n\r\n");
      return end < 0 ? undefined : end + 4;
    });
    const [, status, words = ""] = /^HTTP\/1\.\d (\d{3})\s*([^\r\n]*)/.exec(answer.toString("latin1")) ?? [];
    if (status === undefined) throw new Error("it is not an HTTP proxy");
    if (!status.startsWith("2")) throw new Error(`the proxy answered ${status} ${plainText(words, 100)}`.trim());
  },

  /** SOCKS 4a: the proxy looks the name up. */
  async socks4(socket, { host, port }) {
    const request = Buffer.from([4, 1, port >> 8, port & 0xff, 0, 0, 0, 1, 0]);
    socket.write(Buffer.concat([request, Buffer.from(host), Buffer.from([0])]));
    const answer = await read(socket, (bytes) => (bytes.length < 8 ? undefined : 8));
    if (answer[0] !== 0) throw new Error("it is not a SOCKS 4 proxy");
    if (answer[1] !== 0x5a) throw new Error(`the proxy refused with code ${answer[1]}`);
  },

  /** RFC 1928, without a password. */
  async socks5(socket, { host, port }) {
    socket.write(Buffer.from([5, 1, 0]));
    const [version, method] = await read(socket, (bytes) => (bytes.length < 2 ? undefined : 2));
    if (version !== 5) throw new Error("it is not a SOCKS 5 proxy");
    if (method !== 0) throw new Error("the proxy asks for a password");
    const name = Buffer.from(host);
    const address = isIPv4(host) ? [1, ...host.split(".").map(Number)] : [3, name.length, ...name];
    socket.write(Buffer.from([5, 1, 0, ...address, port >> 8, port & 0xff]));
    const answer = await read(socket, socks5AnswerLength);
    if (answer[1] !== 0) throw new Error(`the proxy refused: ${socks5Refusals[answer[1] ?? 0] ?? `code ${answer[1]}`}`);
  },
};

/** RFC 1928 section 6. */
const socks5Refusals: Readonly<Record<number, string>> = {
  1: "general failure",
  2: "not allowed by its rules",
  3: "network unreachable",
  4: "host unreachable",
  5: "connection refused",
  6: "it took too long",
};

function socks5AnswerLength(bytes: Buffer): number | undefined {
  const kind = bytes[3];
  const address = kind === 1 ? 4 : kind === 4 ? 16 : 1 + (bytes[4] ?? 0);
  const length = 4 + address + 2;
  return bytes.length < 5 || bytes.length < length ? undefined : length;
}

/** Reads as many bytes as `enough` says, once it can say it, and leaves what comes after them in the socket. */
function read(socket: Socket, enough: (bytes: Buffer) => number | undefined): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    let bytes = Buffer.alloc(0);
    const stop = () => {
      socket.removeListener("data", take);
      socket.removeListener("end", ended);
      socket.pause();
    };
    const take = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      const length = enough(bytes);
      if (length === undefined && bytes.length < longestAnswer) return;
      stop();
      if (length === undefined) return reject(new Error("the proxy's answer is too long"));
      if (bytes.length > length) socket.unshift(bytes.subarray(length));
      resolve(bytes.subarray(0, length));
    };
    const ended = () => {
      stop();
      reject(new Error("the proxy hung up"));
    };
    socket.on("data", take);
    socket.once("end", ended);
    socket.resume();
  });
}
