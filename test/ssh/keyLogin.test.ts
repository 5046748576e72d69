import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, readFileSync, statSync, writeFileSync } from "node:fs";
import { readFile, stat } from "node:fs/promises";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import type { ConnectionsDeps } from "../../src/core/connections";
import { authorizedKeys } from "../../src/core/keyLogin/authorizedKeys";
import type { ClientKey } from "../../src/core/keyLogin/clientKeys";
import { setUpKeyLogin } from "../../src/core/keyLogin/keyLogin";
import { silentLogger } from "../../src/core/logger";
import type { HostRef } from "../../src/core/ports";
import type { Runner } from "../../src/core/remote";
import { createClientKeys, createConnections } from "../../src/ssh";
import { noAbort, person, secretsInMemory } from "./client";
import { type Sshd, startSshd, withoutUsers } from "./sshd";

const password = "wordpass 1";
const shells = ["/bin/sh", "/usr/bin/fish", "/usr/bin/tcsh"].filter((shell) => existsSync(shell));
const name = withoutUsers === undefined ? "" : ` (${withoutUsers})`;

describe.skipIf(withoutUsers)(`setting up a log-in by key${name}`, () => {
  let server: Sshd;
  let closing: (() => void)[] = [];

  beforeAll(async () => {
    server = await startSshd({
      config: ["AuthorizedKeysFile .ssh/authorized_keys", "StrictModes yes", "PasswordAuthentication yes"],
      users: [...shells.map((shell) => ({ shell, password })), ...Array.from({ length: 5 }, () => ({ password }))],
    });
  });
  afterAll(async () => {
    for (const close of closing) close();
    closing = [];
    await server.dispose();
  });

  /** A client whose ssh config names a key that is not there yet. */
  function clientFor(index: number) {
    const user = server.users[index];
    if (!user) throw new Error("no such user");
    const keyFile = join(server.folder, `client${index}`, "id_lab");
    const configFile = join(server.folder, `client${index}.conf`);
    writeFileSync(
      configFile,
      `Host lab\n  HostName 127.0.0.1\n  Port ${server.port}\n  User ${user.name}\n  IdentityFile ${keyFile}\n  IdentityAgent none\n  UserKnownHostsFile ${server.knownHostsFile}\n  GlobalKnownHostsFile none\n`,
    );
    const host: HostRef = { name: "lab", configFile };
    const deps = depsIn(join(server.folder, `storage${index}`));
    const connections = createConnections(deps);
    closing.push(() => connections.dispose());
    const keys = createClientKeys(deps);
    const remote = (path: string) => join(user.home, path);
    return { user, host, keyFile, keys, remote, runner: () => connections.acquire(host).connected(noAbort) };
  }

  async function madeKey(client: ReturnType<typeof clientFor>, passphrase = ""): Promise<ClientKey> {
    const { newFile } = await client.keys.choice(client.host, noAbort);
    expect(newFile).toBe(client.keyFile);
    return client.keys.make(client.keyFile, passphrase, "ada@laptop");
  }

  const install = (client: ReturnType<typeof clientFor>, key: ClientKey, runner: Runner, passphrase?: string) =>
    setUpKeyLogin({ host: client.host, key, runner, keys: client.keys, passphrase, signal: noAbort });

  it.each(shells.map((shell, index) => [shell, index] as const))(
    "%s: a new key is made, added once, proven, and can be taken away",
    async (_shell, index) => {
      const client = clientFor(index);
      const key = await madeKey(client);
      expect((await stat(key.file)).mode & 0o777).toBe(0o600);
      const runner = await client.runner();
      const look = await runner.run(authorizedKeys("lab", "look", key.line), noAbort);
      expect(look).toMatchObject({ outcome: "absent", path: client.remote(".ssh/authorized_keys") });
      expect(existsSync(client.remote(".ssh"))).toBe(false);
      expect(await install(client, key, runner)).toMatchObject({ added: true, wantsMore: false });
      expect(statSync(client.remote(".ssh")).mode & 0o777).toBe(0o700);
      expect(statSync(client.remote(".ssh/authorized_keys")).mode & 0o777).toBe(0o600);
      expect(readFileSync(client.remote(".ssh/authorized_keys"), "utf8")).toBe(`${key.line}\n`);
      expect(await install(client, key, runner)).toMatchObject({ added: false, wantsMore: false });
      expect(readFileSync(client.remote(".ssh/authorized_keys"), "utf8")).toBe(`${key.line}\n`);
      await runner.run(authorizedKeys("lab", "remove", key.line), noAbort);
      expect(readFileSync(client.remote(".ssh/authorized_keys"), "utf8")).toBe("");
      await expect(client.keys.prove(client.host, key, undefined, noAbort)).rejects.toMatchObject({
        problem: { reason: "authenticationFailed" },
      });
    },
  );

  it("other lines stay as they are, also without a last line end, and the file keeps its mode", async () => {
    const client = clientFor(shells.length);
    const key = await madeKey(client);
    const file = client.remote(".ssh/authorized_keys");
    const others = `# ${key.line}\n\nfrom="10.0.0.1" ssh-ed25519 AAAAC3NzaC1lZDI1NTE5AAAAIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIIII bob's`;
    asUser(client.user.name, [
      "sh",
      "-c",
      `mkdir -m 700 "$1" && printf %s "$2" >"$1/authorized_keys"`,
      "sh",
      client.remote(".ssh"),
      others,
    ]);
    chmodSync(file, 0o640);
    const runner = await client.runner();
    expect(await install(client, key, runner)).toMatchObject({ added: true });
    expect(readFileSync(file, "utf8")).toBe(`${others}\n${key.line}\n`);
    await runner.run(authorizedKeys("lab", "remove", key.line), noAbort);
    expect(readFileSync(file, "utf8")).toBe(`${others}\n`);
    expect(statSync(file).mode & 0o777).toBe(0o640);
    expect(execFileSync("ls", [client.remote(".ssh")], { encoding: "utf8" })).toBe("authorized_keys\n");
  });

  it("a home folder that cannot be written says so, and why", async () => {
    const client = clientFor(shells.length + 1);
    const key = await madeKey(client);
    chownSync(client.user.home, 0, 0);
    const runner = await client.runner();
    await expect(install(client, key, runner)).rejects.toMatchObject({
      problem: { reason: "keyNotInstalled", host: "lab", path: client.remote(".ssh"), detail: "Permission denied" },
    });
  });

  it("a home folder that others may write to is named, because sshd then trusts no key", async () => {
    const client = clientFor(shells.length + 2);
    const key = await madeKey(client);
    chmodSync(client.user.home, 0o777);
    const runner = await client.runner();
    await expect(install(client, key, runner)).rejects.toMatchObject({
      problem: { reason: "installedKeyRefused", loose: { path: client.user.home, mode: "drwxrwxrwx" } },
    });
  });

  it("a passphrase locks the key file, is asked for nowhere while the key is new, and ssh-keygen can read the file", async () => {
    const client = clientFor(shells.length + 3);
    const key = await madeKey(client, "a long phrase");
    expect(key.encrypted).toBe(true);
    const runner = await client.runner();
    expect(await install(client, key, runner, "a long phrase")).toMatchObject({ added: true });
    const shown = execFileSync("ssh-keygen", ["-y", "-P", "a long phrase", "-f", key.file], { encoding: "utf8" });
    expect(shown.split(" ").slice(0, 2)).toEqual(key.line.split(" ").slice(0, 2));
    expect(() => execFileSync("ssh-keygen", ["-y", "-P", "wrong", "-f", key.file], { stdio: "pipe" })).toThrow();
    const fingerprint = execFileSync("ssh-keygen", ["-lf", `${key.file}.pub`], { encoding: "utf8" });
    expect(fingerprint).toContain(key.fingerprint);
    const { keys, newFile } = await client.keys.choice(client.host, noAbort);
    expect(keys).toMatchObject([{ file: key.file, fingerprint: key.fingerprint, encrypted: true, line: key.line }]);
    expect(newFile).toBeUndefined();
    await expect(client.keys.make(key.file, "", "x")).rejects.toMatchObject({ problem: { reason: "keyFileUnusable" } });
    expect(await readFile(key.file, "utf8")).toContain("OPENSSH PRIVATE KEY");
  });

  it("a proof is a log-in with this key alone: neither another key nor the password helps", async () => {
    const client = clientFor(shells.length + 4);
    const key = await madeKey(client);
    const before = server.log().length;
    await expect(client.keys.prove(client.host, key, undefined, noAbort)).rejects.toMatchObject({
      problem: { reason: "authenticationFailed", tried: [`key ${key.file}`] },
    });
    expect((await server.ended(before)).log).not.toMatch(/password for/);
  });
});

