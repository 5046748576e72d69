import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test, vi } from "vitest";
import { systemClock } from "../../src/core/clock";
import { Failure } from "../../src/core/failure";
import { createGpuMonitor, type GpuMonitor } from "../../src/core/gpu/monitor";
import { nvidia } from "../../src/core/gpu/vendors/nvidia";
import type { Sample } from "../../src/core/gpu/watch";
import { silentLogger } from "../../src/core/logger";
import { type Runner, readyMark, type StreamSink } from "../../src/core/remote";
import type { HostReport } from "../../src/shared/gpu";
import { createLocalRunner } from "../mocks/localRunner";
import { createManualClock } from "../mocks/manualClock";
import { hostEnvironment } from "./probeHost";

let monitor: GpuMonitor | undefined;
afterEach(() => monitor?.dispose());

/** Resolves with the first report that `find` accepts. */
function reportWhere(watched: GpuMonitor, find: (report: HostReport) => boolean): Promise<HostReport> {
  return new Promise((resolve) => {
    const take = ({ report }: Sample) => {
      if (!find(report)) return;
      subscription.dispose();
      resolve(report);
    };
    const subscription = watched.onSample(take);
    const latest = watched.latest();
    if (latest) take(latest);
  });
}

const reasons = (report: HostReport) => report.warnings.map(({ reason }) => reason);

