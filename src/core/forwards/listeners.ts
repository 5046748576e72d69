import type { RemoteCommand, TcpTarget } from "../remote";

/** A TCP port that somebody listens on, as its host tells. */
export interface Listener {
  readonly target: TcpTarget;
  /** It is a process of the user who is logged in. */
  readonly mine: boolean;
}

const listening = "0A";
const most = 200;

/** What listens on the host, from Linux's own tables: the user's own processes first, then by port. */
export const listListeners: RemoteCommand<readonly Listener[]> = {
  what: "looking for open ports",
  // The first file is about `grep` itself: it tells whose processes are "mine". A busy host has thousands of connections,
  // so only the lines in the state "listening" come.
  argv: ["grep", "-h", "-e", "^Uid:", "-e", " 0A ", "/proc/self/status", "/proc/net/tcp", "/proc/net/tcp6"],
  deadlineMs: 10_000,
  // Where IPv6 is off its table is not there, and grep complains.
  parse: ({ stdout }) => parseListeners(stdout),
};

/** Reads the tables of proc(5) for TCP; lines that are none of theirs are left out. */
export function parseListeners(text: string): readonly Listener[] {
  const me = /^Uid:\s+(\d+)/m.exec(text)?.[1];
  const found = new Map<string, Listener>();
  const line = /^ *\d+: ([0-9A-F]{8}|[0-9A-F]{32}):([0-9A-F]{4}) \S+ (\S\S) \S+ \S+ \S+ +(\d+) /gm;
  for (const [, address = "", port = "", state, uid] of text.matchAll(line)) {
    if (state !== listening || found.size === most) continue;
    const target = { host: hostOf(address), port: Number.parseInt(port, 16) };
    const key = `${target.host} ${target.port}`;
    if (!found.has(key)) found.set(key, { target, mine: uid === me });
  }
  return [...found.values()].sort((a, b) => Number(b.mine) - Number(a.mine) || a.target.port - b.target.port);
}

/** `localhost` for what listens on every address or on loopback, else the address. */
function hostOf(hex: string): string {
  const bytes = addressBytes(hex);
  const isV4 = bytes.length === 4;
  const mapped = !isV4 && bytes.slice(0, 10).every((byte) => byte === 0) && bytes[10] === 255 && bytes[11] === 255;
  const plain = mapped ? bytes.slice(12) : bytes;
  const anywhere = plain.every((byte) => byte === 0);
  const loopback =
    plain.length === 4 ? plain[0] === 127 : plain.slice(0, -1).every((byte) => byte === 0) && plain[15] === 1;
  if (anywhere || loopback) return "localhost";
  if (plain.length === 4) return plain.join(".");
  const groups = Array.from({ length: 8 }, (_, at) => (plain[2 * at] ?? 0) * 256 + (plain[2 * at + 1] ?? 0));
  return groups.map((group) => group.toString(16)).join(":");
}

/** The kernel prints each 32-bit word as a number of its own byte order; hosts are little-endian all but always. */
function addressBytes(hex: string): number[] {
  const words = hex.match(/.{8}/g) ?? [];
  return words.flatMap((word) => (word.match(/../g) ?? []).map((byte) => Number.parseInt(byte, 16)).reverse());
}
