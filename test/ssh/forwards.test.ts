import { randomBytes } from "node:crypto";
import { once } from "node:events";
import { copyFile, readFile, writeFile } from "node:fs/promises";
import { createServer as createHttpServer } from "node:http";
import { createServer, type Socket } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listListeners } from "../../src/core/forwards/listeners";
import { command, hostOf, noAbort } from "./client";
import { closed, closing, dial, listen, page, received, setUp, sha } from "./forwardClient";
import { startRelay } from "./relay";
import { freePort, type Sshd, startSshd, withoutSshd } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

const transports = ["ssh2", "system"] as const;

describe.skipIf(withoutSshd)(`forwarded ports of a real sshd${withoutSshd ? ` (skipped: ${withoutSshd})` : ""}`, () => {
  let sshd: Sshd;
  let systemSsh: BuiltSystemSsh;
  beforeAll(async () => {
    sshd = await startSshd();
    systemSsh = await buildSystemSsh();
  });
  afterAll(async () => {
    systemSsh.dispose();
    await sshd.dispose();
  });

  it("carry a web page, and the next free port stands in for one that is taken", async () => {
    const port = await listen(createHttpServer((request, response) => response.end(`you asked for ${request.url}`)));
    const { open, forwards } = setUp(hostOf(sshd));
    const forward = await open(port, port);
    expect(forward.localPort).toBeGreaterThan(port);
    expect(await page(forward.localPort, "/runs")).toBe("you asked for /runs");
    expect(await open(port)).toMatchObject({ id: forward.id, localPort: forward.localPort });
    expect(forwards.list()).toHaveLength(1);
  });

  it("keep the port's number where it is free here", async () => {
    const port = await freePort();
    const { open } = setUp(hostOf(sshd));
    expect((await open(port, port)).localPort).toBe(port);
  });

  it("serve fifty connections at once, each its own bytes", async () => {
    const port = await listen(createServer({ allowHalfOpen: true }, (socket) => socket.pipe(socket)));
    const { open, looks } = setUp(hostOf(sshd));
    const forward = await open(port);
    const bodies = Array.from({ length: 50 }, (_, index) => randomBytes(10_000 + index));
    const sockets = await Promise.all(bodies.map(() => dial(forward)));
    const echoes = sockets.map((socket) => received(socket));
    for (const [index, socket] of sockets.entries()) socket.end(bodies[index] ?? "");
    expect((await Promise.all(echoes)).map(sha)).toEqual(bodies.map(sha));
    await looks(forward.id, ({ connections }) => connections === 0);
  });

  it.each(transports)("carry large bodies both ways at the same time, every byte of them (%s)", async (transport) => {
    const size = process.env.TENSORLINE_FULL === "1" ? 256 * 2 ** 20 : 12 * 2 ** 20;
    const [up, down] = [randomBytes(size), randomBytes(size)];
    let uploaded: Promise<Buffer> | undefined;
    const port = await listen(
      createServer({ allowHalfOpen: true }, (socket) => {
        uploaded = received(socket);
        socket.end(down);
      }),
    );
    const { open, looks } = setUp(hostOf(sshd), { transport, systemSsh });
    const forward = await open(port);
    const socket = await dial(forward);
    const downloaded = received(socket);
    socket.end(up);
    expect(sha(await downloaded)).toBe(sha(down));
    await looks(forward.id, ({ connections }) => connections === 0);
    expect(sha((await uploaded) ?? Buffer.of())).toBe(sha(up));
    expect(await looks(forward.id, () => true)).toMatchObject({ sentBytes: size, receivedBytes: size });
  });

  it("pass an end on alone: who has said everything still hears the answer", async () => {
    const server = createServer({ allowHalfOpen: true }, async (socket) => {
      const question = await received(socket);
      socket.end(`${question.length} bytes heard`);
    });
    const { open } = setUp(hostOf(sshd));
    const socket = await dial(await open(await listen(server)));
    const answer = received(socket);
    socket.end("the whole question");
    expect((await answer).toString()).toBe("18 bytes heard");
  });

  it("pass on that the host's side has ended, while this side goes on", async () => {
    let heard: Promise<Buffer> | undefined;
    const server = createServer({ allowHalfOpen: true }, (socket) => {
      heard = received(socket);
      socket.end("bye");
    });
    const { open } = setUp(hostOf(sshd));
    const socket = await dial(await open(await listen(server)));
    expect((await received(socket)).toString()).toBe("bye");
    socket.end("still here");
    await closed(socket);
    expect((await heard)?.toString()).toBe("still here");
  });

  it("drop the one connection that nobody answers on the host, say why, and go on", async () => {
    const port = await freePort();
    const { open, looks } = setUp(hostOf(sshd));
    const forward = await open(port);
    await closed(await dial(forward));
    expect(await looks(forward.id, ({ lastProblem }) => lastProblem !== undefined)).toMatchObject({
      state: { kind: "listening" },
      lastProblem: { reason: "forwardRefused", target: `localhost:${port}` },
    });
  });

  it("hold no socket once they are stopped or disposed of", async () => {
    const server = createServer();
    /** The host's end of the next connection, once something came through it. */
    const next = async () => {
      const [socket]: Socket[] = await once(server, "connection");
      if (!socket) throw new Error("no socket");
      await once(socket, "data");
      return socket;
    };
    const port = await listen(server);
    const { open, forwards, client } = setUp(hostOf(sshd));
    const forward = await open(port);
    const firstComes = next();
    const first = await dial(forward);
    first.write("x");
    const ends = [closed(first), closed(await firstComes)];
    forwards.stop(forward.id);
    await Promise.all(ends);
    expect(forwards.list()).toEqual([]);
    await expect(dial(forward)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const again = await open(port);
    const secondComes = next();
    const second = await dial(again);
    second.write("x");
    const gone = [closed(second), closed(await secondComes)];
    forwards.dispose();
    await Promise.all(gone);
    await expect(dial(again)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    client.connections.dispose();
  });

  it("know what listens on the host", async () => {
    const port = await listen(createServer());
    const { client } = setUp(hostOf(sshd));
    const lease = client.connections.acquire(hostOf(sshd));
    const runner = await lease.connected(noAbort);
    const listeners = await runner.run(listListeners, noAbort);
    expect(listeners).toContainEqual({ target: { host: "localhost", port }, mine: true });
    expect(listeners).toContainEqual({ target: { host: "localhost", port: sshd.port }, mine: true });
    lease.dispose();
  });

  it.each(transports)(
    "survive the loss of the connection on the same port; what was under way breaks (%s)",
    async (transport) => {
      const relay = await startRelay(sshd.port);
      closing.push(() => relay.dispose());
      const config = join(sshd.folder, "relayed_config");
      await copyFile(sshd.configFile, config);
      const text = await readFile(config, "utf8");
      const known = await readFile(sshd.knownHostsFile, "utf8");
      await writeFile(sshd.knownHostsFile, `${known}[127.0.0.1]:${relay.port} ${sshd.hostKeys[0]?.publicKey ?? ""}\n`);
      await writeFile(config, text.replaceAll(`Port ${sshd.port}`, `Port ${relay.port}`));
      const port = await listen(
        createHttpServer((request, response) => {
          response.writeHead(200, { "content-length": 100 });
          if (request.url === "/half") response.write("the first half");
          else response.end("x".repeat(100));
        }),
      );
      const { client, open, looks } = setUp({ name: "box", configFile: config }, { transport, systemSsh });
      const forward = await open(port);
      const half = await dial(forward);
      const begun = once(half, "data");
      half.write("GET /half HTTP/1.1\r\nHost: a\r\n\r\n");
      await begun;
      const broken = once(half, "error");
      relay.refuse(true);
      relay.cut();
      expect((await broken)[0]).toMatchObject({ code: "ECONNRESET" });
      await looks(forward.id, ({ state, connections }) => state.kind === "waiting" && connections === 0);
      const waiting = page(forward.localPort);
      await looks(forward.id, ({ connections }) => connections === 1);
      relay.refuse(false);
      client.connections.retry({ name: "box", configFile: config });
      expect(await waiting).toBe("x".repeat(100));
      expect(await looks(forward.id, ({ state }) => state.kind === "listening")).toMatchObject({
        localPort: forward.localPort,
      });
    },
  );
});

describe.skipIf(withoutSshd)(`a host that forbids forwarding${withoutSshd ? ` (skipped: ${withoutSshd})` : ""}`, () => {
  it("closes the port with the reason, refuses the next one at once, and does everything else", async () => {
    const sshd = await startSshd({ config: ["AllowTcpForwarding no"] });
    closing.push(() => sshd.dispose());
    const host = hostOf(sshd);
    const { client, open, forwards, looks } = setUp(host);
    const forward = await open(await freePort());
    await closed(await dial(forward));
    const failed = await looks(forward.id, ({ state }) => state.kind === "failed");
    expect(failed.state).toEqual({ kind: "failed", problem: { reason: "forwardProhibited", host: "box" } });
    await expect(dial(forward)).rejects.toMatchObject({ code: "ECONNREFUSED" });
    const lease = client.connections.acquire(host);
    const runner = await lease.connected(noAbort);
    await expect(open(await freePort())).rejects.toMatchObject({ problem: { reason: "forwardProhibited" } });
    expect((await runner.run(command(["echo", "fine"]), noAbort)).stdout).toBe("fine\n");
    forwards.stop(forward.id);
    expect(forwards.list()).toEqual([]);
    lease.dispose();
  });

  it("forwards what it does allow, also after it forbade another target", async () => {
    const port = await listen(createHttpServer((_, response) => response.end("allowed")));
    const sshd = await startSshd({ config: [`PermitOpen localhost:${port}`] });
    closing.push(() => sshd.dispose());
    const { open, looks } = setUp(hostOf(sshd));
    const forbidden = await open(await freePort());
    await closed(await dial(forbidden));
    await looks(forbidden.id, ({ state }) => state.kind === "failed");
    expect(await page((await open(port)).localPort)).toBe("allowed");
  });
});
