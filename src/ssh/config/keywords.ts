import { forwardOf } from "./forwards";
import { splitJumps } from "./jumps";

/** A line's arguments: `text` as written, `words` without quotes. */
export interface Arguments {
  readonly text: string;
  readonly words: readonly string[];
  /** With the environment's variables in place of `${NAME}`; undefined where one is not set. */
  readonly expanded: () => readonly string[] | undefined;
}

/** How one keyword of the config is read, and what stands when no line names it. */
export interface Keyword {
  /** The values as `ssh -G` prints them; none: the line changes nothing. Undefined: ssh would not take the line. */
  readonly read: (line: Arguments) => readonly string[] | undefined;
  readonly otherwise?: readonly string[];
  /** Lines add up, each value once, instead of the first one winning. */
  readonly adds?: true;
}

type Reader = Keyword["read"];

const oneWord =
  (convert: (word: string) => string | undefined): Reader =>
  ({ words: [word, ...more] }) => {
    const value = word && more.length === 0 ? convert(word) : undefined;
    return value === undefined ? undefined : [value];
  };

const text = oneWord((word) => word);
const integer = oneWord((word) => (/^\d{1,9}$/.test(word) ? String(Number(word)) : undefined));
const port = oneWord((word) => (/^\d{1,5}$/.test(word) && +word > 0 && +word <= 65535 ? String(+word) : undefined));
const command: Reader = ({ text }) => [text.replace(/^[\s=]+/, "")];

/** A span of time as seconds: `90`, `1m30s`; `none` leaves it open. */
const time: Reader = (line) => {
  const word = oneWord((one) => one)(line)?.[0];
  if (word === "none") return [];
  if (word === undefined || !/^(?:\d{1,9}[smhdw]?)+$/i.test(word)) return undefined;
  const seconds = { s: 1, m: 60, h: 3600, d: 86_400, w: 604_800 };
  const parts = word.toLowerCase().matchAll(/(\d+)([smhdw]?)/g);
  return [String([...parts].reduce((sum, [, count, unit]) => sum + Number(count) * seconds[unitOf(unit)], 0))];
};

function unitOf(letter: string | undefined): "s" | "m" | "h" | "d" | "w" {
  return letter === "m" || letter === "h" || letter === "d" || letter === "w" ? letter : "s";
}

/** Several words of which only the first line counts; `none` stands alone. */
const list: Reader = ({ words }) => {
  const alone = words.length === 1 || !words.some((word) => word.toLowerCase() === "none");
  return words.length > 0 && alone && !words.includes("") ? words : undefined;
};

const choice = (values: Readonly<Record<string, string>>): Reader => oneWord((word) => values[word.toLowerCase()]);
const yesNo = { yes: "yes", true: "yes", no: "no", false: "no" };
const trueFalse = { yes: "true", true: "true", no: "false", false: "false" };
const flag = (otherwise: "yes" | "no"): Keyword => ({ read: choice(yesNo), otherwise: [otherwise] });
const words = (...others: string[]): Record<string, string> => ({
  ...trueFalse,
  ...Object.fromEntries(others.map((word) => [word, word])),
});

const forward = (kind: "local" | "remote" | "dynamic"): Keyword => ({
  adds: true,
  read: (line) => {
    const named = line.words.length === 1 || (kind !== "dynamic" && line.words.length === 2);
    const expanded = named ? line.expanded() : undefined;
    const printed = expanded && forwardOf(expanded, kind);
    return printed === undefined ? undefined : [printed];
  },
});

