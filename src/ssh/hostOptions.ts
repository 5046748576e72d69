import { createHash } from "node:crypto";
import { hostname } from "node:os";
import type { ConfiguredForward } from "../core/connections";
import { Failure } from "../core/failure";
import type { ClientFacts, HostRef } from "../core/ports";
import { envOf, expandHome, systemSshFile, userSshFile } from "./clientPaths";
import { type HostName, isHostName, isUserName } from "./hostName";

/** The options a connection obeys: paths absolute, tokens expanded. */
export interface HostOptions {
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** In the order to try them; the files may not exist. */
  readonly identityFiles: readonly string[];
  readonly identitiesOnly: boolean;
  /** Socket or named pipe of the agent; undefined: none. */
  readonly agent: string | undefined;
  readonly userKnownHosts: readonly string[];
  readonly globalKnownHosts: readonly string[];
  readonly strictHostKeyChecking: "yes" | "ask" | "accept";
  readonly hostKeyAlias: string | undefined;
  readonly connectTimeoutMs: number | undefined;
  /** Methods in the order to try them. */
  readonly preferredMethods: readonly AuthMethodName[];
  readonly passwordTries: number;
  readonly addressFamily: 0 | 4 | 6;
  /** `[user@]name[:port]` of each hop, the first one to reach first. */
  readonly proxyJump: readonly string[];
  /** Ready for the client's shell: tokens expanded. Where there is a jump, this is undefined. */
  readonly proxyCommand: string | undefined;
  readonly certificateFiles: readonly string[];
  /** What the user asked for that only the system's ssh can do; `gssapi` is often asked of every host by a distribution. */
  readonly gssapi: boolean;
  readonly pkcs11Provider: string | undefined;
  readonly knownHostsCommand: string | undefined;
  readonly revokedHostKeys: string | undefined;
  /** Agent to make usable on the host; undefined: none. */
  readonly forwardAgent: string | undefined;
  /** Variables for the programs on the host: `SetEnv`, and what `SendEnv` finds on the client. */
  readonly environment: Readonly<Record<string, string>>;
  /** For terminals only: what runs instead of the login shell. */
  readonly remoteCommand: string | undefined;
  readonly localForwards: readonly ConfiguredForward[];
  /** The user's lists, as far as the config names any; undefined: no wish. */
  readonly algorithms: Readonly<Partial<Record<"ciphers" | "macs" | "kex" | "hostKeys", readonly string[]>>>;
}

export type AuthMethodName = "publickey" | "keyboard-interactive" | "password";

/** Options as `ssh -G` names them: lower-case key, every value in order. */
export type OptionValues = ReadonlyMap<string, readonly string[]>;

const methodOptions: readonly [AuthMethodName, string][] = [
  ["publickey", "pubkeyauthentication"],
  ["keyboard-interactive", "kbdinteractiveauthentication"],
  ["password", "passwordauthentication"],
];

const defaultIdentities = ["id_rsa", "id_ecdsa", "id_ed25519"];

/**
 * Turns effective option values into what a connection needs.
 * @throws Failure `configUnsupported` for what only the system's ssh can do, `badHostName`
 */
