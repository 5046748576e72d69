import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { attempts } from "./attempts";
import { person } from "./client";
import { makeKey, type Sshd, startSshd, stopProcess, withoutSshd, withoutUsers } from "./sshd";

const { newClient, outcome } = attempts({ transport: "ssh2" });
const agents: ChildProcess[] = [];
afterEach(() => Promise.all(agents.splice(0).map(stopProcess)));

let number = 0;

async function startAgent(folder: string, keys: readonly string[]): Promise<string> {
  const socket = join(folder, `agent${number++}`);
  const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
  agents.push(agent);
  await new Promise((resolve) => agent.stdout.once("data", resolve));
  for (const key of keys) execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
  return socket;
}

/** A host of this server with these lines of ssh config and no key of its own. */
async function hostWith(server: Sshd, lines: readonly string[], user = server.user): Promise<HostRef> {
  const file = join(server.folder, `config${number++}`);
  const known = [
    "HostName 127.0.0.1",
    `Port ${server.port}`,
    `User ${user}`,
    `UserKnownHostsFile ${server.knownHostsFile}`,
  ];
  await writeFile(file, ["Host box", ...lines, ...known].join("\n"));
  return { name: "box", configFile: file };
}

function foreignKeys(folder: string, count: number): string[] {
  return Array.from({ length: count }, () => makeKey(join(folder, `foreign${number++}`), "ed25519").file);
}

describe.skipIf(withoutSshd)(`many keys${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let foreign: readonly string[];
  beforeAll(async () => {
    server = await startSshd();
    foreign = foreignKeys(server.folder, 7);
  });
  afterAll(() => server.dispose());

  it("find the sixth one, as ssh does", async () => {
    const agent = await startAgent(server.folder, [...foreign.slice(0, 5), server.userKeyFile]);
    expect(await outcome(await hostWith(server, ["IdentityFile none", `IdentityAgent ${agent}`]))).toBe("there");
  });

  it("are more than the server hears out: the reason says so", async () => {
    const agent = await startAgent(server.folder, foreign);
    const problem = await outcome(await hostWith(server, ["IdentityFile none", `IdentityAgent ${agent}`]));
    expect(problem).toMatchObject({ reason: "tooManyKeys", host: "box", accepted: ["publickey"] });
    expect((problem as { tried: unknown[] }).tried).toHaveLength(6);
  });

  it("do not push the file that stands for the host out of the line", async () => {
    const agent = await startAgent(server.folder, foreign);
    const lines = [`IdentityFile ${server.userKeyFile}`, `IdentityAgent ${agent}`];
    expect(await outcome(await hostWith(server, lines))).toBe("there");
  });
});

describe.skipIf(withoutUsers)(`many keys and a password${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  it("leave the password its turn, on a second connection", async () => {
    const config = ["PasswordAuthentication yes", "MaxAuthTries 3"];
    const server = await startSshd({ config, users: [{ password: "right" }] });
    const agent = await startAgent(server.folder, foreignKeys(server.folder, 4));
    const user = person(["right"]);
    const lines = ["IdentityFile none", `IdentityAgent ${agent}`];
    const client = newClient({ prompts: user });
    expect(await outcome(await hostWith(server, lines, server.users[0]?.name), client)).toBe("there");
    expect(user.questions).toHaveLength(1);
    expect(client.logged.join("\n")).toContain("hung up after 3 keys; trying password");
    client.connections.dispose();
    await server.dispose();
  });
});

describe.skipIf(withoutSshd)(`keys that cannot be used${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.dispose());

  async function failure(lines: readonly string[]): Promise<Record<string, unknown>> {
    const problem = await outcome(await hostWith(server, lines));
    expect(problem).toMatchObject({ reason: "authenticationFailed" });
    return problem as Record<string, unknown>;
  }

  it("are told in the failure: missing, no key, PuTTY's own format, a folder", async () => {
    const file = (name: string) => join(server.folder, name);
    await writeFile(file("garbage"), "this is not a key");
    await writeFile(file("putty.ppk"), "PuTTY-User-Key-File-3: ssh-ed25519\nEncryption: aes256-cbc\nComment: x\n");
    const files = [file("nowhere"), file("garbage"), file("putty.ppk"), server.folder, "~/.ssh/id_rsa"];
    const { leftOut } = await failure([...files.map((name) => `IdentityFile ${name}`), "IdentityAgent none"]);
    expect(leftOut).toEqual([
      { file: file("nowhere"), why: "missing" },
      { file: file("garbage"), why: "not a key" },
      { file: file("putty.ppk"), why: "PuTTY" },
      { file: server.folder, why: "unreadable", detail: "EISDIR" },
    ]);
  });

  it("are security keys and certificates, which are not offered as something else", async () => {
    const wire = (text: string) => Buffer.concat([Buffer.from([0, 0, 0, text.length]), Buffer.from(text, "latin1")]);
    const publicKey = wire("sk-ssh-ed25519@openssh.com");
    const body = [
      "openssh-key-v1\0",
      wire("none"),
      wire("none"),
      wire(""),
      "\0\0\0\x01",
      wire(publicKey.toString("latin1")),
    ];
    const encoded = Buffer.concat(body.map((part) => Buffer.from(part as string))).toString("base64");
    const security = join(server.folder, "security");
    await writeFile(security, `-----BEGIN OPENSSH PRIVATE KEY-----\n${encoded}\n-----END OPENSSH PRIVATE KEY-----\n`);
    expect(await failure([`IdentityFile ${security}`, "IdentityAgent none"])).toMatchObject({
      tried: [],
      leftOut: [{ file: security, why: "security key" }],
    });

    const [authority, certified] = foreignKeys(server.folder, 2);
    if (!authority || !certified) throw new Error("no keys");
    execFileSync("ssh-keygen", ["-q", "-s", authority, "-I", "me", "-n", server.user, `${certified}.pub`]);
    expect(await failure([`IdentityFile ${certified}-cert.pub`, "IdentityAgent none"])).toMatchObject({
      tried: [],
      leftOut: [{ file: `${certified}-cert.pub`, why: "certificate" }],
    });
    // The agent holds the key and its certificate, which ssh2 would take for a second key.
    const agent = await startAgent(server.folder, [certified]);
    const mark = server.log().length;
    await failure(["IdentityFile none", `IdentityAgent ${agent}`]);
    const { port, log } = await server.ended(mark);
    expect(log.match(new RegExp(`Failed publickey .* port ${port} `, "g"))).toHaveLength(1);
  });
});
