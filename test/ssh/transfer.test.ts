import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostLease } from "../../src/core/connections";
import type { HostRef } from "../../src/core/ports";
import type { TransferOptions, TransferResult } from "../../src/core/transfer/transfer";
import { leftovers, newFolder, readTree, transfers, writeTree } from "../shell/transferHost";
import { noAbort, type TestClient, testClient } from "./client";
import { type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const mib = 1024 * 1024;
const cleanups: (() => unknown)[] = [];
afterEach(async () => {
  for (const clean of cleanups.splice(0).reverse()) await clean();
});

function connect(host: HostRef): { client: TestClient; lease: HostLease } {
  const client = testClient();
  const lease = client.connections.acquire(host);
  cleanups.push(() => client.connections.dispose());
  return { client, lease };
}

/** Rising bytes, so that a part in the wrong place shows. */
function pattern(size: number): Buffer {
  const data = Buffer.allocUnsafe(size);
  for (let at = 0; at + 4 <= size; at += 4) data.writeUInt32LE(at, at);
  return data;
}

describe.skipIf(withoutSshd !== undefined)(
  `files over a connection that is lost (${withoutSshd ?? "real sshd"})`,
  () => {
    let server: Sshd;
    let relay: Relay;
    let host: HostRef;
    beforeAll(async () => {
      server = await startSshd();
      relay = await startRelay(server.port);
      const file = join(server.folder, "relayed");
      writeFileSync(`${file}.known`, `[127.0.0.1]:${relay.port} ${server.hostKeys[0]?.publicKey}\n`);
      writeFileSync(
        file,
        `Host cut\n HostName 127.0.0.1\n Port ${relay.port}\n User ${server.user}\n IdentityFile ${server.userKeyFile}\n` +
          ` IdentityAgent none\n UserKnownHostsFile ${file}.known\n`,
      );
      host = { name: "cut", configFile: file };
    });
    afterAll(async () => {
      await relay.dispose();
      await server.dispose();
    });

    const size = (process.env.TENSORLINE_FULL === "1" ? 64 : 40) * mib;
    const big = { total: size, files: { "sub/big.bin": { text: pattern(size) } } };
    const smallCount = 400;
    const small = {
      total: smallCount * 50_000,
      files: Object.fromEntries(
        Array.from({ length: smallCount }, (_, index) => [`d${index % 7}/f${index}`, { text: pattern(50_000) }]),
      ),
    };

    /** Runs a transfer until its half, hangs up, and runs it again. */
    async function cutAndResume(
      total: number,
      run: (lease: HostLease, options: TransferOptions) => Promise<TransferResult>,
    ): Promise<{ before: number; after: TransferResult }> {
      const { lease } = connect(host);
      let before = 0;
      const first = run(lease, {
        signal: noAbort,
        onProgress({ doneBytes }) {
          before = doneBytes;
          if (doneBytes > total / 2) relay.cut();
        },
      });
      await expect(first).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
      return { before, after: await run(lease, { signal: noAbort }) };
    }

    it.each([
      ["one big file", big],
      ["many small files", small],
    ])("sends only the rest of %s", async (_name, { total, files }) => {
      const [from, to] = [newFolder(), newFolder()];
      writeTree(from, files);
      const { after } = await cutAndResume(total, async (lease, options) =>
        transfers.upload(await lease.connected(noAbort), { from, to: join(to, "x") }, options),
      );
      expect(after.bytes).toBeGreaterThan(0);
      // What was on its way when the connection was cut may have to go again.
      expect(after.bytes).toBeLessThan(total / 2 + 8 * mib);
      expect(readTree(join(to, "x"))).toEqual(readTree(from));
      expect(leftovers(to)).toEqual([]);
    });

    it.each([
      ["one big file", big],
      ["many small files", small],
    ])("receives only the rest of %s", async (_name, { total, files }) => {
      const [from, to] = [newFolder(), newFolder()];
      writeTree(from, files);
      const { after } = await cutAndResume(total, async (lease, options) =>
        transfers.download(await lease.connected(noAbort), { from, to: join(to, "x") }, options),
      );
      expect(after.bytes).toBeGreaterThan(0);
      expect(after.bytes).toBeLessThan(total / 2 + 16 * mib);
      expect(readTree(join(to, "x"))).toEqual(readTree(from));
      expect(leftovers(to)).toEqual([]);
    });

    it("begins anew when the file here has changed since", async () => {
      const [from, to] = [newFolder(), newFolder()];
      writeTree(from, big.files);
      let changed = false;
      const { after } = await cutAndResume(big.total, async (lease, options) => {
        const runner = await lease.connected(noAbort);
        if (changed) writeTree(from, { "sub/big.bin": { text: pattern(big.total).reverse(), mtime: 1_700_000_100 } });
        changed = true;
        return transfers.upload(runner, { from, to }, options);
      });
      expect(after.bytes).toBe(big.total);
      expect(readTree(to)).toEqual(readTree(from));
    });

    it("takes over from an upload whose client is frozen: its half-written part is not mixed up", async () => {
      const [from, to] = [newFolder(), newFolder()];
      writeTree(from, big.files);
      const frozen = connect(host);
      let tellFrozen = () => {};
      const isFrozen = new Promise<void>((resolve) => {
        tellFrozen = resolve;
      });
      const stuck = transfers.upload(
        await frozen.lease.connected(noAbort),
        { from, to },
        {
          signal: noAbort,
          onProgress({ doneBytes }) {
            if (doneBytes < big.total / 2) return;
            relay.freeze();
            tellFrozen();
          },
        },
      );
      const ending = expect(stuck).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
      await isFrozen;
      const { lease } = connect({ name: "box", configFile: server.configFile });
      const result = await transfers.upload(await lease.connected(noAbort), { from, to }, { signal: noAbort });
      expect(result.bytes).toBeLessThan(big.total / 2 + 8 * mib);
      expect(readFileSync(join(to, "sub/big.bin")).equals(pattern(big.total))).toBe(true);
      frozen.client.connections.dispose();
      await ending;
      expect(leftovers(to)).toEqual([]);
    });
  },
);

describe.skipIf(withoutSshd !== undefined)(`files on a server with one session (${withoutSshd ?? "real sshd"})`, () => {
  it("move all the same", async () => {
    const server = await startSshd({ config: ["MaxSessions 1"] });
    cleanups.push(() => server.dispose());
    const [from, to, back] = [newFolder(), newFolder(), newFolder()];
    writeTree(from, { a: "1", big: { text: pattern(33 * mib) } });
    const { lease } = connect({ name: "box", configFile: server.configFile });
    const runner = await lease.connected(noAbort);
    await transfers.upload(runner, { from, to }, { signal: noAbort });
    await transfers.download(runner, { from: to, to: back }, { signal: noAbort });
    expect(readTree(back)).toEqual(readTree(from));
  });
});

describe.skipIf(withoutUsers !== undefined)(`files of a user (${withoutUsers ?? "real sshd"})`, () => {
  it("go below the home folder, and a folder of somebody else is named", async () => {
    const server = await startSshd({ users: [{ shell: "/bin/sh" }] });
    cleanups.push(() => server.dispose());
    const home = server.users[0]?.home ?? "";
    const from = newFolder();
    writeTree(from, { a: "1" });
    const { lease } = connect({ name: "box0", configFile: server.configFile });
    const runner = await lease.connected(noAbort);
    await transfers.upload(runner, { from, to: "~/code/run" }, { signal: noAbort });
    await transfers.upload(runner, { from, to: "data" }, { signal: noAbort });
    expect(Object.keys(readTree(home))).toEqual(["code", "code/run", "code/run/a", "data", "data/a"]);
    const refused = transfers.upload(runner, { from, to: "/usr/tensorline" }, { signal: noAbort });
    await expect(refused).rejects.toMatchObject({ problem: { reason: "hostPermissionDenied" } });
    const unreadable = transfers.download(runner, { from: "/root", to: newFolder() }, { signal: noAbort });
    await expect(unreadable).rejects.toMatchObject({ problem: { reason: "hostPermissionDenied" } });
  });
});
