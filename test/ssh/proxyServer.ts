import { connect, createServer, type Socket } from "node:net";

/** A small proxy on 127.0.0.1 that speaks HTTP CONNECT, SOCKS 4a and SOCKS 5. */
export interface ProxyServer {
  readonly port: number;
  /** What it was asked for: `http 127.0.0.1:22`. */
  readonly asked: string[];
  /** From now on it refuses. */
  refuse(on: boolean): void;
  dispose(): Promise<void>;
}

type Answers = { protocol: string; host: string; port: number; length: number; granted: Buffer; refused: Buffer };

export async function startProxy(): Promise<ProxyServer> {
  const asked: string[] = [];
  const sockets = new Set<Socket>();
  let refusing = false;
  const server = createServer((near) => {
    sockets.add(near);
    near.on("error", () => {});
    let bytes = Buffer.alloc(0);
    let greeted = false;
    const take = (chunk: Buffer) => {
      bytes = Buffer.concat([bytes, chunk]);
      if (bytes[0] === 5 && !greeted) {
        if (bytes.length < 3) return;
        greeted = true;
        bytes = bytes.subarray(2 + (bytes[1] ?? 0));
        near.write(Buffer.from([5, 0]));
      }
      const request = greeted ? socks5(bytes) : bytes[0] === 4 ? socks4(bytes) : http(bytes);
      if (!request) return;
      near.removeListener("data", take);
      asked.push(`${request.protocol} ${request.host}:${request.port}`);
      if (refusing) return void near.end(request.refused);
      const far = connect(request.port, request.host);
      sockets.add(far);
      far.on("error", () => near.destroy());
      far.once("connect", () => {
        near.write(request.granted);
        far.write(bytes.subarray(request.length));
        near.pipe(far);
        far.pipe(near);
      });
      near.once("close", () => far.destroy());
    };
    near.on("data", take);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    port: address.port,
    asked,
    refuse(on) {
      refusing = on;
    },
    dispose() {
      for (const socket of sockets) socket.destroy();
      return new Promise((resolve) => server.close(() => resolve()));
    },
  };
}

function http(bytes: Buffer): Answers | undefined {
  const end = bytes.indexOf("\r\n\r\n");
  if (end < 0) return undefined;
  const [, host = "", port] = /^CONNECT (\S+):(\d+) HTTP/.exec(bytes.toString("latin1")) ?? [];
  return {
    protocol: "http",
    host,
    port: Number(port),
    length: end + 4,
    granted: Buffer.from("HTTP/1.1 200 Connection established\r\nVia: test\r\n\r\n"),
    refused: Buffer.from("HTTP/1.1 403 Forbidden by rule\r\n\r\n"),
  };
}

function socks4(bytes: Buffer): Answers | undefined {
  const user = bytes.indexOf(0, 8);
  if (bytes.length < 9 || user < 0) return undefined;
  const named = bytes[4] === 0 && bytes[5] === 0 && bytes[6] === 0 && bytes[7] !== 0;
  const end = named ? bytes.indexOf(0, user + 1) : user;
  if (end < 0) return undefined;
  return {
    protocol: named ? "socks4a" : "socks4",
    host: named ? bytes.toString("latin1", user + 1, end) : [...bytes.subarray(4, 8)].join("."),
    port: bytes.readUInt16BE(2),
    length: end + 1,
    granted: Buffer.from([0, 0x5a, 0, 0, 0, 0, 0, 0]),
    refused: Buffer.from([0, 0x5b, 0, 0, 0, 0, 0, 0]),
  };
}

function socks5(bytes: Buffer): Answers | undefined {
  if (bytes.length < 5) return undefined;
  const named = bytes[3] === 3;
  const start = named ? 5 : 4;
  const end = start + (named ? (bytes[4] ?? 0) : 4);
  if (bytes.length < end + 2) return undefined;
  return {
    protocol: "socks5",
    host: named ? bytes.toString("latin1", start, end) : [...bytes.subarray(start, end)].join("."),
    port: bytes.readUInt16BE(end),
    length: end + 2,
    granted: Buffer.from([5, 0, 0, 1, 0, 0, 0, 0, 0, 0]),
    refused: Buffer.from([5, 2, 0, 1, 0, 0, 0, 0, 0, 0]),
  };
}
