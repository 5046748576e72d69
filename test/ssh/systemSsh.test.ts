import { execFileSync, spawn, spawnSync } from "node:child_process";
import { generateKeyPairSync } from "node:crypto";
import { chmodSync, existsSync, mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join, relative } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { until } from "../processes";
import {
  collector,
  command,
  echoScript,
  noAbort,
  type Person,
  person,
  secretsInMemory,
  type TestClient,
  testClient,
} from "./client";
import { startDropbear, withoutDropbear } from "./dropbear";
import { makeKey, readText, type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

const smartCard = "/usr/lib/softhsm/libsofthsm2.so";
const withoutSmartCard = existsSync(smartCard) ? undefined : `: no card made of software (Debian: softhsm2)`;

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.connections.dispose();
});

let systemSsh: BuiltSystemSsh;
beforeAll(async () => {
  systemSsh = await buildSystemSsh();
});
afterAll(() => systemSsh.dispose());

let written = 0;

/** A config of these options for `box`, which stands for the server; later lines give way to earlier ones. */
function hostWith(server: Sshd, options: readonly string[], login: readonly string[] = keyLogin(server)): HostRef {
  const configFile = join(server.folder, `system-${written++}`);
  const lines = [
    "Host box",
    ...options,
    "HostName 127.0.0.1",
    `Port ${server.port}`,
    `User ${server.user}`,
    ...login,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    `UserKnownHostsFile ${server.knownHostsFile}`,
    "GlobalKnownHostsFile none",
  ];
  writeFileSync(configFile, `${lines.join("\n")}\n`);
  return { name: "box", configFile };
}

const keyLogin = (server: Sshd) => [`IdentityFile ${server.userKeyFile}`];

interface Attempt {
  readonly outcome: unknown;
  readonly client: TestClient;
}

/** Connects; `outcome` is what the host answered to a command, or the problem. */
async function attempt(host: HostRef, options: Parameters<typeof testClient>[0] = {}): Promise<Attempt> {
  const client = testClient({ systemSsh, ...options });
  clients.push(client);
  const outcome = await client.connections
    .acquire(host)
    .connected(noAbort)
    .then(
      async (runner) => (await runner.run(command(["echo", "hello"]), noAbort)).stdout,
      (error: { problem: unknown }) => error.problem,
    );
  return { outcome, client };
}

const via = (client: TestClient) => client.states.findLast((state) => state.kind === "connected")?.systemSsh;

