import type { Link } from "../link";

/** What an ssh process has said on standard error at `LogLevel DEBUG1` or `DEBUG2`. Bounded; a server's banner is in it too. */
export interface SshOutput {
  push(text: string): void;
  /** Complaints, one a line, debug lines left out. Those about a host's key come only from before it was proven. */
  complaints(): string;
  /** What was complained before the host was proven. */
  beforeProof(): string;
  readonly facts: Readonly<SshFacts>;
  /** Resolves when a forwarded connection stands (at `LogLevel DEBUG2`). */
  readonly opened: Promise<void>;
}

export interface SshFacts {
  /** Of the ssh program: `[9, 2]`. */
  version?: readonly [number, number];
  /** TCP, or the way through a jump, stands. */
  reached?: boolean;
  /** The host has proven its key. */
  proven?: boolean;
  loggedIn?: boolean;
  server?: Link["server"];
  hostKey?: { readonly keyType: string; readonly fingerprint: string };
  /** Ways to log in that were tried. */
  readonly tried: string[];
}

const limit = 64 * 1024;

export function sshOutput(onFact: (fact: "reached" | "proven") => void): SshOutput {
  const facts: SshFacts = { tried: [] };
  let tellOpened = () => {};
  const opened = new Promise<void>((resolve) => {
    tellOpened = resolve;
  });
  let rest = "";
  let complaints = "";
  let beforeProof = "";

  function line(text: string): void {
    const debug = /^debug\d: (.*)$/.exec(text)?.[1];
    if (debug !== undefined) {
      learn(debug, facts, onFact);
      if (/^channel \d+: open confirm /.test(debug)) tellOpened();
      return;
    }
    if (complaints.length < limit) {
      complaints += `${text}\n`;
      if (!facts.proven) beforeProof += `${text}\n`;
    }
  }

  return {
    facts,
    opened,
    complaints: () => complaints,
    beforeProof: () => beforeProof,
    push(text) {
      const lines = `${rest}${text}`.split(/\r?\n/);
      rest = (lines.pop() ?? "").slice(0, limit);
      for (const each of lines) line(each);
    },
  };
}

function learn(text: string, facts: SshFacts, onFact: (fact: "reached" | "proven") => void): void {
  const version = /^Local version string \S*OpenSSH(?:_for_Windows)?_(\d+)\.(\d+)/.exec(text);
  const software = /^Remote protocol version \S+, remote software version (\S*)/.exec(text)?.[1];
  const hostKey = /^Server host key: (\S+) (SHA256:\S+)/.exec(text);
  const offered = /^Offering public key: (.*?) (?:RSA|DSA|ECDSA|ED25519)/.exec(text)?.[1];
  const method = /^Next authentication method: (\S+)/.exec(text)?.[1];
  if (version) facts.version ??= [Number(version[1]), Number(version[2])];
  else if (software !== undefined) {
    facts.server ??= /^OpenSSH/.test(software) ? "openssh" : /^dropbear/.test(software) ? "dropbear" : "other";
    facts.reached = true;
    onFact("reached");
  } else if (hostKey) facts.hostKey = { keyType: hostKey[1] ?? "", fingerprint: hostKey[2] ?? "" };
  else if (/^SSH2_MSG_SERVICE_ACCEPT received/.test(text)) {
    facts.proven = true;
    onFact("proven");
  } else if (/^Entering interactive session/.test(text)) facts.loggedIn = true;
  else if (offered !== undefined) facts.tried.push(`key ${offered}`);
  else if (method !== undefined && method !== "publickey") facts.tried.push(method);
}
