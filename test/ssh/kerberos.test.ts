import { type ChildProcess, execFileSync, spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { connect } from "node:net";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, noAbort, person, testClient } from "./client";
import { freePort, type Sshd, startSshd, stopProcess, withoutSshd } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

const tools = ["/usr/sbin/krb5kdc", "/usr/sbin/kdb5_util", "/usr/sbin/kadmin.local", "/usr/bin/kinit"];
const withoutKerberos =
  withoutSshd ??
  (tools.every((tool) => existsSync(tool))
    ? undefined
    : "no Kerberos (Debian: krb5-kdc, krb5-admin-server, krb5-user)");

const realm = "TENSORLINE.INVALID";

/** A realm on loopback with a ticket for the user who runs the tests. */
interface Realm {
  readonly environment: Readonly<Record<string, string>>;
  readonly keytab: string;
  readonly tickets: string;
  dispose(): Promise<void>;
}

async function startRealm(user: string): Promise<Realm> {
  const folder = mkdtempSync(join(tmpdir(), "tensorline-realm-"));
  const file = (name: string) => join(folder, name);
  const port = await freePort();
  const client = [
    "[libdefaults]",
    ` default_realm = ${realm}`,
    " dns_lookup_kdc = false",
    " dns_canonicalize_hostname = false",
    " rdns = false",
    " udp_preference_limit = 1",
    "[realms]",
    ` ${realm} = {`,
    `  kdc = 127.0.0.1:${port}`,
    " }",
    "[domain_realm]",
    ` localhost = ${realm}`,
  ];
  writeFileSync(file("krb5.conf"), `${client.join("\n")}\n`);
  const server = [
    "[kdcdefaults]",
    ` kdc_listen = 127.0.0.1:${port}`,
    ` kdc_tcp_listen = 127.0.0.1:${port}`,
    "[realms]",
    ` ${realm} = {`,
    `  database_name = ${file("principals")}`,
    `  key_stash_file = ${file("stash")}`,
    " }",
  ];
  writeFileSync(file("kdc.conf"), `${server.join("\n")}\n`);
  const environment = { KRB5_CONFIG: file("krb5.conf"), KRB5_KDC_PROFILE: file("kdc.conf") };
  const env = { ...process.env, ...environment };
  execFileSync("/usr/sbin/kdb5_util", ["create", "-s", "-P", "master", "-r", realm], { env, stdio: "ignore" });
  for (const query of [
    `addprinc -pw ticket ${user}`,
    "addprinc -randkey host/localhost",
    `ktadd -k ${file("keytab")} host/localhost`,
  ]) {
    execFileSync("/usr/sbin/kadmin.local", ["-q", query], { env, stdio: "ignore" });
  }
  const kdc = spawn("/usr/sbin/krb5kdc", ["-n"], { env, stdio: "ignore" });
  await answers(kdc, port);
  const tickets = `FILE:${file("tickets")}`;
  execFileSync("kinit", ["-c", tickets, `${user}@${realm}`], {
    env,
    input: "ticket\n",
    stdio: ["pipe", "ignore", "ignore"],
  });
  return {
    environment,
    keytab: file("keytab"),
    tickets,
    async dispose() {
      await stopProcess(kdc);
      rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
    },
  };
}

/** Resolves once a service takes connections. It says so nowhere: only trying helps. */
async function answers(service: ChildProcess, port: number): Promise<void> {
  for (;;) {
    if (service.exitCode !== null) throw new Error("the service did not start");
    const connected = await new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => resolve(true));
      socket.once("error", () => resolve(false));
      socket.once("connect", () => socket.destroy());
    });
    if (connected) return;
  }
}

describe.skipIf(withoutKerberos)(`Kerberos${withoutKerberos ? `: ${withoutKerberos}` : ""}`, () => {
  let systemSsh: BuiltSystemSsh;
  let tickets: Realm;
  let server: Sshd;
  beforeAll(async () => {
    systemSsh = await buildSystemSsh();
    tickets = await startRealm(userInfo().username);
    server = await startSshd({
      config: ["GSSAPIAuthentication yes", "GSSAPIStrictAcceptorCheck no", "PubkeyAuthentication no"],
      serverEnvironment: { ...tickets.environment, KRB5_KTNAME: tickets.keytab },
    });
  });
  afterAll(async () => {
    systemSsh.dispose();
    await server.dispose();
    await tickets.dispose();
  });

  async function connectWith(options: readonly string[]) {
    const configFile = join(server.folder, `kerberos${options.length}`);
    const known = join(server.folder, "localhost_known");
    writeFileSync(known, `[localhost]:${server.port} ${server.hostKeys[0]?.publicKey}\n`);
    const lines = [
      "Host box",
      "HostName localhost",
      "AddressFamily inet",
      `Port ${server.port}`,
      `User ${server.user}`,
    ];
    const more = [`UserKnownHostsFile ${known}`, "IdentityFile none", "IdentityAgent none"];
    writeFileSync(configFile, `${[...lines, ...options, ...more].join("\n")}\n`);
    const env = { ...process.env, ...tickets.environment, KRB5CCNAME: tickets.tickets };
    const facts = { os: "linux", home: homedir(), user: userInfo().username, env } as const;
    const client = testClient({ systemSsh, client: facts, prompts: person() });
    const outcome = await client.connections
      .acquire({ name: "box", configFile })
      .connected(noAbort)
      .then(
        async (runner) => (await runner.run(command(["echo", "hello"]), noAbort)).stdout,
        (error: { problem: unknown }) => error.problem,
      );
    const connected = client.states.find((state) => state.kind === "connected");
    client.connections.dispose();
    return { outcome, connected };
  }

  it("logs in with a ticket where the config asks for it, and says so", async () => {
    const { outcome, connected } = await connectWith(["GSSAPIAuthentication yes"]);
    expect(outcome).toBe("hello\n");
    expect(connected).toMatchObject({ systemSsh: "Kerberos" });
  });

  it("does not where the config does not", async () => {
    const { outcome } = await connectWith([]);
    expect(outcome).toMatchObject({
      reason: "authenticationFailed",
      accepted: expect.arrayContaining(["gssapi-with-mic"]),
    });
  });
});
