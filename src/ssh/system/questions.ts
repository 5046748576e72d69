import type { AskpassQuestion } from "./askpass";

/** What ssh wants to know. Only its own questions are told apart: a server's stand behind `(user@host)` since OpenSSH 8.5. */
export type SshQuestion =
  | { kind: "hostKey"; name: string; keyType: string; fingerprint: string }
  | { kind: "passphrase"; file: string }
  | { kind: "password"; account: string }
  /** A round of keyboard-interactive. */
  | { kind: "server"; account: string; words: string }
  | { kind: "pin"; words: string }
  /** Something to do, such as touching a key; nothing to answer. */
  | { kind: "notice"; words: string }
  /** A yes or no that is not about a host key. */
  | { kind: "consent" }
  | { kind: "other"; words: string };

/** Key types as ssh's questions call them, and as they are called everywhere else. */
const keyTypes: Readonly<Record<string, string>> = {
  ED25519: "ssh-ed25519",
  RSA: "ssh-rsa",
  ECDSA: "ecdsa-sha2-nistp256",
  DSA: "ssh-dss",
  "ED25519-SK": "sk-ssh-ed25519@openssh.com",
  "ECDSA-SK": "sk-ecdsa-sha2-nistp256@openssh.com",
};

/** The usual name of a key type that ssh shortens; what is not known stays as it is. */
export function keyTypeName(short: string): string {
  return keyTypes[short] ?? short;
}

export function readQuestion({ words, hint }: AskpassQuestion): SshQuestion {
  if (hint === "none") return { kind: "notice", words };
  const fromServer = /^\(([^()\s]+@[^()\s]+)\) (.*)$/s.exec(words);
  if (fromServer) return { kind: "server", account: fromServer[1] ?? "", words: fromServer[2] ?? "" };
  const hostKey =
    /^The authenticity of host '(\S+)[^']*' can't be established[.\r\n](?:.*\n)?(\S+) key fingerprint is:? (SHA256:[A-Za-z0-9+/]+)/s.exec(
      words,
    );
  if (hostKey) {
    const [, name = "", short = "", fingerprint = ""] = hostKey;
    return { kind: "hostKey", name, keyType: keyTypeName(short), fingerprint };
  }
  if (hint === "confirm") return { kind: "consent" };
  const file = /^Enter passphrase for (?:key )?'?(.+?)'?: $/.exec(words)?.[1];
  if (file !== undefined) return { kind: "passphrase", file };
  const account = /^(\S+@\S+)'s password: $/.exec(words)?.[1];
  if (account !== undefined) return { kind: "password", account };
  if (/^Enter PIN\b/.test(words)) return { kind: "pin", words };
  return { kind: "other", words };
}
