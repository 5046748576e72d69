import { execFile, execFileSync } from "node:child_process";
import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { noAbort, testClient } from "./client";
import { makeKey, type Sshd, startSshd, withoutSshd } from "./sshd";

const run = promisify(execFile);
const full = process.env.TENSORLINE_FULL === "1";

type Strictness = "yes" | "no" | "off" | "accept-new" | "ask";
type Decision = "connects" | "unknown" | "changed" | "revoked" | "unreadable";

interface Row {
  readonly what: string;
  /** Lines of the user's file; HOST, PORT, KEY, RSA (the server's keys), OTHER, OTHERRSA and ECDSA (foreign ones) are filled in. */
  readonly user?: readonly string[];
  readonly global?: readonly string[];
  readonly config?: readonly string[];
  readonly hashed?: boolean;
  readonly unreadable?: boolean;
  readonly strict?: Strictness;
  readonly decision: Decision;
  /** Where ssh goes on and Tensorline does not. */
  readonly sshConnects?: true;
}

const unknownBy = (strict: Strictness, decision: Decision): Row => ({
  what: `an unknown key under ${strict}`,
  strict,
  decision,
});

const table: readonly Row[] = [
  { what: "a plain line", user: ["HOST KEY"], decision: "connects" },
  { what: "a plain line among others", user: ["# note", "", "other KEY", "a,HOST,b KEY note"], decision: "connects" },
  { what: "a hashed line", user: ["HOST KEY"], hashed: true, decision: "connects" },
  { what: "a hashed line of another host", user: ["other KEY"], hashed: true, decision: "unknown" },
  { what: "a hashed line with another key", user: ["HOST OTHER"], hashed: true, decision: "changed" },
  { what: "the name without its port", user: ["127.0.0.1 KEY"], decision: "connects" },
  { what: "the name without its port, by another key", user: ["127.0.0.1 OTHER"], decision: "unknown" },
  { what: "an alias without the port", user: ["127.0.0.1 KEY"], config: ["HostKeyAlias lab"], decision: "unknown" },
  { what: "another port", user: ["[127.0.0.1]:1 KEY"], decision: "unknown" },
  { what: "a wildcard", user: ["[127.0.0.?]:* KEY"], decision: "connects" },
  { what: "a wildcard for all", user: ["* KEY"], decision: "connects" },
  { what: "a wildcard with another key", user: ["* OTHER"], decision: "changed" },
  { what: "a wildcard that stops short", user: ["[127.0.?]:* KEY"], decision: "unknown" },
  { what: "a negation", user: ["*,!HOST,!127.0.0.1 KEY"], decision: "unknown" },
  { what: "a negation of the name with its port", user: ["*,!HOST KEY"], decision: "connects" },
  { what: "a negation of another host", user: ["HOST,!other KEY"], decision: "connects" },
  { what: "nothing but a negation", user: ["!other KEY"], decision: "unknown" },
  { what: "a negation that takes the right line away", user: ["*,!HOST KEY", "HOST OTHER"], decision: "changed" },
  { what: "a revoked key", user: ["@revoked HOST KEY"], decision: "revoked" },
  { what: "a revoked key that another line trusts", user: ["HOST KEY", "@revoked * KEY"], decision: "revoked" },
  { what: "a revoked key of another host", user: ["HOST KEY", "@revoked other KEY"], decision: "connects" },
  { what: "another revoked key", user: ["HOST KEY", "@revoked * OTHER"], decision: "connects" },
  { what: "a revocation in the global file", user: ["HOST KEY"], global: ["@revoked * KEY"], decision: "revoked" },
  { what: "a revoked key under no", user: ["@revoked * KEY"], strict: "no", decision: "revoked", sshConnects: true },
  { what: "an authority's line", user: ["@cert-authority HOST KEY"], decision: "unknown" },
  {
    what: "an authority's line beside a plain one",
    user: ["@cert-authority * OTHER", "HOST KEY"],
    decision: "connects",
  },
  { what: "a marker nobody knows", user: ["@trusted HOST KEY"], decision: "unknown" },
  { what: "another key", user: ["HOST OTHER"], decision: "changed" },
  { what: "another key beside the right one", user: ["HOST OTHER", "HOST KEY"], decision: "connects" },
  { what: "another key in the global file", user: ["HOST KEY"], global: ["HOST OTHER"], decision: "connects" },
  { what: "another key under yes", user: ["HOST OTHER"], strict: "yes", decision: "changed" },
  { what: "another key under accept-new", user: ["HOST OTHER"], strict: "accept-new", decision: "changed" },
  { what: "another key under no", user: ["HOST OTHER"], strict: "no", decision: "changed", sshConnects: true },
  { what: "another type of key", user: ["HOST ECDSA"], decision: "unknown" },
  { what: "only the server's second type of key", user: ["HOST RSA"], decision: "connects" },
  { what: "another key of the server's second type", user: ["HOST OTHERRSA"], decision: "changed" },
  { what: "one right type and one wrong", user: ["HOST OTHERRSA", "HOST KEY"], decision: "connects" },
  { what: "an alias", user: ["lab KEY"], config: ["HostKeyAlias lab"], decision: "connects" },
  { what: "an alias in capitals", user: ["lab KEY"], config: ["HostKeyAlias LAB"], decision: "connects" },
  { what: "an alias instead of the address", user: ["HOST KEY"], config: ["HostKeyAlias lab"], decision: "unknown" },
  { what: "only the global file", global: ["HOST KEY"], decision: "connects" },
  { what: "a file with spaces, tabs and Windows line ends", user: ["  HOST\tKEY\r"], decision: "connects" },
  {
    what: "lines that make no sense",
    user: ["HOST", "HOST ssh-ed25519", "HOST ssh-rsa !!!", "HOST KEY"],
    decision: "connects",
  },
  { what: "a file that cannot be read", unreadable: true, strict: "yes", decision: "unreadable" },
  { what: "a file that cannot be read, under ask", unreadable: true, decision: "unreadable" },
  {
    what: "a file that cannot be read, under no",
    unreadable: true,
    strict: "no",
    decision: "unreadable",
    sshConnects: true,
  },
  unknownBy("yes", "unknown"),
  unknownBy("ask", "unknown"),
  unknownBy("accept-new", "connects"),
  unknownBy("no", "connects"),
  unknownBy("off", "connects"),
];