describe.skipIf(withoutUsers)(`a host that takes no keys${name}`, () => {
  it("is told apart from a key that it refuses", async () => {
    const server = await startSshd({
      config: ["PubkeyAuthentication no", "PasswordAuthentication yes"],
      users: [{ password }],
    });
    try {
      const deps = depsIn(join(server.folder, "storage"));
      const host = { name: "box0", configFile: server.configFile };
      const connections = createConnections(deps);
      const keys = createClientKeys(deps);
      const [key] = (await keys.choice(host, noAbort)).keys;
      if (!key) throw new Error("the config names a key");
      const runner = await connections.acquire(host).connected(noAbort);
      await expect(setUpKeyLogin({ host, key, runner, keys, signal: noAbort })).rejects.toMatchObject({
        problem: { reason: "keysNotAccepted", accepted: ["password"] },
      });
      connections.dispose();
    } finally {
      await server.dispose();
    }
  });
});

/** A client whose person knows the password. */
function depsIn(storageDir: string): ConnectionsDeps {
  return {
    client: { os: "linux", home: homedir(), user: userInfo().username, env: process.env },
    storageDir,
    prompts: person([password]),
    secrets: secretsInMemory(),
    settings: { identityFiles: () => [], acceptNewHostKeys: () => false, connectTimeoutMs: () => 30_000 },
    clock: systemClock,
    log: silentLogger,
    random: () => 0,
  };
}

function asUser(user: string, argv: readonly string[]): void {
  execFileSync("setpriv", [`--reuid=${user}`, "--clear-groups", ...argv], { stdio: "inherit" });
}
