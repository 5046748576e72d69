import { createHash, createHmac } from "node:crypto";
import { matchesPatternList } from "./patterns";

/** One key line of a known_hosts file. */
export interface KnownHostLine {
  readonly marker: "revoked" | "authority" | undefined;
  /** The host field as written. */
  readonly hosts: string;
  readonly keyType: string;
  readonly key: string;
  readonly file: string;
  /** 1-based. */
  readonly line: number;
}

/** What the known_hosts lines say about an offered key. */
export type HostKeyVerdict =
  | { kind: "known" }
  /** Not known by this type; `knownTypes` are the types it is known by. */
  | { kind: "unknown"; knownTypes: readonly string[] }
  | { kind: "changed"; known: KnownHostLine }
  | { kind: "revoked"; known: KnownHostLine };

/** Reads a known_hosts file; lines that cannot be understood are left out, as ssh does. */
export function parseKnownHosts(text: string, file: string): KnownHostLine[] {
  const lines: KnownHostLine[] = [];
  text
    .replace(/^\uFEFF/, "")
    .split(/\r?\n/)
    .forEach((raw, index) => {
      const words = raw.trim().split(/[ \t]+/);
      const first = words[0] ?? "";
      if (first === "" || first.startsWith("#")) return;
      const marker = first.startsWith("@") ? markerOf(words.shift() ?? "") : undefined;
      if (marker === null) return;
      const [hosts, keyType, key] = words;
      if (hosts === undefined || keyType === undefined || key === undefined) return;
      if (blobType(key) !== keyType) return;
      lines.push({ marker, hosts, keyType, key, file, line: index + 1 });
    });
  return lines;
}

/** The name a host goes by in known_hosts: `[host]:port` unless the port is 22. An alias stands alone. */
export function knownHostName(hostname: string, port: number, alias?: string): string {
  const name = (alias ?? hostname).toLowerCase();
  return alias !== undefined || port === 22 ? name : `[${name}]:${port}`;
}

/** Key types the host is known by, in file order. An authority's line proves nothing here: certificates are not read. */
export function knownKeyTypes(lines: readonly KnownHostLine[], name: string): string[] {
  const types = lines.filter((line) => line.marker === undefined && namesHost(line, name)).map((line) => line.keyType);
  return [...new Set(types)];
}

/** Judges an offered key (its SSH wire form). A revoked key is refused whatever else the files say. */
export function judgeHostKey(lines: readonly KnownHostLine[], name: string, offered: Uint8Array): HostKeyVerdict {
  const key = Buffer.from(offered).toString("base64");
  const about = lines.filter((line) => namesHost(line, name));
  const revoked = about.find((line) => line.marker === "revoked" && sameKey(line.key, key));
  if (revoked) return { kind: "revoked", known: revoked };
  const plain = about.filter((line) => line.marker === undefined);
  if (plain.some((line) => sameKey(line.key, key))) return { kind: "known" };
  const type = keyTypeOf(offered);
  const changed = plain.find((line) => line.keyType === type);
  if (changed) return { kind: "changed", known: changed };
  return { kind: "unknown", knownTypes: knownKeyTypes(lines, name) };
}

/** `SHA256:…` as ssh shows it. */
export function fingerprint(key: Uint8Array): string {
  return `SHA256:${createHash("sha256").update(key).digest("base64").replace(/=+$/, "")}`;
}

/** The type a key in SSH wire form names itself, such as `ssh-ed25519`; empty when it is none. */
export function keyTypeOf(key: Uint8Array): string {
  const buffer = Buffer.from(key);
  if (buffer.length < 4) return "";
  const length = buffer.readUInt32BE(0);
  return length <= 64 && length + 4 <= buffer.length ? buffer.toString("latin1", 4, 4 + length) : "";
}

/** Whether a line's host field means this host. */
export function namesHost(line: KnownHostLine, name: string): boolean {
  const hashed = /^\|1\|([^|]+)\|([^|]+)$/.exec(line.hosts);
  if (!hashed) return matchesPatternList(line.hosts.toLowerCase().split(","), name);
  const [, salt = "", digest = ""] = hashed;
  return createHmac("sha1", Buffer.from(salt, "base64")).update(name).digest("base64") === digest;
}

function markerOf(word: string): KnownHostLine["marker"] | null {
  if (word === "@revoked") return "revoked";
  return word === "@cert-authority" ? "authority" : null;
}

function blobType(key: string): string {
  return /^[A-Za-z0-9+/]+=*$/.test(key) ? keyTypeOf(Buffer.from(key, "base64")) : "";
}

function sameKey(left: string, right: string): boolean {
  return left.replace(/=+$/, "") === right.replace(/=+$/, "");
}
