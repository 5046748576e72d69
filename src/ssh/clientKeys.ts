import { createHash } from "node:crypto";
import { access, mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { type ParsedKey, utils } from "ssh2";
import type { ConnectionsDeps } from "../core/connections";
import { Failure, type LeftOutKey } from "../core/failure";
import { codeOf } from "../core/fileLock";
import type { ClientKey, ClientKeys } from "../core/keyLogin/clientKeys";
import type { ClientFacts } from "../core/ports";
import { passphraseKey } from "./auth";
import { pathsOf, userSshFile } from "./clientPaths";
import { resolveHost } from "./config";
import { connect } from "./connection";
import { createCredentials } from "./credentials";
import type { HostOptions } from "./hostOptions";
import { type KeyFile, readKeyFile } from "./keyFile";
import type { KnownHostsStore } from "./knownHostsStore";
import { createLoginGate } from "./loginGate";

/** The key files of this client. */
export function createClientKeys(deps: ConnectionsDeps, store: KnownHostsStore): ClientKeys {
  return {
    async choice(host, signal) {
      const options = await resolveHost(host, deps.client, signal);
      const files = [...new Set([...deps.settings.identityFiles(), ...options.identityFiles])];
      const found = await Promise.all(files.map(readKeyFile));
      const keys = await Promise.all(found.map((key) => clientKey(key, deps.client)));
      const free = found.flatMap((key) => ("why" in key && key.why === "missing" ? key.file : []));
      const { user, hostname, port } = options;
      return {
        user,
        hostname,
        port,
        keys: keys.filter((key) => key !== undefined),
        newFile: newKeyFile(free, deps.client),
      };
    },
    make: (file, passphrase, comment) => makeKey(file, passphrase, comment, deps.client),
    async prove(host, key, passphrase, signal) {
      const credentials = createCredentials(deps.secrets);
      const own = passphrase === undefined ? undefined : passphraseKey(key.file);
      const link = await connect({
        host,
        deps: { ...deps, settings: { ...deps.settings, identityFiles: () => [], sshTransport: () => "ssh2" } },
        store,
        gate: createLoginGate(),
        credentials: { ...credentials, recall: async (name) => (name === own ? passphrase : credentials.recall(name)) },
        prompts: deps.prompts,
        onStep: () => {},
        signal,
        narrow: (options) => onlyKey(options, key.file),
      });
      link.close();
    },
  };
}

function onlyKey(options: HostOptions, file: string): HostOptions {
  return { ...options, identityFiles: [file], identitiesOnly: true, preferredMethods: ["publickey"] };
}

/** The usual file for an ed25519 key where ssh looks for it, else one that the config names for this host. */
function newKeyFile(free: readonly string[], client: ClientFacts): string | undefined {
  const usual = userSshFile(client, "id_ed25519");
  const otherTypes = /^id_(rsa|dsa|ecdsa|ecdsa_sk|ed25519_sk|xmss)$/;
  return free.includes(usual) ? usual : free.find((file) => !otherTypes.test(pathsOf(client).basename(file)));
}

async function clientKey(found: KeyFile | LeftOutKey, client: ClientFacts): Promise<ClientKey | undefined> {
  if ("why" in found || !found.publicKey) return undefined;
  const { file, publicKey, encrypted } = found;
  // An encrypted key keeps its comment to itself; the file beside it does not.
  const beside = (await readFile(`${file}.pub`, "utf8").catch(() => "")).split(/\s+/);
  const isSame = beside[1] === publicKey.getPublicSSH().toString("base64");
  const comment = (isSame && beside.slice(2).join(" ")) || publicKey.comment || pathsOf(client).basename(file);
  return describe(file, publicKey, encrypted, comment);
}

function describe(file: string, publicKey: ParsedKey, encrypted: boolean, comment: string): ClientKey {
  const blob = publicKey.getPublicSSH();
  return {
    file,
    type: publicKey.type.replace(/^ssh-|^ecdsa-sha2-/, ""),
    fingerprint: `SHA256:${createHash("sha256").update(blob).digest("base64").replace(/=+$/, "")}`,
    line: `${publicKey.type} ${blob.toString("base64")} ${comment.replace(/\p{Cc}+/gu, " ").trim()}`,
    encrypted,
  };
}

async function makeKey(file: string, passphrase: string, comment: string, client: ClientFacts): Promise<ClientKey> {
  const unusable = (code: string) => new Failure({ reason: "keyFileUnusable", file, detail: code });
  const publicFile = `${file}.pub`;
  for (const taken of [file, publicFile]) {
    const isThere = await access(taken).then(
      () => true,
      () => false,
    );
    if (isThere) throw unusable("it exists already");
  }
  const { privateText, publicText, publicKey } = await newKeyPair(passphrase, comment);
  try {
    await mkdir(pathsOf(client).dirname(file), { recursive: true, mode: 0o700 });
    await writeFile(file, privateText, { mode: 0o600, flag: "wx" });
    await writeFile(publicFile, `${publicText.trim()}\n`, { mode: 0o644, flag: "wx" }).catch(async (error: unknown) => {
      await rm(file, { force: true });
      throw error;
    });
  } catch (error) {
    throw unusable(codeOf(error));
  }
  return describe(file, publicKey, passphrase !== "", comment);
}

interface KeyPair {
  readonly privateText: string;
  readonly publicText: string;
  readonly publicKey: ParsedKey;
}

/** ssh2 1.17 loses the first byte of a public key that begins with zero, one pair in 256, and cannot read that pair itself. */
async function newKeyPair(passphrase: string, comment: string): Promise<KeyPair> {
  const locked = passphrase === "" ? { comment } : { comment, passphrase, cipher: "aes256-ctr", rounds: 16 };
  for (;;) {
    const pair = await new Promise<{ private: string; public: string }>((resolve, reject) =>
      utils.generateKeyPair("ed25519", locked, (error, keys) => (error ? reject(error) : resolve(keys))),
    );
    const publicKey = utils.parseKey(pair.public);
    if (publicKey instanceof Error || utils.parseKey(pair.private, passphrase) instanceof Error) continue;
    return { privateText: pair.private, publicText: pair.public, publicKey };
  }
}
