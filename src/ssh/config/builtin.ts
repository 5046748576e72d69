import { Failure } from "../../core/failure";
import type { HostName } from "../../core/hostName";
import type { ClientFacts, HostRef } from "../../core/ports";
import { envOf, expandHome, systemSshFile, userSshFile } from "../clientPaths";
import type { OptionValues } from "../hostOptions";
import { type AlgorithmKind, effectiveAlgorithms } from "./algorithms";
import { canonicalAddress, canonicalName } from "./canonicalize";
import type { ConfigEffects } from "./effects";
import { readOptions, type Values } from "./evaluate";
import type { ConfigFile } from "./files";
import { withExpandedSockets } from "./forwards";
import { readHop } from "./jumps";
import { keywords } from "./keywords";
import { expandAll, expandTokens, tokensOf } from "./tokens";

/** The keys of algorithm lists, and the kind whose defaults `+`, `-` and `^` work on. */
const algorithmKeys: Readonly<Record<string, AlgorithmKind>> = {
  ciphers: "ciphers",
  macs: "macs",
  kexalgorithms: "kexalgorithms",
  hostkeyalgorithms: "hostkeyalgorithms",
  hostbasedacceptedalgorithms: "hostkeyalgorithms",
  pubkeyacceptedalgorithms: "hostkeyalgorithms",
  casignaturealgorithms: "casignaturealgorithms",
};

/** Options that `none` empties. */
const clearedByNone = [
  "localcommand",
  "remotecommand",
  "proxycommand",
  "proxyjump",
  "controlpath",
  "revokedhostkeys",
  "pkcs11provider",
  "securitykeyprovider",
  "knownhostscommand",
];

/** Options whose tokens `ssh -G` has already expanded, besides the files of known hosts. */
const expandedPaths = ["controlpath", "identityagent", "forwardagent"];

/**
 * The options for a host by our own reading of its config, as `ssh -G` of OpenSSH 9.2 prints them.
 * @throws Failure `configUnreadable`, `configUnsupported`, `hostNotFound`, `jumpLoop`, `cancelled`
 */
export async function builtinOptions(
  host: HostRef,
  typed: HostName,
  files: readonly ConfigFile[],
  client: ClientFacts,
  effects: ConfigEffects,
  signal: AbortSignal,
): Promise<OptionValues> {
  const values: Values = new Map();
  if (typed.user !== undefined) values.set("user", [typed.user]);
  if (typed.port !== undefined) values.set("port", [String(typed.port)]);
  let wantsFinal = false;
  const onFinal = () => {
    wantsFinal = true;
  };
  const reading = { asked: host, typed, values, client, effects, signal, onFinal };
  await readOptions(files, { ...reading, name: typed.name, final: false });

  const given = values.get("hostname")?.[0] ?? typed.name;
  const named = expandTokens(given, { "%": "%", h: typed.name }, unreadable(host, client));
  const address = canonicalAddress(named, values.get("addressfamily")?.[0]);
  const name = address ?? (await canonicalName(host.name, named.toLowerCase(), values, effects.lookup));
  // As ssh has it: what the first reading leaves open of these, the second one cannot say any more.
  for (const key of ["canonicalizehostname", "canonicalizemaxdots", "canonicalizefallbacklocal"]) {
    if (!values.has(key)) values.set(key, [...(keywords[key]?.otherwise ?? [])]);
  }
  if (wantsFinal || values.get("canonicalizehostname")?.[0] !== "false") {
    values.set("hostname", [name]);
    await readOptions(files, { ...reading, name, final: true });
  }
  values.set("hostname", [name]);
  return completed(host, typed, name, values, client);
}

/** Defaults filled in, tokens expanded, keys in the order of `ssh -G`. */
function completed(host: HostRef, typed: HostName, name: string, values: Values, client: ClientFacts): OptionValues {
  const bad = unreadable(host, client);
  if (!values.has("user")) values.set("user", [client.user]);
  for (const key of clearedByNone) if (values.get(key)?.[0]?.toLowerCase() === "none") values.delete(key);
  if (values.get("clearallforwardings")?.[0] === "yes") {
    for (const key of ["localforward", "remoteforward", "dynamicforward"]) values.delete(key);
  }
  for (const [key, kind] of Object.entries(algorithmKeys)) {
    values.set(key, [effectiveAlgorithms(values.get(key)?.[0], kind).join(",")]);
  }
  for (const [key, { otherwise }] of Object.entries(keywords)) {
    if (otherwise && !values.has(key)) values.set(key, [...otherwise]);
  }
  const one = (key: string) => values.get(key)?.[0];
  const alias = one("hostkeyalias")?.toLowerCase();
  if (alias !== undefined) values.set("hostkeyalias", [alias]);
  const user = one("user") ?? client.user;
  const port = Number(one("port"));
  refuseLoop(host, name, port, user, values);
  const tokens = tokensOf({ client, name: typed.name, hostname: name, port, user, alias: alias ?? typed.name });
  const variable = (key: string) => envOf(client, key);
  const expand = (path: string) => expandAll(expandHome(client, path), tokens, variable, bad);
  for (const key of expandedPaths) {
    const path = one(key);
    if (path !== undefined) values.set(key, [expand(path)]);
  }
  const command = one("remotecommand");
  if (command !== undefined) values.set("remotecommand", [expandTokens(command, tokens, bad)]);
  for (const key of ["localforward", "remoteforward"]) {
    const forwards = values
      .get(key)
      ?.map((line) => withExpandedSockets(line, (path) => expandTokens(path, tokens, bad)));
    if (forwards) values.set(key, forwards);
  }
  const own = ["known_hosts", "known_hosts2"].map((file) => userSshFile(client, file));
  const common = ["ssh_known_hosts", "ssh_known_hosts2"].map((file) => systemSshFile(client, file));
  values.set("userknownhostsfile", values.get("userknownhostsfile")?.map(expand) ?? own);
  values.set("globalknownhostsfile", values.get("globalknownhostsfile") ?? common);
  const ordered = Object.keys(keywords).flatMap((key): [string, string[]][] => {
    const found = values.get(key);
    return found && found.length > 0 ? [[key, found]] : [];
  });
  return new Map([["host", [typed.name]], ...ordered]);
}

/** A host cannot be reached through itself. */
function refuseLoop(host: HostRef, name: string, port: number, user: string, values: Values): void {
  const last = readHop(values.get("proxyjump")?.[0]?.split(",").at(-1) ?? "");
  if (last?.name !== name || (last.port ?? 22) !== port || (last.user ?? user) !== user) return;
  throw new Failure({ reason: "jumpLoop", host: host.name, hop: last.name });
}

function unreadable(host: HostRef, client: ClientFacts): (token: string) => never {
  return (token) => {
    const file = host.configFile ?? userSshFile(client, "config");
    throw new Failure({ reason: "configUnreadable", file, detail: `unknown token ${token}` });
  };
}