describe.skipIf(withoutSshd)(`what only the system's ssh can do${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const servers: Sshd[] = [];
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.dispose();
  });
  async function serverWith(...args: Parameters<typeof startSshd>): Promise<Sshd> {
    const server = await startSshd(...args);
    servers.push(server);
    return server;
  }

  it("logs in with a user certificate where nothing else is taken, found beside the key", async () => {
    const ca = await serverWith();
    const authority = makeKey(join(ca.folder, "user_ca"), "ed25519");
    const server = await serverWith({
      config: [`TrustedUserCAKeys ${authority.file}.pub`, "AuthorizedKeysFile none"],
    });
    const host = hostWith(server, []);
    const plain = await attempt(host);
    expect(plain.outcome).toMatchObject({ reason: "authenticationFailed", accepted: ["publickey"] });
    execFileSync("ssh-keygen", [
      "-q",
      "-s",
      authority.file,
      "-I",
      "test",
      "-n",
      server.user,
      `${server.userKeyFile}.pub`,
    ]);
    const { outcome, client } = await attempt(host);
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("certificate");
    expect(client.logged.join("\n")).toMatch(/through the system's ssh .*certificate/);
  });

  it("falls back to a certificate of the agent's that ssh2 does not see", async () => {
    const ca = await serverWith();
    const authority = makeKey(join(ca.folder, "user_ca"), "ed25519");
    const server = await serverWith({
      config: [`TrustedUserCAKeys ${authority.file}.pub`, "AuthorizedKeysFile none"],
    });
    const key = makeKey(join(ca.folder, "agent_key"), "ed25519");
    execFileSync("ssh-keygen", ["-q", "-s", authority.file, "-I", "test", "-n", server.user, `${key.file}.pub`]);
    const socket = join(ca.folder, "agent");
    const agent = spawn("ssh-agent", ["-D", "-a", socket], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => agent.stdout.once("data", resolve));
    const added = spawnSync("ssh-add", ["-q", key.file], { env: { ...process.env, SSH_AUTH_SOCK: socket } });
    expect(added.status).toBe(0);
    const host = hostWith(server, [`IdentityAgent ${socket}`, "IdentitiesOnly no"]);
    const { outcome, client } = await attempt(host);
    agent.kill();
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("certificate");
    expect(server.log()).toMatch(/Failed publickey|Connection closed by authenticating user/);
  });

  it("trusts a host certificate by its authority, asking nobody", async () => {
    const scratch = await serverWith();
    const authority = makeKey(join(scratch.folder, "host_ca"), "ed25519");
    const hostKey = join(scratch.folder, "certified");
    const certified = makeKey(hostKey, "ed25519");
    execFileSync("ssh-keygen", [
      "-q",
      "-s",
      authority.file,
      "-h",
      "-I",
      "host",
      "-n",
      "127.0.0.1",
      `${certified.file}.pub`,
    ]);
    const server = await serverWith({ config: [`HostKey ${hostKey}`, `HostCertificate ${hostKey}-cert.pub`] });
    const known = join(server.folder, "authorities");
    writeFileSync(known, `@cert-authority [127.0.0.1]:${server.port} ${authority.publicKey}\n`);
    const { outcome, client } = await attempt(hostWith(server, [`UserKnownHostsFile ${known}`]));
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("host certificate");
    expect(existsSync(join(client.storageDir, "known_hosts"))).toBe(false);
  });

  it("connects to a server that exchanges keys in a way ssh2 does not know", async () => {
    const server = await serverWith({ config: ["KexAlgorithms sntrup761x25519-sha512@openssh.com"] });
    const { outcome, client } = await attempt(hostWith(server, []));
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("key exchange");
  });

  it("refuses a key that a file of revoked keys names", async () => {
    const server = await serverWith();
    const revoked = join(server.folder, "revoked");
    writeFileSync(revoked, "");
    const fine = await attempt(hostWith(server, [`RevokedHostKeys ${revoked}`]));
    expect(fine.outcome).toBe("hello\n");
    expect(via(fine.client)).toBe("revoked host keys");
    writeFileSync(revoked, `${server.hostKeys[0]?.publicKey}\n`);
    const { outcome } = await attempt(hostWith(server, [`RevokedHostKeys ${revoked}`]));
    expect(outcome).toMatchObject({ reason: "hostKeyRevoked", host: "box", keyType: "ssh-ed25519", file: revoked });
  });

  it("knows a host through KnownHostsCommand", async () => {
    const server = await serverWith();
    const options = [`KnownHostsCommand /bin/cat ${server.knownHostsFile}`, "UserKnownHostsFile /dev/null"];
    const { outcome, client } = await attempt(hostWith(server, options));
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("known hosts command");
  });

  it.skipIf(withoutSmartCard)(`logs in with a smart card and its PIN${withoutSmartCard ?? ""}`, async () => {
    const server = await serverWith();
    const file = (name: string) => join(server.folder, name);
    mkdirSync(file("tokens"));
    writeFileSync(file("softhsm"), `directories.tokendir = ${file("tokens")}\nobjectstore.backend = file\n`);
    const env = { ...process.env, SOFTHSM2_CONF: file("softhsm") };
    const softhsm = (...args: string[]) => execFileSync("softhsm2-util", args, { env, stdio: "ignore" });
    const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
    writeFileSync(file("card.pem"), privateKey.export({ type: "pkcs8", format: "pem" }), { mode: 0o600 });
    softhsm("--init-token", "--free", "--label", "card", "--so-pin", "12345678", "--pin", "5678");
    softhsm("--import", file("card.pem"), "--token", "card", "--label", "key", "--id", "01", "--pin", "5678");
    writeFileSync(file("authorized_keys"), execFileSync("ssh-keygen", ["-D", smartCard], { env }));
    const facts = { os: "linux", home: server.folder, user: server.user, env } as const;
    const prompts = person(["5678"]);
    const host = hostWith(server, [`PKCS11Provider ${smartCard}`, "IdentitiesOnly no"], ["IdentityFile none"]);
    const { outcome, client } = await attempt(host, { client: facts, prompts });
    expect(outcome).toBe("hello\n");
    expect(via(client)).toBe("smart card");
    expect(prompts.questions).toMatchObject([{ secret: true, rememberable: false, detail: "Enter PIN for 'card':" }]);
  });

  it("opens another connection where the server allows one session on each", async () => {
    const server = await serverWith({ config: ["MaxSessions 1"] });
    const client = testClient({ systemSsh, transport: "system" });
    clients.push(client);
    const runner = await client.connections.acquire(hostWith(server, [])).connected(noAbort);
    const sink = collector();
    const stream = await runner.stream(
      { what: "echo", script: echoScript, parameters: [], deadlineMs: 30_000 },
      sink,
      noAbort,
    );
    expect((await runner.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
    expect(runner.capabilities.parallel).toBe(false);
    stream.writeLine("still here");
    await sink.says("line <still here>");
  });

  it("says what is missing where there is no ssh", async () => {
    const server = await serverWith();
    const { configFile } = hostWith(server, []);
    const home = { os: "linux", home: server.folder, user: server.user, env: { PATH: "/nonexistent" } } as const;
    const { outcome } = await attempt(
      { name: "box", configFile: configFile ?? "" },
      { client: home, transport: "system" },
    );
    expect(outcome).toEqual({ reason: "systemSshMissing", host: "box", need: "setting" });
  });
});

describe.skipIf(withoutSshd)(`the system's ssh and its questions${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd();
  });
  afterAll(() => server.dispose());
  const throughSystem = (host: HostRef, prompts: Person, more: Parameters<typeof testClient>[0] = {}) =>
    attempt(host, { transport: "system", prompts, ...more });

  it("opens an encrypted key with the passphrase that is asked for, and does not ask again", async () => {
    const key = makeKey(join(server.folder, "locked"), "ed25519", "open sesame");
    const mine = await startSshd({ config: [`AuthorizedKeysFile ${key.file}.pub`] });
    const host = hostWith(mine, [], [`IdentityFile ${key.file}`]);
    const user = person(["wrong", { text: "open sesame", remember: true }]);
    const secrets = secretsInMemory();
    const first = await throughSystem(host, user, { secrets });
    expect(first.outcome).toBe("hello\n");
    expect(user.questions).toHaveLength(2);
    expect(user.questions[0]).toMatchObject({ title: `Passphrase for ${key.file}, to log in to box`, secret: true });
    expect([...secrets.all.values()]).toEqual(["open sesame"]);
    expect(first.client.states.some((state) => state.kind === "needsYou")).toBe(true);
    const nobody = person();
    expect((await throughSystem(host, nobody, { secrets })).outcome).toBe("hello\n");
    expect(nobody.questions).toEqual([]);
    await mine.dispose();
  });

  it("asks about an unknown key, remembers it in its own file, and leaves the user's alone", async () => {
    const known = join(server.folder, "nothing_known");
    const host = hostWith(server, [`UserKnownHostsFile ${known}`]);
    const user = person([true]);
    const { outcome, client } = await throughSystem(host, user);
    expect(outcome).toBe("hello\n");
    expect(user.questions).toEqual([
      {
        host: "box",
        hostname: "127.0.0.1",
        port: server.port,
        keyType: "ssh-ed25519",
        fingerprint: execFileSync("ssh-keygen", ["-lf", `${server.hostKeys[0]?.file}.pub`], { encoding: "utf8" }).split(
          " ",
        )[1],
        knownTypes: [],
      },
    ]);
    expect(existsSync(known)).toBe(false);
    const own = join(client.storageDir, "known_hosts");
    expect(await readText(own)).toBe(`[127.0.0.1]:${server.port} ${server.hostKeys[0]?.publicKey}\n`);
    const again = await throughSystem(host, person(), { storageDir: client.storageDir });
    expect(again.outcome).toBe("hello\n");
    expect((await throughSystem(host, person([false]))).outcome).toEqual({ reason: "cancelled" });
    const yes = hostWith(server, ["StrictHostKeyChecking yes", `UserKnownHostsFile ${known}`]);
    expect((await throughSystem(yes, person())).outcome).toMatchObject({
      reason: "hostKeyUnknown",
      keyType: "ssh-ed25519",
      fingerprint: expect.stringMatching(/^SHA256:/),
    });
  });

  it("refuses a changed key though the config says that keys are not checked", async () => {
    const other = makeKey(join(server.folder, `other${written++}`), "ed25519");
    const known = join(server.folder, `changed${written++}`);
    writeFileSync(known, `[127.0.0.1]:${server.port} ${other.publicKey}\n`);
    for (const checking of ["no", "off", "accept-new", "ask"]) {
      const options = [`StrictHostKeyChecking ${checking}`, `UserKnownHostsFile ${known}`];
      const { outcome } = await throughSystem(hostWith(server, options), person([true]));
      expect(outcome).toMatchObject({
        reason: "hostKeyChanged",
        keyType: "ssh-ed25519",
        offered: expect.stringMatching(/^SHA256:/),
        known: expect.stringMatching(/^SHA256:/),
        file: known,
        line: 1,
        own: false,
        entry: `[127.0.0.1]:${server.port}`,
      });
    }
  });

  it("refuses a changed key at a jump though the config says that keys are not checked", async () => {
    const other = makeKey(join(server.folder, `other${written++}`), "ed25519");
    const known = join(server.folder, `changed${written++}`);
    writeFileSync(known, `[127.0.0.1]:${server.port} ${other.publicKey}\n`);
    const before = server.log().length;
    const target = hostWith(server, ["ProxyJump hop"]);
    const hop = ["Host hop", "HostName 127.0.0.1", `Port ${server.port}`, "StrictHostKeyChecking no"];
    const config = [
      ...hop,
      ...keyLogin(server),
      `UserKnownHostsFile ${known}`,
      "",
      await readText(target.configFile ?? ""),
    ];
    writeFileSync(target.configFile ?? "", config.join("\n"));
    const { outcome } = await throughSystem(target, person([true]));
    expect(outcome).toMatchObject({ reason: "hostKeyChanged", file: known });
    expect(server.log().slice(before)).not.toMatch(/Accepted|Postponed/);
    writeFileSync(known, `[127.0.0.1]:${server.port} ${server.hostKeys[0]?.publicKey}\n`);
    expect((await throughSystem(target, person())).outcome).toBe("hello\n");
  });

  it("refuses a file of known hosts that cannot be read, as it may hold a revocation", async () => {
    const host = hostWith(server, [`UserKnownHostsFile ${server.folder}`]);
    expect((await throughSystem(host, person())).outcome).toMatchObject({ reason: "knownHostsUnreadable" });
  });

  it("asks nobody where nobody may be asked, and leaves nothing behind", async () => {
    const host = hostWith(server, ["UserKnownHostsFile /dev/null"]);
    const client = testClient({ systemSsh, transport: "system", prompts: person([true]) });
    clients.push(client);
    const quiet = client.connections.acquire(host, { quiet: true });
    await expect(quiet.connected(noAbort)).rejects.toMatchObject({ problem: { reason: "hostKeyUnknown" } });
    expect(readdirSync(client.storageDir).filter((name) => name.startsWith("askpass"))).toEqual([]);
  });

  it("takes a named config as ssh -F does, whoever may write it, and names it where it is wrong", async () => {
    const { configFile = "" } = hostWith(server, []);
    chmodSync(configFile, 0o666);
    const cwd = relative(process.cwd(), configFile);
    expect((await throughSystem({ name: "box", configFile: cwd }, person())).outcome).toBe("hello\n");
    writeFileSync(configFile, `Nonsense yes\n${await readText(configFile)}`);
    expect((await throughSystem({ name: "box", configFile }, person())).outcome).toMatchObject({
      reason: "configUnreadable",
      file: configFile,
    });
  });

  it("gives up with the network's reason", async () => {
    const closed = hostWith(server, ["Port 1"]);
    expect((await throughSystem(closed, person())).outcome).toEqual({
      reason: "connectionRefused",
      host: "box",
      port: 1,
    });
    const lost = hostWith(server, ["HostName no-such-host.invalid"]);
    expect((await throughSystem(lost, person())).outcome).toMatchObject({ reason: "hostNotFound" });
    const refused = hostWith(server, [], [`IdentityFile ${makeKey(join(server.folder, "nobodys"), "ed25519").file}`]);
    expect((await throughSystem(refused, person())).outcome).toMatchObject({
      reason: "authenticationFailed",
      user: server.user,
      tried: [`key ${join(server.folder, "nobodys")}`],
      accepted: ["publickey"],
    });
  });
});

