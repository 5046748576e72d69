import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe } from "vitest";
import { noAbort, testClient } from "./client";
import { runnerContract, type TransportUnderTest } from "./runnerContract";
import { type Sshd, withoutSshd } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

describe.skipIf(withoutSshd)(`one contract for every transport${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let systemSsh: BuiltSystemSsh;
  beforeAll(async () => {
    systemSsh = await buildSystemSsh();
  });
  afterAll(() => systemSsh.dispose());

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
