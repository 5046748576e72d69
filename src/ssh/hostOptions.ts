import type { ConfiguredForward } from "../core/connections";
import { Failure } from "../core/failure";
import { type HostName, isHostName, isUserName } from "../core/hostName";
import type { ClientFacts, HostRef } from "../core/ports";
import { envOf, expandHome, systemSshFile, userSshFile } from "./clientPaths";
import { printHop, readHop } from "./config/jumps";
import { expandAll, expandTokens, tokensOf } from "./config/tokens";
import { configuredForwards } from "./configuredForwards";
import { configuredEnvironment } from "./environment";

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
  /** Silence after which the server is asked for a sign of life; undefined: never. */
  readonly serverAliveIntervalMs: number | undefined;
  /** Unanswered questions after which the connection is given up; undefined where none are asked. */
  readonly serverAliveCountMax: number | undefined;
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
  readonly algorithms: Readonly<Partial<Record<AlgorithmWish, readonly string[]>>>;
}

export type AuthMethodName = "publickey" | "keyboard-interactive" | "password";

export type AlgorithmWish = "ciphers" | "macs" | "kex" | "hostKeys";

/**
 * Options as `ssh -G` names them: lower-case key, every value in order. The files of known hosts and other lists that
 * ssh prints on one line are values of their own.
 */
export type OptionValues = ReadonlyMap<string, readonly string[]>;

/** The keys of the algorithm lists that a connection obeys. */
export const algorithmKeys: Readonly<Record<AlgorithmWish, string>> = {
  ciphers: "ciphers",
  macs: "macs",
  kex: "kexalgorithms",
  hostKeys: "hostkeyalgorithms",
};

const methodOptions: readonly [AuthMethodName, string][] = [
  ["publickey", "pubkeyauthentication"],
  ["keyboard-interactive", "kbdinteractiveauthentication"],
  ["password", "passwordauthentication"],
];

const defaultIdentities = ["id_rsa", "id_ecdsa", "id_ed25519"];

/**
 * Turns effective option values into what a connection needs. `defaults` are the values without any config: what does
 * not differ from them is no wish.
 * @throws Failure `configUnsupported` for what only the system's ssh can do, `badHostName`
 */
export function hostOptions(
  host: HostRef,
  typed: HostName,
  values: OptionValues,
  client: ClientFacts,
  defaults: OptionValues,
): HostOptions {
  const one = (key: string) => values.get(key)?.[0];
  const given = (key: string) => {
    const value = one(key);
    return value === undefined || isNone(value) ? undefined : value;
  };
  const name = one("hostname")?.replace(/%[%hn]/g, (token) => (token === "%%" ? "%" : typed.name)) ?? typed.name;
  const user = typed.user ?? one("user") ?? client.user;
  const port = typed.port ?? positive(one("port")) ?? 22;
  if (!isHostName(name) || !isUserName(user) || port > 65535) {
    throw new Failure({ reason: "badHostName", host: host.name });
  }
  const alias = one("hostkeyalias");
  const tokens = tokensOf({ client, name: typed.name, hostname: name, port, user, alias: alias ?? typed.name });
  const variable = (key: string) => envOf(client, key);
  const expand = (path: string) => expandAll(expandHome(client, unquote(path)), tokens, variable, (token) => token);
  const files = (key: string, fallback: readonly string[]) =>
    values
      .get(key)
      ?.filter((path) => !isNone(path))
      .map(expand) ?? fallback;
  const path = (key: string) => {
    const value = given(key);
    return value === undefined ? undefined : expand(value);
  };
  /** A command for the client's own shell, in which only these tokens mean something. */
  const { "%": percent = "%", h = name, k = name, n = name, p = "", r = user } = tokens;
  const command = (text: string) =>
    expandTokens(text, { "%": percent, h, k, n, p, r }, (token) => {
      throw new Failure({ reason: "configUnsupported", host: host.name, option: `ProxyCommand with ${token}` });
    });
  const jumps = given("proxyjump");
  const proxyCommand = given("proxycommand");
  const aliveSeconds = positive(one("serveraliveinterval"));
  const timeoutSeconds = positive(one("connecttimeout"));
  const agent = agentPath(one("identityagent"), client, expand);
  return {
    hostname: name,
    port,
    user,
    identityFiles: files(
      "identityfile",
      defaultIdentities.map((file) => userSshFile(client, file)),
    ),
    identitiesOnly: isYes(one("identitiesonly")),
    agent,
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
    connectTimeoutMs: timeoutSeconds === undefined ? undefined : timeoutSeconds * 1000,
    serverAliveIntervalMs: aliveSeconds === undefined ? undefined : aliveSeconds * 1000,
    serverAliveCountMax: aliveSeconds === undefined ? undefined : (positive(one("serveralivecountmax")) ?? 3),
    preferredMethods: methods(one("preferredauthentications"), one),
    passwordTries: positive(one("numberofpasswordprompts")) ?? 3,
    addressFamily: one("addressfamily") === "inet" ? 4 : one("addressfamily") === "inet6" ? 6 : 0,
    proxyJump: jumps === undefined ? [] : command(jumps).split(",").map(plainHop),
    proxyCommand: jumps === undefined && proxyCommand !== undefined ? command(proxyCommand) : undefined,
    certificateFiles: files("certificatefile", []),
    gssapi: isYes(one("gssapiauthentication")),
    pkcs11Provider: path("pkcs11provider"),
    knownHostsCommand: given("knownhostscommand"),
    revokedHostKeys: path("revokedhostkeys"),
    forwardAgent: forwardedAgent(one("forwardagent"), agent, client, expand),
    environment: configuredEnvironment(values, client),
    remoteCommand: given("remotecommand"),
    localForwards: configuredForwards(values),
    algorithms: wishes(values, defaults),
  };
}

