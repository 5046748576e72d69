import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { command, noAbort, testClient } from "./client";
import { makeNamespaces, type NamespaceRow, withoutNamespaces } from "./namespaces";
import { type Sshd, startSshd } from "./sshd";

const names = ["first", "second", "third", "gpu"];

describe.skipIf(withoutNamespaces)(
  `hosts in other networks${withoutNamespaces ? `: ${withoutNamespaces}` : ""}`,
  () => {
    let row: NamespaceRow;
    const servers: Sshd[] = [];
    let configFile: string;

    beforeAll(async () => {
      row = makeNamespaces(names.length);
      for (const place of row.places) servers.push(await startSshd({ place }));
      configFile = join(servers[0]?.folder ?? "", "row");
      const blocks = servers.flatMap((server, index) => [
        `Host ${names[index]}`,
        `  HostName ${server.address}`,
        `  Port ${server.port}`,
        `  User ${server.user}`,
        `  IdentityFile ${server.userKeyFile}`,
        `  UserKnownHostsFile ${server.knownHostsFile}`,
      ]);
      const jump = ["Host gpu", "  ProxyJump first,second,third"];
      await writeFile(configFile, [...jump, ...blocks, "Host *", "  IdentityAgent none"].join("\n"));
    });
    afterAll(async () => {
      for (const server of servers) await server.dispose();
      row.dispose();
    });

    it("are reached over three jump hosts, each of which only the one before it can reach", async () => {
      for (const name of ["second", "third"]) {
        const direct = testClient({ timeoutMs: 1_000 });
        const lease = direct.connections.acquire({ name, configFile });
        // What the network around this machine says to an address that is nobody's is its own business.
        await expect(lease.connected(noAbort)).rejects.toMatchObject({ problem: { host: name } });
        direct.connections.dispose();
      }
      for (const server of servers) expect(server.log()).not.toMatch(/Connection from/);
      const client = testClient();
      const lease = client.connections.acquire({ name: "gpu", configFile });
      const runner = await lease.connected(noAbort);
      const { stdout } = await runner.run(command(["sh", "-c", "echo $SSH_CONNECTION"]), noAbort);
      expect(stdout).toBe(`198.18.4.1 ${stdout.split(" ")[1]} ${servers[3]?.address} ${servers[3]?.port}\n`);
      const marks = servers.map((server) => server.log().length);
      client.connections.dispose();
      for (const [index, server] of servers.entries()) await server.says(/Disconnected from/, marks[index]);
    });
  },
);
