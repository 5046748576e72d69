import type { Scenario } from "./sshConfigs";

/** Configs put together at random from what the grammar allows; the same ones every time. */
export function generatedConfigs(count: number): Scenario[] {
  return Array.from({ length: count }, (_none, seed) => {
    const pick = picker(seed + 1);
    // A file that includes itself would only be refused.
    const more = { one: block(pick, 6, false), two: block(pick, 6, false) };
    return { title: `generated ${seed + 1}`, config: block(pick, 24, true), files: more, hosts };
  });
}

const hosts = ["lab", "lab1", "web.example", "ada@lab", "Mixed:2222", "ada@10.0.0.1:99"];

type Pick = <T>(...choices: readonly [T, ...T[]]) => T;

/** A linear congruential generator is random enough to choose lines. */
function picker(seed: number): Pick {
  let state = seed * 2_654_435_761;
  return (first, ...others) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0;
    const at = Math.floor((state / 2 ** 32) * (others.length + 1));
    return at === 0 ? first : (others[at - 1] ?? first);
  };
}

function block(pick: Pick, length: number, includes: boolean): string {
  return Array.from({ length }, () => line(pick, includes)).join("\n");
}

function line(pick: Pick, includes: boolean): string {
  const kind = pick(
    "option",
    "option",
    "option",
    "option",
    "option",
    "host",
    "match",
    includes ? "include" : "option",
    "comment",
  );
  if (kind === "option") return `${pick("", "  ", "\t")}${option(pick)}`;
  if (kind === "comment") return pick("", "# Host lab", "   ");
  if (kind === "host") return `Host ${several(pick, hostPattern)}`;
  if (kind === "include") return `Include @DIR@/${pick("one", "two", "[ot]*", "none*")}`;
  return `Match ${several(pick, criterion)}`;
}

function several(pick: Pick, make: (pick: Pick) => string): string {
  return Array.from({ length: pick(1, 1, 2, 3) }, () => make(pick)).join(" ");
}

function hostPattern(pick: Pick): string {
  return pick("", "", "!") + pick("*", "lab", "lab?", "*.example", "mixed", "Mixed", "10.*", "real.*");
}

function criterion(pick: Pick): string {
  const criterion = pick(
    "final",
    "canonical",
    `host ${pick("lab*", "*.EXAMPLE,!web*", "real.example", "mixed,10.0.0.1")}`,
    `originalhost ${pick("lab", "!lab,*", "*.example")}`,
    `user ${pick("ada", "root", "!ada,*", '"bob"')}`,
    `localuser ${pick("*", "nobody")}`,
    `exec ${pick('"test %n = lab"', "true", "false", '"test %r != ada"')}`,
  );
  return pick("", "", "!") + criterion;
}

function option(pick: Pick): string {
  const key = pick(...options);
  const [name, values] = key;
  const value = pick(values[0] ?? "", ...values.slice(1));
  // After "ProxyJump none" ssh takes a comment for a host of that name.
  const end = pick("", "", "  ", name === "ProxyJump" ? "" : " # why");
  return `${pick(name, name.toLowerCase(), name.toUpperCase())}${pick(" ", " ", "=", " = ", "\t")}${value}${end}`;
}

const flags = ["yes", "no", "true", "NO"];

const options: readonly [readonly [string, readonly string[]], ...(readonly [string, readonly string[]])[]] = [
  ["User", ["ada", "bob", '"eve"', "root"]],
  ["Port", ["22", "2200", "022"]],
  ["HostName", ["real.example", "%h.example", "10.0.0.9", "Real.Example", "127.1"]],
  ["IdentityFile", ["~/.ssh/a", '"~/b c"', "%d/%r", "none", "~/.ssh/a"]],
  ["IdentitiesOnly", flags],
  ["IdentityAgent", ["none", "SSH_AUTH_SOCK", "~/agent", "/run/%r.%h"]],
  ["CertificateFile", ["~/c1", "~/c2", "%d/c"]],
  ["ProxyJump", ["one", "bob@two:22,three", "none", "[::1]:5"]],
  ["ProxyCommand", ["nc %h %p", "none", 'sh -c "x %n"']],
  ["HostKeyAlias", ["alias", "Other"]],
  ["UserKnownHostsFile", ["~/k1 ~/k2", "none", "/k/%h"]],
  ["GlobalKnownHostsFile", ["/g1 /g2", "none"]],
  ["StrictHostKeyChecking", ["yes", "no", "ask", "accept-new", "off"]],
  ["PreferredAuthentications", ["publickey", "password,publickey"]],
  ["ServerAliveInterval", ["0", "15", "1m"]],
  ["ServerAliveCountMax", ["1", "5"]],
  ["ConnectTimeout", ["5", "none", "1m5s"]],
  // Not "no": ssh prints a path that a later line gives, though it then forwards nothing.
  ["ForwardAgent", ["yes", "true", "~/fwd", "~/other"]],
  ["LocalForward", ["8080 localhost:80", "[::1]:1 h:2", "*:3 [::1]:4"]],
  ["RemoteForward", ["9000 localhost:80", "9001", "0 h:1"]],
  ["DynamicForward", ["1080", "localhost:1081"]],
  ["SetEnv", ["A=1 B=2", 'C="d e"', "A=9"]],
  ["SendEnv", ["LANG LC_*", "X", "-L*", "-X Y"]],
  ["RemoteCommand", ["echo %h", "none", "tmux a -t '%n'"]],
  ["RequestTTY", ["yes", "no", "force", "auto"]],
  ["Ciphers", ["aes128-ctr", "+3des-cbc", "-aes128*", "^aes256-ctr"]],
  ["MACs", ["hmac-sha2-256", "+hmac-md5", "-*etm*", "^hmac-sha1"]],
  ["KexAlgorithms", ["curve25519-sha256", "-diffie*", "^ecdh-sha2-nistp521"]],
  ["HostKeyAlgorithms", ["ssh-ed25519", "+ssh-rsa*", "-*cert*", "^rsa-sha2-*"]],
  ["GSSAPIAuthentication", flags],
  ["PKCS11Provider", ["/p.so", "none"]],
  ["KnownHostsCommand", ["/bin/k %H", "none"]],
  ["RevokedHostKeys", ["/r", "none"]],
  ["CanonicalizeHostname", ["no", "yes", "always"]],
  ["CanonicalDomains", ["nowhere.invalid", "none"]],
  ["CanonicalizeMaxDots", ["0", "1"]],
  ["PubkeyAuthentication", ["yes", "no", "unbound", "host-bound"]],
  ["PasswordAuthentication", flags],
  ["NumberOfPasswordPrompts", ["1", "3"]],
  ["AddressFamily", ["any", "inet", "inet6"]],
  ["ClearAllForwardings", ["no", "no", "yes"]],
  ["GatewayPorts", flags],
];
