import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { copyFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef, Secrets } from "../../src/core/ports";
import { command, hostOf, noAbort, type Person, person, secretsInMemory, type TestClient, testClient } from "./client";
import { makeKey, type Sshd, startSshd, stopProcess, withoutSshd, withoutUsers } from "./sshd";

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.connections.dispose();
});

function clientOf(prompts: Person, secrets: Secrets, env: Record<string, string> = {}, identityFiles: string[] = []) {
  const user = { os: "linux", home: "/nonexistent", user: "nobody", env: { PATH: process.env.PATH, ...env } } as const;
  const client = testClient({ prompts, secrets, client: user, identityFiles });
  clients.push(client);
  return client;
}

async function outcome(client: TestClient, host: HostRef): Promise<unknown> {
  try {
    const runner = await client.connections.acquire(host).connected(noAbort);
    return (await runner.run(command(["id", "-un"]), noAbort)).stdout.trim();
  } catch (error) {
    return (error as { problem: unknown }).problem;
  }
}

describe.skipIf(withoutSshd)(`key files and agents${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let locked: string;
  const agents: ChildProcess[] = [];

  beforeAll(async () => {
    server = await startSshd();
    locked = join(server.folder, "locked_key");
    await copyFile(server.userKeyFile, locked);
    execFileSync("ssh-keygen", ["-q", "-p", "-a", "1", "-N", "open sesame", "-f", locked]);
  });
  afterAll(async () => {
    await Promise.all(agents.map(stopProcess));
    await server.dispose();
  });

  /** A host with these lines of ssh config and no key of its own. */
  async function hostWith(lines: readonly string[]): Promise<HostRef> {
    const file = join(server.folder, `config${Math.random()}`);
    const known = server.knownHostsFile;
    const common = ["HostName 127.0.0.1", `Port ${server.port}`, `User ${server.user}`, `UserKnownHostsFile ${known}`];
    await writeFile(file, ["Host box", ...lines, ...common].join("\n"));
    return { name: "box", configFile: file };
  }

  it("asks for the passphrase of a welcome key, and keeps it only when wished and only after it worked", async () => {
    const host = await hostWith([`IdentityFile ${locked}`, "IdentityAgent none"]);
    const user = person(["wrong", { text: "open sesame", remember: true }]);
    const secrets = secretsInMemory();
    expect(await outcome(clientOf(user, secrets), host)).toBe(server.user);
    expect(user.questions).toMatchObject([
      { title: `Passphrase for ${locked}, to log in as ${server.user}@box`, secret: true, rememberable: true },
      { secret: true },
    ]);
    expect([...secrets.all]).toEqual([[`passphrase ${locked}`, "open sesame"]]);
    const nobody = person();
    expect(await outcome(clientOf(nobody, secrets), host)).toBe(server.user);
    expect(nobody.questions).toEqual([]);
  });

  it("gives up a key after three wrong passphrases", async () => {
    const host = await hostWith([`IdentityFile ${locked}`, "IdentityAgent none"]);
    const user = person(["one", "two", "three", "four"]);
    const secrets = secretsInMemory({ [`passphrase ${locked}`]: "stale" });
    expect(await outcome(clientOf(user, secrets), host)).toEqual({
      reason: "authenticationFailed",
      host: "box",
      user: server.user,
      tried: [`key ${locked}`],
      accepted: ["publickey"],
    });
    expect(user.questions).toHaveLength(3);
    expect([...secrets.all]).toEqual([]);
  });

  it("does not ask for the passphrase of a key the server does not want", async () => {
    const foreign = join(server.folder, "foreign_key");
    makeKey(foreign, "ed25519", "secret");
    const host = await hostWith([
      `IdentityFile ${foreign}`,
      `IdentityFile ${server.userKeyFile}`,
      "IdentityAgent none",
    ]);
    const user = person();
    expect(await outcome(clientOf(user, secretsInMemory()), host)).toBe(server.user);
    expect(user.questions).toEqual([]);
  });

  it("stops when the user cancels, and does not try again by itself", async () => {
    const host = await hostWith([`IdentityFile ${locked}`, "IdentityAgent none"]);
    const client = clientOf(person(), secretsInMemory());
    expect(await outcome(client, host)).toEqual({ reason: "cancelled" });
    expect(client.connections.state(host)).toMatchObject({ kind: "offline", problem: { reason: "cancelled" } });
    expect(client.states.filter(({ kind }) => kind === "needsYou")).toHaveLength(1);
  });

  it("says which passphrase it needs where nobody may be asked", async () => {
    const host = await hostWith([`IdentityFile ${locked}`, "IdentityAgent none"]);
    const client = clientOf(person(["open sesame"]), secretsInMemory());
    const lease = client.connections.acquire(host, { quiet: true });
    await expect(lease.connected(noAbort)).rejects.toMatchObject({
      problem: { reason: "promptUnavailable", question: `Passphrase for ${locked}, to log in as ${server.user}@box` },
    });
    client.connections.retry(host);
    expect(await outcome(client, host)).toBe(server.user);
  });

  it("skips files that hold no key it can use and says so in the log", async () => {
    const garbage = join(server.folder, "garbage_key");
    await writeFile(garbage, "this is not a key");
    const files = [garbage, join(server.folder, "missing"), server.userKeyFile];
    const host = await hostWith([...files.map((file) => `IdentityFile ${file}`), "IdentityAgent none"]);
    const client = clientOf(person(), secretsInMemory());
    expect(await outcome(client, host)).toBe(server.user);
    expect(client.logged.join("\n")).toContain(`key file ${garbage} left out`);
  });

  it("logs in with an RSA key and with an ECDSA key", async () => {
    for (const type of ["rsa", "ecdsa"]) {
      const file = join(server.folder, `own_${type}`);
      const { publicKey } = makeKey(file, type);
      await writeFile(join(server.folder, "authorized_keys"), `${publicKey}\n`, { flag: "a" });
      const host = await hostWith([`IdentityFile ${file}`, "IdentityAgent none"]);
      expect(await outcome(clientOf(person(), secretsInMemory()), host)).toBe(server.user);
    }
  });

  async function startAgent(keys: readonly string[]): Promise<string> {
    const socket = join(server.folder, `agent${agents.length}`);
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
    agents.push(agent);
    await new Promise((resolve) => agent.stdout.once("data", resolve));
    for (const key of keys) execFileSync("ssh-add", ["-q", key], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    return socket;
  }

  it("uses the agent by its environment variable, by IdentityAgent, and not at all", async () => {
    const socket = await startAgent([server.userKeyFile]);
    const inEnvironment = { SSH_AUTH_SOCK: socket };
    const none = "IdentityFile none";
    expect(await outcome(clientOf(person(), secretsInMemory(), inEnvironment), await hostWith([none]))).toBe(
      server.user,
    );
    const named = await hostWith([none, `IdentityAgent ${socket}`]);
    expect(await outcome(clientOf(person(), secretsInMemory()), named)).toBe(server.user);
    const refused = await hostWith([none, "IdentityAgent none"]);
    expect(await outcome(clientOf(person(), secretsInMemory(), inEnvironment), refused)).toMatchObject({
      reason: "authenticationFailed",
    });
  });

  it("keeps the agent's other keys back under IdentitiesOnly", async () => {
    const other = join(server.folder, "agent_other");
    makeKey(other, "ed25519");
    const socket = await startAgent([other, server.userKeyFile]);
    const only = await hostWith([`IdentityFile ${other}`, "IdentitiesOnly yes", `IdentityAgent ${socket}`]);
    expect(await outcome(clientOf(person(), secretsInMemory()), only)).toMatchObject({
      reason: "authenticationFailed",
    });
    const both = await hostWith([`IdentityFile ${other}`, `IdentityAgent ${socket}`]);
    expect(await outcome(clientOf(person(), secretsInMemory()), both)).toBe(server.user);
  });

  it("takes a public key file for the choice of an agent's key", async () => {
    const other = join(server.folder, "agent_wrong");
    makeKey(other, "ed25519");
    const socket = await startAgent([other, server.userKeyFile]);
    const chosen = join(server.folder, "chosen");
    await copyFile(`${server.userKeyFile}.pub`, `${chosen}.pub`);
    for (const file of [chosen, `${chosen}.pub`]) {
      const host = await hostWith([`IdentityFile ${file}`, "IdentitiesOnly yes", `IdentityAgent ${socket}`]);
      expect(await outcome(clientOf(person(), secretsInMemory()), host)).toBe(server.user);
    }
  });

  it("goes on without an agent that is gone", async () => {
    const host = await hostWith([`IdentityFile ${server.userKeyFile}`, "IdentityAgent /nonexistent/agent"]);
    expect(await outcome(clientOf(person(), secretsInMemory()), host)).toBe(server.user);
  });

  it("tries the key files of the settings first", async () => {
    const host = await hostWith(["IdentityFile none", "IdentityAgent none"]);
    expect(await outcome(clientOf(person(), secretsInMemory(), {}, [server.userKeyFile]), host)).toBe(server.user);
  });
});

describe.skipIf(withoutUsers)(`passwords${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let server: Sshd;
  let host: HostRef;
  let key: string;
  let name: string;

  beforeAll(async () => {
    const config = ["PasswordAuthentication yes", "PubkeyAuthentication no", "MaxAuthTries 10"];
    server = await startSshd({ config, users: [{ password: "right" }] });
    host = hostOf(server, "box0");
    name = server.users[0]?.name ?? "";
    key = `password ${name}@127.0.0.1:${server.port}`;
  });
  afterAll(() => server.dispose());

  it("asks, says for whom, and remembers when wished", async () => {
    const user = person([{ text: "right", remember: true }]);
    const secrets = secretsInMemory();
    expect(await outcome(clientOf(user, secrets), host)).toBe(name);
    expect(user.questions).toEqual([
      { host: "box0", title: `Password for ${name}@box0`, secret: true, rememberable: true },
    ]);
    expect([...secrets.all]).toEqual([[key, "right"]]);
  });

  it("gives up after three wrong passwords", async () => {
    const user = person(["a", "b", "c", "right"]);
    expect(await outcome(clientOf(user, secretsInMemory()), host)).toEqual({
      reason: "authenticationFailed",
      host: "box0",
      user: name,
      tried: ["password"],
      accepted: ["password"],
    });
    expect(user.questions).toHaveLength(3);
  });

  it("never writes a password to the log", async () => {
    const client = clientOf(person(["not this one", "right"]), secretsInMemory());
    expect(await outcome(client, host)).toBe(name);
    client.connections.disconnect(host);
    expect(client.logged.join("\n")).not.toMatch(/not this one|right/);
  });

  it("takes a server that hangs up after too many tries for a refusal", async () => {
    const config = ["PasswordAuthentication yes", "PubkeyAuthentication no", "MaxAuthTries 2"];
    const strict = await startSshd({ config, users: [{ password: "right" }] });
    const user = person(["a", "b", "c"]);
    expect(await outcome(clientOf(user, secretsInMemory()), hostOf(strict, "box0"))).toMatchObject({
      reason: "authenticationFailed",
      tried: ["password"],
    });
    await strict.dispose();
  });

  it("takes its question back when the user disconnects meanwhile", async () => {
    let asked = () => {};
    const open = new Promise<void>((resolve) => {
      asked = resolve;
    });
    let withdrawn = false;
    const slow: Person = {
      ...person(),
      askText: (_question, signal) =>
        new Promise((_resolve, reject) => {
          signal.addEventListener("abort", () => {
            withdrawn = true;
            reject(signal.reason);
          });
          asked();
        }),
    };
    const client = clientOf(slow, secretsInMemory());
    client.connections.acquire(host);
    await open;
    expect(client.connections.state(host)).toMatchObject({ kind: "needsYou", question: `Password for ${name}@box0` });
    client.connections.disconnect(host);
    expect(withdrawn).toBe(true);
    expect(client.connections.state(host)).toEqual({ kind: "disconnected" });
  });

  it("drops a stored password that is wrong and asks", async () => {
    const secrets = secretsInMemory({ [key]: "stale" });
    const user = person(["right"]);
    expect(await outcome(clientOf(user, secrets), host)).toBe(name);
    expect(user.questions).toHaveLength(1);
    expect([...secrets.all]).toEqual([]);
  });
});