describe("monitor of a host with stand-in tools", () => {
  function watch(mode: string, env: Record<string, string> = {}, beatMs = 100): GpuMonitor {
    const runner = createLocalRunner({ env: hostEnvironment(mode, env) });
    monitor = createGpuMonitor({
      ...{ host: "lab1", connected: async () => runner, clock: systemClock, log: silentLogger, beatMs },
      vendors: [nvidia],
    });
    monitor.resume();
    return monitor;
  }

  test("shows GPUs, processes with their owner, and the host", async () => {
    const watched = watch("normal", { FAKE_PID: String(process.pid) });
    const report = await reportWhere(
      watched,
      ({ gpus, processes, system }) =>
        gpus.length === 2 && processes[0]?.startedAt !== undefined && system?.cpuPercent !== undefined,
    );
    expect(report.warnings).toEqual([]);
    expect(report.gpus[1]).toMatchObject({ index: 1, uuid: "GPU-001", throttleReasons: ["power cap"] });
    expect(report.processes[0]).toMatchObject({
      pid: process.pid,
      gpuIndex: 0,
      memoryBytes: 2 ** 30,
      user: expect.any(String),
    });
    expect(report.system).toMatchObject({ memoryTotalBytes: expect.any(Number), disks: expect.any(Array) });
    const started = Date.parse(report.processes[0]?.startedAt ?? "");
    expect(Math.abs(started - (Date.now() - process.uptime() * 1000))).toBeLessThan(5000);
    expect(watched.startTicks(process.pid)).toBeGreaterThan(0);
    expect(watched.problem()).toBeUndefined();
    expect(watched.history().gpus[0]?.memoryUsedBytes.at(-1)).toBe(1000 * 2 ** 20);
  });

  test("a GPU that falls off the bus keeps its name and loses its values, the other one goes on", async () => {
    const report = await reportWhere(watch("lost"), (found) => reasons(found).includes("gpuLost"));
    expect(report.warnings).toMatchObject([{ gpuIndex: 1 }]);
    expect(report.gpus).toMatchObject([{ utilizationPercent: expect.any(Number) }, { name: "NVIDIA H100 80GB HBM3" }]);
    expect(report.gpus[1]).not.toHaveProperty("memoryUsedBytes");
  });

  test("a tool that dies is a warning, the GPUs stay without values, and it is started again", async () => {
    const watched = watch("dies");
    const report = await reportWhere(
      watched,
      ({ gpus }) => gpus.length > 0 && gpus[0]?.utilizationPercent === undefined,
    );
    expect(reasons(report)).toEqual(["gpuUnreadable"]);
    expect(report.gpus).toMatchObject([{ uuid: "GPU-000" }, { uuid: "GPU-001" }]);
    const cured = await reportWhere(watched, ({ gpus }) => gpus[0]?.utilizationPercent !== undefined);
    expect(reasons(cured)).toEqual([]);
  });

  test("garbage and a line of 10 MB end in a warning that goes away", async () => {
    const watched = watch("garbage");
    await reportWhere(watched, (found) => reasons(found).includes("unreadable"));
    const cured = await reportWhere(watched, (found) => reasons(found).length === 0);
    expect(cured.gpus).toHaveLength(2);
  });

  test("a GPU that makes the tool fail for all is left out, so that the others show", async () => {
    const sys = mkdtempSync(join(tmpdir(), "sys-"));
    for (const address of ["0000:1a:00.0", "0000:1b:00.0"]) {
      mkdirSync(join(sys, "bus/pci/drivers/nvidia", address), { recursive: true });
      writeFileSync(join(sys, "bus/pci/drivers/nvidia", address, "class"), "0x030200\n");
    }
    const report = await reportWhere(watch("broken", { HOST_SYS: sys }), ({ gpus }) => gpus.length === 2);
    rmSync(sys, { recursive: true });
    expect(report.gpus).toMatchObject([
      { utilizationPercent: expect.any(Number) },
      { index: 1, busId: "0000:1b:00.0" },
    ]);
    expect(report.warnings).toMatchObject([{ reason: "gpuLost", gpuIndex: 1 }]);
  });

  test("a field that the driver refuses is replaced by its older name", async () => {
    const report = await reportWhere(watch("oldField"), ({ gpus }) => gpus.length === 2);
    expect(report.gpus[0]).toMatchObject({ throttleReasons: ["power cap"], performanceState: "P0" });
  });

  test("a tool that cannot loop is asked again and again", async () => {
    const report = await reportWhere(watch("noLoop"), ({ gpus }) => gpus.length === 2);
    expect(reasons(report)).toEqual([]);
  });

  test("a driver that does not match its library is said so", async () => {
    const report = await reportWhere(watch("mismatch"), (found) => reasons(found).includes("driverLibraryMismatch"));
    expect(report.gpus).toEqual([]);
    expect(report.warnings[0]?.message).toContain("535.161");
  });

  test("a host without any tool is said so, and shows itself", async () => {
    const watched = watch("normal", { PATH: "/usr/bin:/bin", HOST_SYS: "/nonexistent" });
    const report = await reportWhere(watched, ({ system }) => system?.load !== undefined);
    expect(reasons(report)).toEqual(["noGpuTool"]);
  });

  test("pausing ends the sampling and keeps what is known, resuming goes on", async () => {
    const watched = watch("normal");
    await reportWhere(watched, ({ gpus }) => gpus.length === 2);
    watched.pause();
    const before = watched.history().times.length;
    expect(watched.latest()?.report.gpus).toHaveLength(2);
    const next = new Promise<Sample>((resolve) => watched.onSample(resolve));
    watched.resume();
    expect((await next).report.host).toBe("lab1");
    expect(watched.history().times.length).toBeGreaterThanOrEqual(before);
  });
});

const tooLate = () => new Failure({ reason: "deadline", what: "x", seconds: 1 });

/** A runner whose streams the test itself writes. */
function createScriptedRunner(run: Runner["run"] = () => Promise.reject(tooLate())) {
  const streams: { sink: StreamSink; lines: string[]; nonce: string; isDisposed: boolean }[] = [];
  const runner: Runner = {
    capabilities: { pty: false, forward: false, sftp: false, parallel: true },
    run,
    stream(command, sink) {
      expect(command.script).toContain("tensorline ready");
      expect(readyMark).toContain("tensorline ready");
      const stream = { sink, lines: [] as string[], nonce: command.parameters[0] ?? "", isDisposed: false };
      streams.push(stream);
      return Promise.resolve({
        writeLine: (line) => void stream.lines.push(line),
        dispose: () => {
          stream.isDisposed = true;
        },
      });
    },
    pipe: () => Promise.reject(new Failure({ reason: "noSession", host: "lab1" })),
    terminal: () => Promise.reject(new Failure({ reason: "noSession", host: "lab1" })),
    dial: () => Promise.reject(new Failure({ reason: "forwardProhibited", host: "lab1" })),
  };
  return { runner, streams };
}

