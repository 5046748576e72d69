import { readFile } from "node:fs/promises";
import { type ParsedKey, utils } from "ssh2";

/** A key file as found; `publicKey` is known where the file or its `.pub` tells it without a passphrase. */
export interface KeyFile {
  readonly file: string;
  /** Undefined where only the public half is there, which picks a key of the agent. */
  readonly content: Buffer | undefined;
  readonly encrypted: boolean;
  readonly publicKey: ParsedKey | undefined;
}

/** Why a key file is left out, for the log. */
export interface SkippedKeyFile {
  readonly file: string;
  readonly skipped: string;
}

const maxKeyFileBytes = 256 * 1024;

/** Reads a key file; undefined when there is none. */
export async function readKeyFile(file: string): Promise<KeyFile | SkippedKeyFile | undefined> {
  const [content, publicText] = await Promise.all([
    readFile(file).catch((error: NodeJS.ErrnoException) => error.code ?? "unreadable"),
    readFile(`${file}.pub`).catch(() => undefined),
  ]);
  const beside = publicText && parsed(publicText);
  if (typeof content === "string") {
    if (content !== "ENOENT") return { file, skipped: content };
    return beside && { file, content: undefined, encrypted: false, publicKey: beside };
  }
  if (content.length > maxKeyFileBytes) return { file, skipped: "too large for a key" };
  const encrypted = isEncrypted(content);
  const own = encrypted ? publicPart(content) : parsed(content);
  if (!encrypted && !own) return { file, skipped: "not a key in a supported format" };
  if (!own && isOpenSshKey(content)) return { file, skipped: "a key type that is not supported" };
  const isPublic = own !== undefined && !encrypted && !own.isPrivateKey();
  return { file, content: isPublic ? undefined : content, encrypted, publicKey: own ?? beside };
}

/** The private key, or undefined when the passphrase is wrong. */
export function unlockKey(key: Pick<KeyFile, "content">, passphrase: string | undefined): ParsedKey | undefined {
  const found = key.content && parsed(key.content, passphrase);
  return found?.isPrivateKey() ? found : undefined;
}

const openSshMagic = Buffer.from("openssh-key-v1\0", "latin1");

function isEncrypted(content: Buffer): boolean {
  const body = openSshBody(content);
  if (body) return readStrings(body, 1)[0]?.toString("latin1") !== "none";
  const text = content.toString("latin1");
  return (
    /^Proc-Type: 4,ENCRYPTED/m.test(text) || (/^PuTTY-User-Key-File-/.test(text) && !/^Encryption: none/m.test(text))
  );
}

function isOpenSshKey(content: Buffer): boolean {
  return openSshBody(content) !== undefined;
}

/** OpenSSH's own format keeps the public key in the clear: cipher, kdf, kdf options, a count, then the public key. */
function publicPart(content: Buffer): ParsedKey | undefined {
  const body = openSshBody(content);
  if (!body) return undefined;
  const [cipher, kdf, kdfOptions] = readStrings(body, 3);
  if (!cipher || !kdf || !kdfOptions) return undefined;
  const at = cipher.length + kdf.length + kdfOptions.length + 16;
  const [key] = readStrings(body.subarray(at), 1);
  return key && parsed(Buffer.from(`${typeOf(key)} ${key.toString("base64")}`));
}

function typeOf(key: Buffer): string {
  return readStrings(key, 1)[0]?.toString("latin1") ?? "";
}

function openSshBody(content: Buffer): Buffer | undefined {
  const text = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/.exec(content.toString("latin1"))?.[1];
  if (text === undefined) return undefined;
  const body = Buffer.from(text, "base64");
  return body.subarray(0, openSshMagic.length).equals(openSshMagic) ? body.subarray(openSshMagic.length) : undefined;
}

function readStrings(buffer: Buffer, count: number): Buffer[] {
  const strings: Buffer[] = [];
  let at = 0;
  while (strings.length < count && at + 4 <= buffer.length) {
    const end = at + 4 + buffer.readUInt32BE(at);
    if (end > buffer.length) break;
    strings.push(buffer.subarray(at + 4, end));
    at = end;
  }
  return strings;
}

function parsed(content: Buffer, passphrase?: string): ParsedKey | undefined {
  const key = utils.parseKey(content, passphrase) as ParsedKey | ParsedKey[] | Error;
  const first = Array.isArray(key) ? key[0] : key;
  return first instanceof Error ? undefined : first;
}
