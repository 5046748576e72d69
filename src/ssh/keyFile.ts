import { createDecipheriv } from "node:crypto";
import { access, readFile } from "node:fs/promises";
import { type ParsedKey, utils } from "ssh2";
import type { LeftOutKey } from "../core/failure";
import { deriveKey } from "./bcrypt";
import { keyTypeOf } from "./knownHosts";
import { readStrings, wireString } from "./wireStrings";

/** A key file as found; `publicKey` is known where the file or its `.pub` tells it without a passphrase. */
export interface KeyFile {
  readonly file: string;
  /** Undefined where only the public half is there, which picks a key of the agent. */
  readonly content: Buffer | undefined;
  readonly encrypted: boolean;
  readonly publicKey: ParsedKey | undefined;
  /** A certificate lies beside it, which ssh would offer. */
  readonly certificate: boolean;
}

const maxKeyFileBytes = 256 * 1024;

/** Reads a key file, or says why it cannot be used. */
export async function readKeyFile(file: string): Promise<KeyFile | LeftOutKey> {
  const [content, publicText, certificate] = await Promise.all([
    readFile(file).catch((error: NodeJS.ErrnoException) => error.code ?? ""),
    readFile(`${file}.pub`).catch(() => undefined),
    access(`${file}-cert.pub`).then(
      () => true,
      () => false,
    ),
  ]);
  const beside = publicText && parsed(publicText);
  if (typeof content === "string") {
    if (content !== "ENOENT") return { file, why: "unreadable", detail: content };
    return beside ? { file, content: undefined, encrypted: false, publicKey: beside, certificate } : missing(file);
  }
  if (content.length > maxKeyFileBytes) return { file, why: "not a key" };
  const why = unsupported(content);
  if (why) return { file, why };
  const encrypted = isEncrypted(content);
  const own = encrypted ? publicPart(content) : parsed(content);
  if (!encrypted && !own) return { file, why: "not a key" };
  if (!own && openSshBody(content)) return { file, why: "unsupported" };
  const isPublic = own !== undefined && !encrypted && !own.isPrivateKey();
  return { file, content: isPublic ? undefined : content, encrypted, publicKey: own ?? beside, certificate };
}

function missing(file: string): LeftOutKey {
  return { file, why: "missing" };
}

/** What ssh2 is known not to read. Of PuTTY's format it reads version 2 with RSA keys. */
function unsupported(content: Buffer): "PuTTY" | "certificate" | "security key" | undefined {
  const text = content.toString("latin1");
  if (/^PuTTY-User-Key-File-(?!2: ssh-rsa\b)/.test(text)) return "PuTTY";
  return foreignKind(publicType(content) ?? /^\s*(\S+)/.exec(text)?.[1] ?? "");
}

/** What a key type stands for that only the system's ssh can use. */
export function foreignKind(type: string): "certificate" | "security key" | undefined {
  // A certificate for a security key needs the system's ssh for either.
  if (type.startsWith("sk-")) return "security key";
  return /-cert-v\d\d@openssh\.com$/.test(type) ? "certificate" : undefined;
}

/** The private key, or undefined when the passphrase is wrong. */
export async function unlockKey(
  key: Pick<KeyFile, "content">,
  passphrase: string | undefined,
): Promise<ParsedKey | undefined> {
  if (!key.content) return undefined;
  const plain = passphrase === undefined ? undefined : await decrypted(key.content, passphrase);
  const found = plain ? parsed(plain) : parsed(key.content, passphrase);
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

/** OpenSSH's own format keeps the public key in the clear: cipher, kdf, kdf options, a count, then the public key. */
function publicBlob(content: Buffer): Buffer | undefined {
  const body = openSshBody(content);
  if (!body) return undefined;
  const [cipher, kdf, kdfOptions] = readStrings(body, 3);
  if (!cipher || !kdf || !kdfOptions) return undefined;
  return readStrings(body.subarray(cipher.length + kdf.length + kdfOptions.length + 16), 1)[0];
}

function publicType(content: Buffer): string | undefined {
  const blob = publicBlob(content);
  return blob && keyTypeOf(blob);
}

function publicPart(content: Buffer): ParsedKey | undefined {
  const blob = publicBlob(content);
  return blob && parsed(Buffer.from(`${keyTypeOf(blob)} ${blob.toString("base64")}`));
}

function openSshBody(content: Buffer): Buffer | undefined {
  const text = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/.exec(content.toString("latin1"))?.[1];
  if (text === undefined) return undefined;
  const body = Buffer.from(text, "base64");
  return body.subarray(0, openSshMagic.length).equals(openSshMagic) ? body.subarray(openSshMagic.length) : undefined;
}

/** A key file of OpenSSH's own format without its encryption; undefined: left to ssh2. */
async function decrypted(content: Buffer, passphrase: string): Promise<Buffer | undefined> {
  const body = openSshBody(content);
  if (!body) return undefined;
  const [cipher, kdf, kdfOptions] = readStrings(body, 3);
  const [, bits, mode] = /^aes(128|192|256)-(ctr|cbc)$/.exec(cipher?.toString("latin1") ?? "") ?? [];
  if (!cipher || !kdf || !kdfOptions || bits === undefined || kdf.toString("latin1") !== "bcrypt") return undefined;
  const [publicKey, secret] = readStrings(body.subarray(cipher.length + kdf.length + kdfOptions.length + 16), 2);
  const [salt] = readStrings(kdfOptions, 1);
  if (!publicKey || !secret || !salt || kdfOptions.length !== salt.length + 8) return undefined;
  const keyLength = Number(bits) / 8;
  const derived = await deriveKey(passphrase, salt, kdfOptions.readUInt32BE(salt.length + 4), keyLength + ivLength);
  if (!derived || secret.length % ivLength !== 0) return undefined;
  const decipher = createDecipheriv(`aes-${bits}-${mode}`, derived.subarray(0, keyLength), derived.subarray(keyLength));
  decipher.setAutoPadding(false);
  const plain = Buffer.concat([decipher.update(secret), decipher.final()]);
  const none = Buffer.from("none");
  const parts = [none, none, Buffer.alloc(0)].map(wireString);
  const whole = Buffer.concat([openSshMagic, ...parts, oneKey, wireString(publicKey), wireString(plain)]);
  const lines = whole.toString("base64").replace(/.{70}/g, "$&\n");
  return Buffer.from(`-----BEGIN OPENSSH PRIVATE KEY-----\n${lines}\n-----END OPENSSH PRIVATE KEY-----\n`);
}

const ivLength = 16;
const oneKey = Buffer.from([0, 0, 0, 1]);

function parsed(content: Buffer, passphrase?: string): ParsedKey | undefined {
  const key = utils.parseKey(content, passphrase) as ParsedKey | ParsedKey[] | Error;
  const first = Array.isArray(key) ? key[0] : key;
  return first instanceof Error ? undefined : first;
}