describe("monitor by a clock turned by hand", () => {
  async function start(run?: Runner["run"]) {
    const clock = createManualClock();
    const { runner, streams } = createScriptedRunner(run);
    const watched = createGpuMonitor({
      host: "lab1",
      connected: async () => runner,
      clock,
      log: silentLogger,
      beatMs: 1000,
    });
    monitor = watched;
    watched.resume();
    await vi.waitFor(() => expect(streams[0]?.lines).toContain("alive"));
    const say = (text: string, at = streams.length - 1) => {
      const stream = streams[at];
      stream?.sink.data(Buffer.from(text.replaceAll("<", `\u001e${stream.nonce} `).replaceAll(">", "\u001f")));
    };
    const tick = () => say("0, 1, 50\n");
    say("<fields nvidia index,count,utilization.gpu><done amd 0><done amdSmi 127>");
    return { clock, streams, watched, say, tick };
  }

  test("is heard every ten seconds", async () => {
    const { clock, streams, tick } = await start();
    for (let second = 0; second < 30; second++) {
      tick();
      clock.advance(1000);
    }
    expect(streams[0]?.lines.filter((line) => line === "alive")).toHaveLength(4);
  });

  test("a silent tool is a warning and started again; the first sample after it cures both", async () => {
    const { clock, streams, watched, tick } = await start();
    tick();
    expect(watched.latest()?.report.gpus).toMatchObject([{ utilizationPercent: 50 }]);
    clock.advance(4999);
    expect(reasons(watched.latest()?.report ?? { host: "", gpus: [], processes: [], warnings: [] })).toEqual([]);
    clock.advance(1);
    expect(watched.latest()?.report.warnings).toMatchObject([{ reason: "toolHangs" }]);
    expect(watched.latest()?.report.gpus[0]).toEqual({ vendor: "nvidia", index: 0 });
    expect(streams[0]?.lines).toContain("restart nvidia");
    tick();
    expect(watched.latest()?.report.warnings).toEqual([]);
  });

  test("a tool that says why it fails is not silent, and is started again", async () => {
    const { clock, streams, watched, say } = await start();
    const failing = "Failed to initialize NVML: Driver/library version mismatch\n<exit nvidia 18>";
    say(failing);
    expect(watched.latest()?.report.warnings).toMatchObject([{ reason: "driverLibraryMismatch" }]);
    const restarts = () => streams[0]?.lines.filter((line) => line === "restart nvidia").length;
    for (const [wait, count] of [
      [5000, 1],
      [10_000, 2],
      [30_000, 3],
    ] as const) {
      clock.advance(wait);
      expect(restarts()).toBe(count);
      say(`<fields nvidia index,count,utilization.gpu>${failing}`);
    }
    expect(watched.latest()?.report.warnings).toMatchObject([{ reason: "driverLibraryMismatch" }]);
  });

  test("a GPU that sleeps is not a tool that hangs", async () => {
    const { clock, watched, say } = await start();
    for (let round = 0; round < 10; round++) {
      say("<asleep nvidia>");
      clock.advance(4900);
    }
    expect(watched.latest()?.report.warnings).toMatchObject([{ reason: "gpuAsleep" }]);
  });

  test("the first tick may take its time", async () => {
    const { clock, watched } = await start();
    clock.advance(15_900);
    expect(watched.latest()?.report.warnings ?? []).toEqual([]);
    clock.advance(200);
    expect(watched.latest()?.report.warnings).toMatchObject([{ reason: "toolHangs" }]);
  });

  test("a probe that ends is started again, later each time, and the problem is told meanwhile", async () => {
    const { clock, streams, watched } = await start();
    const problems: unknown[] = [];
    watched.onProblem((problem) => problems.push(problem?.reason));
    streams[0]?.sink.end({ kind: "failure", error: new Failure({ reason: "connectionLost", host: "lab1" }) });
    await vi.waitFor(() => expect(watched.problem()).toEqual({ reason: "connectionLost", host: "lab1" }));
    clock.advance(999);
    expect(streams).toHaveLength(1);
    clock.advance(1);
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    streams[1]?.sink.end({ kind: "exit", signal: "KILL" });
    await vi.waitFor(() => expect(watched.problem()?.reason).toBe("commandFailed"));
    clock.advance(1999);
    expect(streams).toHaveLength(2);
    clock.advance(1);
    await vi.waitFor(() => expect(streams).toHaveLength(3));
    expect(problems).toEqual(["connectionLost", "commandFailed"]);
  });

  test("an answer that comes after the end of the probe changes nothing and is not asked for again", async () => {
    const late: ((error: unknown) => void)[] = [];
    const { clock, streams, watched, tick } = await start(() => new Promise((_, reject) => void late.push(reject)));
    tick();
    expect(late).toHaveLength(1);
    streams[0]?.sink.end({ kind: "failure", error: new Failure({ reason: "connectionLost", host: "lab1" }) });
    await vi.waitFor(() => expect(watched.problem()?.reason).toBe("connectionLost"));
    const before = watched.latest();
    late[0]?.(tooLate());
    await new Promise((resolve) => setImmediate(resolve));
    clock.advance(3_600_000);
    expect(late).toHaveLength(1);
    expect(watched.latest()).toBe(before);
  });

  test("a probe that gave its session away is started again at once: no problem, a gap, and the details are kept", async () => {
    const reads: ((error: unknown) => void)[] = [];
    const { streams, watched, say, tick } = await start(() => new Promise((_, reject) => void reads.push(reject)));
    const problems: unknown[] = [];
    watched.onProblem((problem) => problems.push(problem));
    tick();
    expect(reads).toHaveLength(1);
    streams[0]?.sink.end({ kind: "failure", error: new Failure({ reason: "paused", what: "watching the GPUs" }) });
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    // The command for which it paused is the reading of the details, which must not be in vain.
    reads[0]?.(tooLate());
    say("<fields nvidia index,count,utilization.gpu><done amd 0><done amdSmi 127>");
    tick();
    expect(reads).toHaveLength(1);
    expect(watched.latest()?.report.gpus).toMatchObject([{ utilizationPercent: 50 }]);
    expect(problems).toEqual([]);
    expect(watched.history().gpus[0]?.utilizationPercent).toEqual([50, null, 50]);
  });

  test("the age of a sample grows by a clock that does not jump", async () => {
    const { clock, watched, tick } = await start();
    tick();
    clock.jump(-86_400_000);
    clock.advance(3000);
    expect(watched.ageMs()).toBe(3000);
  });

  test("another beat is sent, and an end closes the stream", async () => {
    const { streams, watched } = await start();
    watched.setBeat(250);
    expect(streams[0]?.lines).toContain("interval 250");
    watched.dispose();
    await vi.waitFor(() => expect(streams[0]?.isDisposed).toBe(true));
  });

  test("a process is asked about once, and again when its pid comes back", async () => {
    const { streams, say } = await start();
    const asked = () => streams[0]?.lines.filter((line) => line.startsWith("who")) ?? [];
    say("<out nvidiaApps GPU-0, 42, 100\u001dGPU-0, 43, 100\u001d><done nvidiaApps 0>");
    say("<out nvidiaApps GPU-0, 42, 100\u001dGPU-0, 43, 100\u001d><done nvidiaApps 0>");
    expect(asked()).toEqual(["who 42 43"]);
    say("<done nvidiaApps 0>");
    say("<out nvidiaApps GPU-0, 43, 100\u001d><done nvidiaApps 0>");
    expect(asked()).toEqual(["who 42 43", "who 43"]);
  });
});