describe.skipIf(withoutSshd)(`known hosts, as ssh decides${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let words: Readonly<Record<string, string>>;
  let number = 0;

  beforeAll(async () => {
    server = await startSshd({ hostKeyTypes: ["ed25519", "rsa"] });
    const [key, rsa] = server.hostKeys.map(({ publicKey }) => publicKey);
    const foreign = (type: string) => makeKey(join(server.folder, `foreign_${type}`), type).publicKey;
    words = {
      HOST: `[127.0.0.1]:${server.port}`,
      KEY: key ?? "",
      RSA: rsa ?? "",
      OTHER: foreign("ed25519"),
      OTHERRSA: foreign("rsa"),
      ECDSA: foreign("ecdsa"),
    };
  });
  afterAll(() => server.dispose());

  async function write(row: Row): Promise<string> {
    const base = join(server.folder, `row${number++}`);
    const filled = (lines: readonly string[] = []) =>
      lines.map((line) => `${line.replace(/\b[A-Z]{3,}\b/g, (word) => words[word] ?? word)}\n`).join("");
    if (row.unreadable) await mkdir(`${base}.user`);
    else if (row.user) await writeFile(`${base}.user`, filled(row.user));
    if (row.global) await writeFile(`${base}.global`, filled(row.global));
    if (row.hashed) execFileSync("ssh-keygen", ["-q", "-H", "-f", `${base}.user`], { stdio: "ignore" });
    const config = [
      "Host box",
      ...(row.config ?? []),
      "HostName 127.0.0.1",
      `Port ${server.port}`,
      `User ${server.user}`,
      `UserKnownHostsFile ${base}.user`,
      `GlobalKnownHostsFile ${base}.global`,
      `StrictHostKeyChecking ${row.strict ?? "ask"}`,
      "UpdateHostKeys no",
      "BatchMode yes",
      // A refused log-in shows that the key was trusted, and starts no shell.
      "PubkeyAuthentication no",
    ];
    await writeFile(`${base}.config`, `${config.join("\n")}\n`);
    return `${base}.config`;
  }

  async function sshDecides(configFile: string): Promise<"connects" | "refuses"> {
    const { stderr } = await run("ssh", ["-F", configFile, "box", "true"]).catch((error: { stderr: string }) => error);
    if (stderr.includes("Permission denied")) return "connects";
    expect(stderr).toContain("Host key verification failed");
    return "refuses";
  }

  async function weDecide(configFile: string): Promise<Decision> {
    const client = testClient({ transport: "ssh2" });
    const lease = client.connections.acquire({ name: "box", configFile }, { quiet: true });
    const reasons: Readonly<Record<string, Decision>> = {
      authenticationFailed: "connects",
      hostKeyUnknown: "unknown",
      hostKeyChanged: "changed",
      hostKeyRevoked: "revoked",
      knownHostsUnreadable: "unreadable",
    };
    const reason = await lease.connected(noAbort).then(
      () => "connected",
      (error: { problem: { reason: string } }) => error.problem.reason,
    );
    client.connections.dispose();
    const decision = reasons[reason];
    if (!decision) throw new Error(reason);
    return decision;
  }

  it.each(table.map((row, index) => ({ ...row, index })))("$what", async (row) => {
    const configFile = await write(row);
    expect(await weDecide(configFile)).toBe(row.decision);
    // That the table is right is shown by ssh, of which nothing is new from one run to the next.
    if (!full && row.index % 4 > 0) return;
    const both = row.decision === "connects" || row.sshConnects ? "connects" : "refuses";
    expect(await sshDecides(configFile)).toBe(both);
  });

  it("differs from ssh only where the config says that nothing matters", () => {
    expect(table.filter(({ sshConnects }) => sshConnects).every(({ strict }) => strict === "no")).toBe(true);
  });
});