describe.skipIf(withoutUsers)(`passwords through the system's ssh${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    const config = ["PasswordAuthentication yes", "PubkeyAuthentication no"];
    server = await startSshd({ config, users: [{ password: "right", shell: "/bin/sh" }] });
  });
  afterAll(() => server.dispose());

  it("asks for it, offers a remembered one once, and forgets a wrong one", async () => {
    const user = server.users[0]?.name ?? "";
    const host = hostWith(server, [`User ${user}`]);
    const secrets = secretsInMemory({ [`password ${user}@127.0.0.1:${server.port}`]: "stale" });
    const prompts = person(["wrong", { text: "right", remember: true }]);
    const { outcome } = await attempt(host, { transport: "system", prompts, secrets });
    expect(outcome).toBe("hello\n");
    expect(prompts.questions).toHaveLength(2);
    expect(prompts.questions[0]).toMatchObject({ title: `Password for ${user}@box`, secret: true, rememberable: true });
    expect([...secrets.all.values()]).toEqual(["right"]);
    const nobody = person();
    expect((await attempt(host, { transport: "system", prompts: nobody, secrets })).outcome).toBe("hello\n");
    expect(nobody.questions).toEqual([]);
    const declined = await attempt(host, { transport: "system", prompts: person() });
    expect(declined.outcome).toEqual({ reason: "cancelled" });
  });
});

describe.skipIf(withoutDropbear)(
  `dropbear through the system's ssh${withoutDropbear ? `: ${withoutDropbear}` : ""}`,
  () => {
    it("connects as typed, streams, and kills what is late", async () => {
      const server = await startSshd({ users: [{ password: "pw" }] });
      const user = server.users[0]?.name ?? "";
      const { port, stop } = await startDropbear(server.folder);
      const client = testClient({ systemSsh, transport: "system", acceptNew: true, prompts: person(["pw"]) });
      try {
        const host = { name: `${user}@127.0.0.1:${port}`, configFile: "/dev/null" };
        const runner = await client.connections.acquire(host).connected(noAbort);
        const sink = collector();
        const stream = await runner.stream(
          { what: "echo", script: echoScript, parameters: ["p"], deadlineMs: 30_000 },
          sink,
          noAbort,
        );
        stream.writeLine("q");
        await sink.says("line <q>");
        const late = runner.run(command(["sleep", "297"], { deadlineMs: 700 }), noAbort);
        await expect(late).rejects.toMatchObject({ problem: { reason: "deadline" } });
        const left = () => spawnSync("pgrep", ["-u", user, "-f", "sleep 297"], { encoding: "utf8" }).stdout;
        await until(() => left() === "");
        expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
      } finally {
        client.connections.dispose();
        await stop();
        await server.dispose();
      }
    });
  },
);