export function hostOptions(host: HostRef, typed: HostName, values: OptionValues, client: ClientFacts): HostOptions {
  const one = (key: string) => values.get(key)?.[0];
  const given = (key: string) => {
    const value = one(key);
    return value === undefined || value.toLowerCase() === "none" ? undefined : value;
  };
  const named = one("hostname")?.replace(/%[%hn]/g, (token) => (token === "%%" ? "%" : typed.name));
  const name = named ?? typed.name;
  const user = typed.user ?? one("user") ?? client.user;
  const port = typed.port ?? positive(one("port")) ?? 22;
  if (!isHostName(name) || !isUserName(user) || port > 65535) {
    throw new Failure({ reason: "badHostName", host: host.name });
  }
  const alias = one("hostkeyalias");
  const expand = (path: string) =>
    expandTokens(expandHome(client, path), {
      client,
      name: typed.name,
      hostname: name,
      port,
      user,
      alias: alias ?? name,
    });
  const files = (key: string, fallback: readonly string[]) => {
    const value = one(key);
    if (value === undefined) return fallback;
    return splitPaths(value, client)
      .filter((path) => path.toLowerCase() !== "none")
      .map(expand);
  };
  const identities = values.get("identityfile")?.filter((path) => path.toLowerCase() !== "none");
  const seconds = positive(one("connecttimeout"));
  return {
    hostname: name,
    port,
    user,
    identityFiles: identities?.map(unquote).map(expand) ?? defaultIdentities.map((file) => userSshFile(client, file)),
    identitiesOnly: isYes(one("identitiesonly")),
    agent: agentPath(one("identityagent"), client, expand),
    userKnownHosts: files("userknownhostsfile", [
      userSshFile(client, "known_hosts"),
      userSshFile(client, "known_hosts2"),
    ]),
    globalKnownHosts: files("globalknownhostsfile", [
      systemSshFile(client, "ssh_known_hosts"),
      systemSshFile(client, "ssh_known_hosts2"),
    ]),
    strictHostKeyChecking: strictness(one("stricthostkeychecking")),
    hostKeyAlias: alias,
    connectTimeoutMs: seconds === undefined ? undefined : seconds * 1000,
    preferredMethods: methods(one("preferredauthentications"), (option) => one(option)),
    passwordTries: positive(one("numberofpasswordprompts")) ?? 3,
    addressFamily: one("addressfamily") === "inet" ? 4 : one("addressfamily") === "inet6" ? 6 : 0,
    proxyJump: given("proxyjump")?.split(",") ?? [],
    proxyCommand: given("proxyjump") === undefined ? given("proxycommand") : undefined,
    certificateFiles: values.get("certificatefile")?.map(unquote).map(expand) ?? [],
    gssapi: isYes(one("gssapiauthentication")),
    pkcs11Provider: given("pkcs11provider"),
    knownHostsCommand: given("knownhostscommand"),
    revokedHostKeys: given("revokedhostkeys"),
    forwardAgent: isYes(one("forwardagent")) ? agentPath(one("identityagent"), client, expand) : undefined,
    environment: {},
    remoteCommand: given("remotecommand"),
    localForwards: [],
    algorithms: {},
  };
}

function methods(preferred: string | undefined, option: (key: string) => string | undefined): AuthMethodName[] {
  const allowed = methodOptions.filter(([, key]) => option(key)?.toLowerCase() !== "no").map(([method]) => method);
  if (preferred === undefined) return allowed;
  const wanted = preferred.split(",");
  return allowed
    .filter((method) => wanted.includes(method))
    .sort((left, right) => wanted.indexOf(left) - wanted.indexOf(right));
}

function strictness(value: string | undefined): HostOptions["strictHostKeyChecking"] {
  switch (value?.toLowerCase()) {
    case "yes":
    case "true":
      return "yes";
    case "accept-new":
    case "no":
    case "false":
    case "off":
      return "accept";
    default:
      return "ask";
  }
}

function agentPath(
  value: string | undefined,
  client: ClientFacts,
  expand: (path: string) => string,
): string | undefined {
  if (value?.toLowerCase() === "none") return undefined;
  if (value === undefined || value === "SSH_AUTH_SOCK") {
    const socket = envOf(client, "SSH_AUTH_SOCK");
    return socket || (client.os === "win32" ? "\\\\.\\pipe\\openssh-ssh-agent" : undefined);
  }
  const named = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(value)?.[1];
  return named === undefined ? expand(unquote(value)) : envOf(client, named) || undefined;
}

interface TokenFacts {
  readonly client: ClientFacts;
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  readonly alias: string;
}

function expandTokens(text: string, facts: TokenFacts): string {
  const local = hostname();
  const tokens: Record<string, () => string> = {
    "%": () => "%",
    d: () => facts.client.home,
    h: () => facts.hostname,
    i: () => String(process.getuid?.() ?? ""),
    k: () => facts.alias,
    L: () => local.split(".")[0] ?? local,
    l: () => local,
    n: () => facts.name,
    p: () => String(facts.port),
    r: () => facts.user,
    u: () => facts.client.user,
    C: () => createHash("sha1").update(`${local}${facts.hostname}${facts.port}${facts.user}`).digest("hex"),
  };
  return text
    .replace(/%([%dhikLlnpruC])/g, (whole, token: string) => tokens[token]?.() ?? whole)
    .replace(/\$\{([A-Za-z_]\w*)\}/g, (whole, name: string) => envOf(facts.client, name) ?? whole);
}

/** `ssh -G` prints several paths on one line without quotes: a home folder with a space is put out of the way first. */
function splitPaths(value: string, client: ClientFacts): string[] {
  const shortened = client.home.includes(" ") ? value.replaceAll(client.home, "~") : value;
  return (shortened.match(/"[^"]*"|\S+/g) ?? []).map(unquote);
}

function unquote(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function isYes(value: string | undefined): boolean {
  return value?.toLowerCase() === "yes" || value?.toLowerCase() === "true";
}

function positive(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : undefined;
}