const agentPath: Reader = (line) => {
  const legacy = /^\$(?!\{)/.test(line.words[0] ?? "");
  if (legacy && !/^\$[A-Za-z_]\w*$/.test(line.words[0] ?? "")) return undefined;
  return line.expanded() && text(line);
};

const environmentNames: Reader = ({ words }) => (words.some((word) => /^$|=/.test(word)) ? undefined : words);

/** `NAME=value` words, of each name the first. */
const assignments: Reader = ({ words }) => {
  if (words.some((word) => !word.includes("="))) return undefined;
  const nameOf = (word: string) => word.slice(0, word.indexOf("="));
  return words.filter((word, at) => words.findIndex((other) => nameOf(other) === nameOf(word)) === at);
};

/** The printed form of a jump: all of it as written but the last hop, which ssh takes apart. */
const jump: Reader = ({ text }) => {
  const jumps = splitJumps(text.replace(/^[\s=]+/, "").replace(/\s*#.*$/, ""));
  return jumps && [jumps.join(",")];
};

const identityFiles = ["rsa", "ecdsa", "ecdsa_sk", "ed25519", "ed25519_sk", "xmss", "dsa"];

/**
 * The keywords of ssh_config(5) that say how a host is reached, proven and logged in to, in the order of `ssh -G`, with
 * OpenSSH 9.2's defaults. Files and algorithms get theirs where they are expanded.
 */
export const keywords: Readonly<Record<string, Keyword>> = {
  user: { read: text },
  hostname: { read: text },
  port: { read: port, otherwise: ["22"] },
  addressfamily: { read: choice({ inet: "inet", inet6: "inet6", any: "any" }), otherwise: ["any"] },
  batchmode: flag("no"),
  canonicalizefallbacklocal: flag("yes"),
  canonicalizehostname: { read: choice(words("always")), otherwise: ["false"] },
  checkhostip: flag("no"),
  compression: { read: choice({ yes: "yes", no: "no" }), otherwise: ["no"] },
  controlmaster: { read: choice(words("auto", "ask", "autoask")), otherwise: ["false"] },
  clearallforwardings: flag("no"),
  exitonforwardfailure: flag("no"),
  forwardx11: flag("no"),
  gatewayports: flag("no"),
  gssapiauthentication: flag("no"),
  gssapidelegatecredentials: flag("no"),
  hashknownhosts: flag("no"),
  hostbasedauthentication: flag("no"),
  identitiesonly: flag("no"),
  kbdinteractiveauthentication: flag("yes"),
  nohostauthenticationforlocalhost: flag("no"),
  passwordauthentication: flag("yes"),
  permitlocalcommand: flag("no"),
  proxyusefdpass: flag("no"),
  pubkeyauthentication: { read: choice(words("unbound", "host-bound")), otherwise: ["true"] },
  requesttty: { read: choice(words("force", "auto")), otherwise: ["auto"] },
  sessiontype: {
    read: choice({ none: "none", subsystem: "subsystem", default: "default" }),
    otherwise: ["default"],
  },
  stdinnull: flag("no"),
  forkafterauthentication: flag("no"),
  streamlocalbindunlink: flag("no"),
  stricthostkeychecking: {
    read: choice({ ...words("ask", "accept-new"), off: "false" }),
    otherwise: ["ask"],
  },
  tcpkeepalive: flag("yes"),
  verifyhostkeydns: { read: choice(words("ask")), otherwise: ["false"] },
  visualhostkey: flag("no"),
  canonicalizemaxdots: { read: integer, otherwise: ["1"] },
  connectionattempts: { read: integer, otherwise: ["1"] },
  numberofpasswordprompts: { read: integer, otherwise: ["3"] },
  serveralivecountmax: { read: integer, otherwise: ["3"] },
  serveraliveinterval: { read: time, otherwise: ["0"] },
  requiredrsasize: { read: integer, otherwise: ["1024"] },
  bindaddress: { read: text },
  bindinterface: { read: text },
  ciphers: { read: text },
  controlpath: { read: text },
  hostkeyalgorithms: { read: text },
  hostkeyalias: { read: text },
  hostbasedacceptedalgorithms: { read: text },
  identityagent: { read: agentPath },
  ignoreunknown: { read: text },
  kbdinteractivedevices: { read: text },
  kexalgorithms: { read: text },
  casignaturealgorithms: { read: text },
  localcommand: { read: command },
  remotecommand: { read: command },
  macs: { read: text },
  pkcs11provider: { read: text },
  securitykeyprovider: { read: text, otherwise: ["internal"] },
  preferredauthentications: { read: text },
  pubkeyacceptedalgorithms: { read: text },
  revokedhostkeys: { read: text },
  knownhostscommand: { read: command },
  tag: { read: text },
  dynamicforward: forward("dynamic"),
  localforward: forward("local"),
  remoteforward: forward("remote"),
  identityfile: { read: text, adds: true, otherwise: identityFiles.map((name) => `~/.ssh/id_${name}`) },
  canonicaldomains: { read: list, otherwise: ["none"] },
  certificatefile: { read: text, adds: true },
  globalknownhostsfile: { read: list },
  userknownhostsfile: { read: list },
  sendenv: { read: environmentNames, adds: true },
  setenv: { read: assignments },
  forwardagent: { read: (line) => choice(yesNo)(line) ?? agentPath(line), otherwise: ["no"] },
  connecttimeout: { read: time, otherwise: ["none"] },
  canonicalizepermittedcnames: { read: list, otherwise: ["none"] },
  proxycommand: { read: command },
  proxyjump: { read: jump },
};

/** What ssh takes besides, without meaning for us: its own terminal, log, tunnels and X11, and what it no longer obeys. */
export const otherKeywords: ReadonlySet<string> = new Set(
  `addkeystoagent afstokenpassing channeltimeout cipher compressionlevel controlpersist enableescapecommandline
  enablesshkeysign escapechar fallbacktorsh fingerprinthash forwardx11timeout forwardx11trusted globalknownhostsfile2
  gssapiclientidentity gssapikexalgorithms gssapikeyexchange gssapirenewalforcesrekey gssapiserveridentity
  gssapitrustdns ipqos kerberosauthentication kerberostgtpassing loglevel logverbose obscurekeystroketiming
  permitremoteopen protocol protocolkeepalives refuseconnection rekeylimit rhostsauthentication
  rhostsrsaauthentication rsaauthentication setuptimeout streamlocalbindmask syslogfacility tunnel tunneldevice
  updatehostkeys useprivilegedport userknownhostsfile2 useroaming usersh versionaddendum warnweakcrypto
  xauthlocation`.split(/\s+/),
);

/** Older names that ssh still takes. */
export const olderNames: Readonly<Record<string, string>> = {
  challengeresponseauthentication: "kbdinteractiveauthentication",
  skeyauthentication: "kbdinteractiveauthentication",
  tisauthentication: "kbdinteractiveauthentication",
  dsaauthentication: "pubkeyauthentication",
  hostbasedkeytypes: "hostbasedacceptedalgorithms",
  pubkeyacceptedkeytypes: "pubkeyacceptedalgorithms",
  keepalive: "tcpkeepalive",
  smartcarddevice: "pkcs11provider",
};

/** Keys whose values `ssh -G` prints on one line. */
export const oneLineKeys: ReadonlySet<string> = new Set([
  "canonicaldomains",
  "globalknownhostsfile",
  "userknownhostsfile",
  "canonicalizepermittedcnames",
]);
