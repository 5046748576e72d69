import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { systemClock } from "../../src/core/clock";
import { silentLogger } from "../../src/core/logger";
import type { HostRef } from "../../src/core/ports";
import { resolveHost } from "../../src/ssh/config";
import { createCredentials } from "../../src/ssh/credentials";
import { knownHostsStore } from "../../src/ssh/knownHostsStore";
import { createLanes } from "../../src/ssh/lanes";
import { createLoginGate } from "../../src/ssh/loginGate";
import { connectSystem } from "../../src/ssh/system/connectSystem";
import { noAbort, person, secretsInMemory, testClient } from "./client";
import { runnerContract, type TransportUnderTest } from "./runnerContract";
import { type Sshd, withoutSshd } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

describe.skipIf(withoutSshd)(`one contract for every transport${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let systemSsh: BuiltSystemSsh;
  beforeAll(async () => {
    systemSsh = await buildSystemSsh();
  });
  const folders: string[] = [];
  afterAll(() => {
    systemSsh.dispose();
    for (const folder of folders) rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  });

  const transport = (name: "ssh2" | "system"): TransportUnderTest => ({
    async connect(server, port) {
      const client = testClient({ transport: name, systemSsh });
      const runner = await client.connections
        .acquire({ name: "box", configFile: configAt(server, port) })
        .connected(noAbort);
      return { runner, close: () => client.connections.dispose() };
    },
  });

  runnerContract("ssh2", transport("ssh2"));
  runnerContract("a master of the system's ssh", transport("system"));
  runnerContract("one shell of the system's ssh", {
    async connect(server, port) {
      const { request, route } = await loginTo({ name: "box", configFile: configAt(server, port) });
      const again = (signal: AbortSignal) => connectSystem({ ...request, signal }, route, "setting", false);
      const link = await again(noAbort);
      const runner = createLanes(link, { clock: systemClock, connectAgain: again });
      return {
        runner,
        close() {
          runner.close();
          link.close();
        },
      };
    },
  });

  /** What a connection needs, without the session around it, which would choose by the client's system. */
  async function loginTo(host: HostRef) {
    const storageDir = mkdtempSync(join(tmpdir(), "tensorline-mux-"));
    folders.push(storageDir);
    const client = { os: "linux", home: homedir(), user: userInfo().username, env: process.env } as const;
    const settings = {
      identityFiles: () => [],
      acceptNewHostKeys: () => false,
      connectTimeoutMs: () => 30_000,
    };
    const secrets = secretsInMemory();
    const prompts = person();
    const ports = { prompts, secrets, settings, clock: systemClock, log: silentLogger, random: () => 0 };
    const request = {
      host,
      deps: { client, storageDir, systemSsh, ...ports },
      prompts,
      credentials: createCredentials(secrets),
      store: knownHostsStore(join(storageDir, "known_hosts")),
      gate: createLoginGate(),
      onStep: () => {},
      signal: noAbort,
    };
    return { request, route: [{ host, options: await resolveHost(host, client, noAbort) }] };
  }
});

/** The server's own config for another port, under which its key is as well known. */
function configAt(server: Sshd, port: number): string {
  const file = join(server.folder, `config-${port}`);
  const lines = [
    "Host box",
    "HostName 127.0.0.1",
    `Port ${port}`,
    "HostKeyAlias box",
    `User ${server.user}`,
    `IdentityFile ${server.userKeyFile}`,
    "IdentitiesOnly yes",
    "IdentityAgent none",
    `UserKnownHostsFile ${join(server.folder, "known_by_alias")}`,
    "GlobalKnownHostsFile none",
  ];
  writeFileSync(
    join(server.folder, "known_by_alias"),
    server.hostKeys.map(({ publicKey }) => `box ${publicKey}\n`).join(""),
  );
  writeFileSync(file, `${lines.join("\n")}\n`);
  return file;
}
