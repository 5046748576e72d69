import { readFile } from "node:fs/promises";
import type { HostOptions } from "../hostOptions";
import { readKeyFile } from "../keyFile";
import { agentKeyTypes } from "./agentKeys";

/** What kinds of keys the user has for a host: those ssh2 can use, and those that only the system's ssh can. */
export interface UserKeys {
  /** Named for this host by its config. */
  readonly named: KeyKinds;
  /** All of them, the agent's included. */
  readonly all: KeyKinds;
}

export interface KeyKinds {
  readonly certificate: boolean;
  readonly securityKey: boolean;
  readonly plain: boolean;
}

/** The files ssh tries where the config names none. */
const defaultNames = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa"];

/** Looks at the files and the agent; nothing is decrypted or asked. `firstFiles`: named by a setting. */
export async function readUserKeys(options: HostOptions, firstFiles: readonly string[]): Promise<UserKeys> {
  const files = [...new Set([...firstFiles, ...options.identityFiles])];
  const fromConfig = namesKeys(options.identityFiles);
  const found = await Promise.all(
    files.map(async (file) => ({
      named: fromConfig || firstFiles.includes(file),
      types: await fileTypes(file),
    })),
  );
  // `IdentitiesOnly` keeps the agent to what the files name, which has been seen.
  const inAgent =
    options.agent === undefined || options.identitiesOnly ? [] : await agentKeyTypes(options.agent).catch(() => []);
  const named = found.filter((file) => file.named).flatMap((file) => file.types);
  const all = [...found.flatMap((file) => file.types), ...inAgent];
  const configured = options.certificateFiles.length > 0;
  return { named: kinds(named, configured), all: kinds(all, configured) };
}

function kinds(types: readonly string[], configuredCertificate: boolean): KeyKinds {
  return {
    certificate: configuredCertificate || types.some(isCertificate),
    securityKey: types.some((type) => type.startsWith("sk-") && !isCertificate(type)),
    plain: types.some((type) => !type.startsWith("sk-") && !isCertificate(type)),
  };
}

function isCertificate(type: string): boolean {
  return /-cert-v0\d@openssh\.com$/.test(type);
}

/** `ssh -G` prints the whole list of defaults where the config names no file. */
function namesKeys(files: readonly string[]): boolean {
  const names = files.map((file) => file.split(/[\\/]/).at(-1) ?? "");
  return !(names.length > 2 && names.every((name) => defaultNames.includes(name)));
}

/** The types a key file stands for: its own, and a certificate's beside it. */
async function fileTypes(file: string): Promise<string[]> {
  const [key, beside, certificate] = await Promise.all([
    readKeyFile(file),
    publicType(`${file}.pub`),
    publicType(`${file}-cert.pub`),
  ]);
  const readable = key && !("skipped" in key) ? (key.publicKey?.type ?? "unknown") : undefined;
  // A private key of a type that cannot be read is told by its public half, or by its own beginning.
  const own = readable ?? (key && (beside ?? (await openSshType(file))));
  return [own, certificate].filter((type) => type !== undefined);
}

async function publicType(file: string): Promise<string | undefined> {
  const text = await readFile(file, "utf8").catch(() => "");
  return /^([a-z][\w.@-]+) [A-Za-z0-9+/=]{16,}/.exec(text)?.[1];
}

/** OpenSSH's own format keeps the public key in the clear. */
async function openSshType(file: string): Promise<string | undefined> {
  const text = await readFile(file, "latin1").catch(() => "");
  const body = /-----BEGIN OPENSSH PRIVATE KEY-----([\sA-Za-z0-9+/=]+)-----END/.exec(text)?.[1];
  if (body === undefined) return undefined;
  return /sk-(?:ssh-ed25519|ecdsa-sha2-nistp256)@openssh\.com/.exec(
    Buffer.from(body, "base64").toString("latin1"),
  )?.[0];
}