function wishes(values: OptionValues, defaults: OptionValues): HostOptions["algorithms"] {
  const named = Object.entries(algorithmKeys).flatMap(([wish, key]): [string, string[]][] => {
    const list = values.get(key)?.[0];
    return list === undefined || list === defaults.get(key)?.[0] ? [] : [[wish, list.split(",").filter(Boolean)]];
  });
  return Object.fromEntries(named);
}

/** A hop as people type it; the config may have it as `ssh://…`. */
function plainHop(text: string): string {
  const hop = readHop(text);
  return hop ? printHop(hop) : text;
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

type Expand = (path: string) => string;

function agentPath(value: string | undefined, client: ClientFacts, expand: Expand): string | undefined {
  if (value !== undefined && isNone(value)) return undefined;
  if (value !== undefined && value !== "SSH_AUTH_SOCK") return namedSocket(value, client, expand);
  const socket = envOf(client, "SSH_AUTH_SOCK");
  return socket || (client.os === "win32" ? "\\\\.\\pipe\\openssh-ssh-agent" : undefined);
}

function forwardedAgent(
  value: string | undefined,
  agent: string | undefined,
  client: ClientFacts,
  expand: Expand,
): string | undefined {
  if (value === undefined || isNone(value) || /^(?:no|false)$/i.test(value)) return undefined;
  return isYes(value) ? agent : namedSocket(value, client, expand);
}

/** A socket by its path, or by the name of a variable that holds it. On Windows the path of a named pipe. */
function namedSocket(value: string, client: ClientFacts, expand: Expand): string | undefined {
  const variable = /^\$\{?([A-Za-z_]\w*)\}?$/.exec(value)?.[1];
  const path = variable === undefined ? expand(value) : envOf(client, variable);
  if (!path) return undefined;
  return client.os === "win32" && /^[\\/]{2}\.[\\/]pipe[\\/]/i.test(path) ? path.replaceAll("/", "\\") : path;
}

function unquote(text: string): string {
  return /^"(.*)"$/.exec(text)?.[1] ?? text;
}

function isNone(value: string): boolean {
  return value.toLowerCase() === "none";
}

function isYes(value: string | undefined): boolean {
  return value?.toLowerCase() === "yes" || value?.toLowerCase() === "true";
}

function positive(value: string | undefined): number | undefined {
  return value !== undefined && /^[1-9]\d{0,8}$/.test(value) ? Number(value) : undefined;
}
