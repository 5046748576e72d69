import { matchesPatternList } from "../patterns";

export type AlgorithmKind = "ciphers" | "macs" | "kexalgorithms" | "hostkeyalgorithms" | "casignaturealgorithms";

/** Keys that are no certificates. */
const plainKeys: readonly string[] = [
  "ssh-ed25519",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ssh-ed25519@openssh.com",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "rsa-sha2-512",
  "rsa-sha2-256",
];

/** What OpenSSH 9.2 offers unless told otherwise, in its order. */
const defaultAlgorithms: Readonly<Record<AlgorithmKind, readonly string[]>> = {
  ciphers: [
    "chacha20-poly1305@openssh.com",
    "aes128-ctr",
    "aes192-ctr",
    "aes256-ctr",
    "aes128-gcm@openssh.com",
    "aes256-gcm@openssh.com",
  ],
  macs: [
    "umac-64-etm@openssh.com",
    "umac-128-etm@openssh.com",
    "hmac-sha2-256-etm@openssh.com",
    "hmac-sha2-512-etm@openssh.com",
    "hmac-sha1-etm@openssh.com",
    "umac-64@openssh.com",
    "umac-128@openssh.com",
    "hmac-sha2-256",
    "hmac-sha2-512",
    "hmac-sha1",
  ],
  kexalgorithms: [
    "sntrup761x25519-sha512",
    "sntrup761x25519-sha512@openssh.com",
    "curve25519-sha256",
    "curve25519-sha256@libssh.org",
    "ecdh-sha2-nistp256",
    "ecdh-sha2-nistp384",
    "ecdh-sha2-nistp521",
    "diffie-hellman-group-exchange-sha256",
    "diffie-hellman-group16-sha512",
    "diffie-hellman-group18-sha512",
    "diffie-hellman-group14-sha256",
  ],
  hostkeyalgorithms: [
    "ssh-ed25519-cert-v01@openssh.com",
    "ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "ecdsa-sha2-nistp384-cert-v01@openssh.com",
    "ecdsa-sha2-nistp521-cert-v01@openssh.com",
    "sk-ssh-ed25519-cert-v01@openssh.com",
    "sk-ecdsa-sha2-nistp256-cert-v01@openssh.com",
    "rsa-sha2-512-cert-v01@openssh.com",
    "rsa-sha2-256-cert-v01@openssh.com",
    ...plainKeys,
  ],
  casignaturealgorithms: plainKeys,
};

/** Every kind of key OpenSSH knows, for wildcards after `+` and `^`, in the order of `ssh -Q`. */
const knownKeyKinds: readonly string[] = [
  "ssh-ed25519",
  "sk-ssh-ed25519@openssh.com",
  "ecdsa-sha2-nistp256",
  "ecdsa-sha2-nistp384",
  "ecdsa-sha2-nistp521",
  "sk-ecdsa-sha2-nistp256@openssh.com",
  "webauthn-sk-ecdsa-sha2-nistp256@openssh.com",
  "ssh-dss",
  "ssh-rsa",
  "rsa-sha2-256",
  "rsa-sha2-512",
];

/** What a config's list means: a list of its own, or `+`, `-` and `^` on the defaults. */
export function effectiveAlgorithms(wish: string | undefined, kind: AlgorithmKind): readonly string[] {
  const defaults = defaultAlgorithms[kind];
  if (wish === undefined) return defaults;
  const named = (/^[-+^]/.test(wish) ? wish.slice(1) : wish).split(",").filter((name) => name !== "");
  const meant = named.flatMap((name) => (/[*?]/.test(name) ? matchingKeyKinds(name, kind) : [name]));
  switch (wish[0]) {
    case "-":
      return defaults.filter((name) => !matchesPatternList(named, name));
    case "+":
      return [...new Set([...defaults, ...meant])];
    case "^":
      return [...new Set([...meant, ...defaults])];
    default:
      return [...new Set(meant)];
  }
}

/** Only kinds of keys may be named by a pattern. */
function matchingKeyKinds(pattern: string, kind: AlgorithmKind): string[] {
  if (kind !== "hostkeyalgorithms" && kind !== "casignaturealgorithms") return [];
  const known = kind === "hostkeyalgorithms" ? knownKeyKinds.flatMap(withCertificates) : knownKeyKinds;
  return known.filter((name) => matchesPatternList([pattern], name));
}

function withCertificates(name: string): string[] {
  return name.startsWith("webauthn-") ? [name] : [name, `${name.replace(/@openssh\.com$/, "")}-cert-v01@openssh.com`];
}
