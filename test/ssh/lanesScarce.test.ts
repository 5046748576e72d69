import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import type { HostLease } from "../../src/core/connections";
import { noGentleHosts } from "../../src/core/gpu/gentle";
import { createGpuMonitor } from "../../src/core/gpu/monitor";
import { createGpuWatches } from "../../src/core/gpu/watches";
import { silentLogger } from "../../src/core/logger";
import { hostEnvironment } from "../shell/probeHost";
import { collector, command, echoScript, hostOf, noAbort, person, type TestClient, testClient } from "./client";
import { startTwoFactorSshd, verificationCode, withoutSecondFactor } from "./secondFactor";
import type { Sshd } from "./sshd";

const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.connections.dispose();
});

/** Somebody logs in with password and code, and is away from then on. */
async function logIn(server: Sshd): Promise<{ client: TestClient; lease: HostLease }> {
  const client = testClient({ prompts: person(["right", verificationCode()]) });
  clients.push(client);
  const lease = client.connections.acquire(hostOf(server, "box0"));
  await lease.connected(noAbort);
  return { client, lease };
}

const echo = { what: "echoing", script: echoScript, parameters: [], deadlineMs: 30_000 };

const title = "one session, where another log-in would need a code";
describe.skipIf(withoutSecondFactor)(`${title}${withoutSecondFactor ? `: ${withoutSecondFactor}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startTwoFactorSshd({
      config: ["PubkeyAuthentication no", "MaxSessions 1"],
      environment: hostEnvironment("normal"),
    });
  });
  afterAll(() => server.dispose());

  it("makes a stream that yields give way to a command, a pipe and a terminal, and starts it again after commands", async () => {
    const { lease } = await logIn(server);
    const runner = await lease.connected(noAbort);
    const logged = server.log().length;
    const yielding = async () => {
      const sink = collector();
      const stream = await runner.stream({ ...echo, yields: true }, sink, noAbort);
      stream.writeLine("here");
      await sink.says("line <here>");
      return sink;
    };
    const paused = { kind: "failure", error: { problem: { reason: "paused", what: "echoing" } } };
    const first = await yielding();
    expect(runner.capabilities.parallel).toBe(true);
    const answers = ["one", "two", "three"].map((word) => runner.run(command(["echo", word]), noAbort));
    expect(await first.ended).toMatchObject(paused);
    expect(runner.capabilities.parallel).toBe(false);
    const again = yielding();
    expect((await Promise.all(answers)).map(({ stdout }) => stdout)).toEqual(["one\n", "two\n", "three\n"]);

    const second = await again;
    const pipe = await runner.pipe({ ...echo, parameters: ["x"] }, noAbort);
    expect(await second.ended).toMatchObject(paused);
    pipe.errors.resume();
    pipe.input.end();
    expect(String(await pipe.output.toArray())).toBe("parameter <x>\n");
    await pipe.ended;

    const third = await yielding();
    const screen = collector();
    const terminal = await runner.terminal({ columns: 80, rows: 24 }, screen, noAbort);
    expect(await third.ended).toMatchObject(paused);
    const refused = [runner.run(command(["true"]), noAbort), yielding(), runner.pipe(echo, noAbort)];
    const noSession = { status: "rejected", reason: { problem: { reason: "noSession", host: "box0" } } };
    expect(await Promise.allSettled(refused)).toMatchObject([noSession, noSession, noSession]);
    terminal.write("exit\n");
    await screen.ended;
    expect((await runner.run(command(["echo", "free"]), noAbort)).stdout).toBe("free\n");
    // Log-ins that fail are counted by servers: one attempt shows that it cannot be.
    expect(
      server
        .log()
        .slice(logged)
        .match(/Connection from/g),
    ).toHaveLength(1);
  });

  it("does not let a stream that was given up while it waited start after all", async () => {
    const { lease } = await logIn(server);
    const runner = await lease.connected(noAbort);
    const giving = collector();
    await runner.stream({ ...echo, yields: true }, giving, noAbort);
    const running = runner.run(command(["sh", "-c", "sleep 0.5; echo done"]), noAbort);
    await giving.ended;
    const abort = new AbortController();
    const waiting = runner.stream({ ...echo, yields: true }, collector(), abort.signal);
    const stream = runner.stream(echo, collector(), abort.signal);
    abort.abort();
    await expect(waiting).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    await expect(stream).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    expect((await running).stdout).toBe("done\n");
    expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
  });

  it("shows the GPUs whole, goes on after a command, and calls neither a problem", async () => {
    const { client, lease } = await logIn(server);
    const watches = createGpuWatches({
      acquire: client.connections.acquire,
      onState: client.connections.onState,
      gentle: noGentleHosts,
      createMonitor: createGpuMonitor,
      clock: systemClock,
      log: silentLogger,
    });
    const watch = watches.watch(lease.host, 200);
    const problems: unknown[] = [];
    watch.onProblem((problem) => problem && problems.push(problem));
    const report = await watch.whole(noAbort);
    expect(report.gpus[0]).toMatchObject({ name: "NVIDIA H100 80GB HBM3", utilizationPercent: expect.any(Number) });
    const sampled = () => new Promise((resolve) => watch.onSample(resolve));
    await sampled();
    const runner = await lease.connected(noAbort);
    expect((await runner.run(command(["echo", "between"]), noAbort)).stdout).toBe("between\n");
    await sampled();
    await sampled();
    expect(problems).toEqual([]);
    watches.dispose();
  });
});
