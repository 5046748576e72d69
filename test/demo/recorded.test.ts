import { existsSync } from "node:fs";
import { dirname } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, onTestFinished, test, vi } from "vitest";
import { systemClock } from "../../src/core/clock";
import { noGentleHosts } from "../../src/core/gpu/gentle";
import { createGpuMonitor } from "../../src/core/gpu/monitor";
import { gpuProbe, probeScript } from "../../src/core/gpu/probe";
import { vendors } from "../../src/core/gpu/vendors";
import type { GpuWatch, GpuWatches, Sample } from "../../src/core/gpu/watch";
import { createGpuWatches } from "../../src/core/gpu/watches";
import { silentLogger } from "../../src/core/logger";
import { type Fleet, startFleet } from "../../src/demo/fleet";
import { labHosts } from "../../src/demo/hosts";
import { demoShell } from "../../src/demo/platform";
import { createRecordedHost } from "../../src/demo/recordedHost";
import { startRecordedProbe } from "../../src/demo/recordedProbe";
import type { HostReport } from "../../src/shared/gpu";
import { shellInput } from "../../src/ssh/shell";
import { until } from "../shell/operationHost";
import { collector, command, noAbort, type TestClient, testClient } from "../ssh/client";
import { connect, type Outcome, open, outcome, readUntil } from "./remote";

/** The recorded probes that have not been ended. */
const running = vi.hoisted(() => new Set<unknown>());

vi.mock("../../src/demo/recordedProbe", async (load) => {
  const original = await load<typeof import("../../src/demo/recordedProbe")>();
  const startRecordedProbe: typeof original.startRecordedProbe = (options) => {
    const probe = original.startRecordedProbe(options);
    running.add(probe);
    return {
      take: probe.take,
      dispose() {
        probe.dispose();
        running.delete(probe);
      },
    };
  };
  return { ...original, startRecordedProbe };
});

let fleet: Fleet;
let client: TestClient;
let watches: GpuWatches;
const watching: GpuWatch[] = [];

beforeAll(async () => {
  fleet = await startFleet({ seed: 5, recorded: true });
  client = testClient();
  const { acquire, onState } = client.connections;
  watches = createGpuWatches({
    acquire,
    onState,
    gentle: noGentleHosts,
    createMonitor: createGpuMonitor,
    clock: systemClock,
    log: silentLogger,
  });
});

afterEach(() => {
  for (const watch of watching.splice(0)) watch.dispose();
});

afterAll(() => {
  watches.dispose();
  client.connections.dispose();
  fleet.dispose();
});

const hostOf = (name: string) => ({ name, configFile: fleet.configFile });

function watch(name: string, beatMs = 200): GpuWatch {
  const watched = watches.watch(hostOf(name), beatMs);
  watching.push(watched);
  return watched;
}

/** The first report, past or future, that fits. */
function reportWhere(watched: GpuWatch, fits: (report: HostReport) => boolean): Promise<HostReport> {
  return new Promise((resolve) => {
    const look = (sample: Sample | undefined) => {
      if (!sample || !fits(sample.report)) return;
      listening.dispose();
      resolve(sample.report);
    };
    const listening = watched.onSample(look);
    look(watched.latest());
  });
}

/** What of a report does not change from one sample to the next and needs no command of its own. */
function identityOf({ gpus, processes, system }: HostReport) {
  return {
    gpus: gpus.map(({ index, uuid, name, busId, driverVersion, memoryTotalBytes, powerLimitWatts, pcie }) => {
      return { index, uuid, name, busId, driverVersion, memoryTotalBytes, powerLimitWatts, pcie };
    }),
    processes: processes.map(({ gpuUuid, user, command }) => `${gpuUuid} ${user} ${command}`).sort(),
    system: [system?.distribution, system?.kernel, system?.cpuModel, system?.cpuCount, system?.disks],
  };
}

describe("the product sees a recorded fleet as it sees a real one", () => {
  test("eight NVIDIA GPUs whose utilization changes, and who uses them", async () => {
    const watched = watch("lab1");
    const report = await reportWhere(
      watched,
      ({ gpus, processes }) => gpus.length === 8 && processes.length > 0 && processes.every(({ user }) => user),
    );
    expect(report.warnings).toEqual([]);
    expect(report.gpus.map(({ index }) => index)).toEqual([0, 1, 2, 3, 4, 5, 6, 7]);
    expect(report.gpus[4]).toMatchObject({ vendor: "nvidia", driverVersion: "580.105.08", busId: "0000:9c:00.0" });
    expect(report.gpus[4]?.memoryUsedBytes).toBeGreaterThan(60 * 1024 ** 3);
    expect(report.processes.filter(({ user }) => user === "bob")).toHaveLength(4);
    expect(report.processes.find(({ user }) => user === "bob")).toMatchObject({
      command: "/home/bob/miniforge3/envs/torch/bin/python -m pretrain --nodes 1 --tensor-parallel 4",
    });
    const before = report.gpus.map(({ utilizationPercent }) => utilizationPercent).join();
    const after = await reportWhere(
      watched,
      ({ gpus }) => gpus.map(({ utilizationPercent }) => utilizationPercent).join() !== before,
    );
    expect(after.gpus).toHaveLength(8);
  });

  test("four AMD GPUs with their processes", async () => {
    const report = await reportWhere(
      watch("mi300"),
      ({ gpus, processes }) => gpus.length === 4 && processes.length > 0 && processes.every(({ user }) => user),
    );
    expect(report.warnings).toEqual([]);
    for (const gpu of report.gpus) {
      expect(gpu).toMatchObject({ vendor: "amd", name: expect.stringContaining("MI300X"), driverVersion: "6.12.12" });
      expect(gpu.utilizationPercent).toBeTypeOf("number");
      expect(gpu.pcie).toMatchObject({ generation: 5, width: 16 });
    }
    expect(report.gpus[0]?.memoryUsedBytes).toBeGreaterThan(100 * 1024 ** 3);
    expect(report.processes.map(({ user }) => user).sort()).toEqual(["bob", "carol"]);
  });

  test("a host without GPUs says so and shows itself", async () => {
    const report = await watch("login").whole(noAbort);
    expect(report.gpus).toEqual([]);
    expect(report.warnings).toMatchObject([{ reason: "noGpuTool" }]);
    expect(report.system).toMatchObject({ hostname: "login", user: "alice", cpuCount: 64, kernel: expect.any(String) });
    expect(report.system?.disks).toMatchObject([
      { mount: "/home", totalBytes: 30720 * 1024 ** 3 },
      { mount: "/", totalBytes: 196 * 1024 ** 3 },
    ]);
  });

  test("the same GPUs, people and command lines as on the real one", async () => {
    const real = await startFleet({ seed: 5 });
    onTestFinished(() => real.dispose());
    for (const name of ["lab1", "rtx", "mi300"]) {
      const seen = [fleet, real].map(async ({ configFile }) => {
        const watched = watches.watch({ name, configFile }, 200);
        watching.push(watched);
        await watched.whole(noAbort);
        return identityOf(await reportWhere(watched, ({ processes }) => processes.every(({ user }) => user)));
      });
      const [recorded, genuine] = await Promise.all(seen);
      expect(recorded).toEqual(genuine);
    }
  });

  test("another beat is obeyed, a GPU can get lost and come back", async () => {
    const watched = watch("rtx", 60_000);
    await reportWhere(watched, ({ gpus }) => gpus.length === 2);
    watched.setBeat(100);
    expect(fleet.fault("rtx", "gpu-lost", 1)).toBe(true);
    await reportWhere(watched, ({ warnings }) => warnings.some(({ reason }) => reason === "gpuLost"));
    expect(fleet.fault("rtx", "none")).toBe(true);
    await reportWhere(watched, ({ gpus, warnings }) => gpus.length === 2 && warnings.length === 0);
  });
});

describe("what a recorded host cannot do is refused", () => {
  test("commands fail with a reason that says why", async () => {
    const lease = client.connections.acquire(hostOf("login"));
    const runner = await lease.connected(noAbort);
    const refused = runner.run(command(["true"]), noAbort);
    await expect(refused).rejects.toMatchObject({
      problem: { reason: "noShell", detail: expect.stringContaining("recorded") },
    });
    const shown = collector();
    await runner.terminal({ columns: 80, rows: 24 }, shown, noAbort);
    await shown.ended;
    expect(shown.text()).toContain("no command can run");
    lease.dispose();
  });

  test("other commands end with the code of a command that was not found", async () => {
    const ssh = await connect(fleet, "lab1");
    const ended = new Promise<Outcome>((resolve, reject) => {
      ssh.exec("nvidia-smi", (error, channel) => (error ? reject(error) : resolve(outcome(channel))));
    });
    expect(await ended).toMatchObject({ code: 127, stderr: expect.stringContaining("recorded") });
    ssh.end();
  });

  test("faults of tools that do not run", () => {
    expect(fleet.fault("lab1", "hang")).toBe(false);
    expect(fleet.fault("nobody", "none")).toBe(false);
  });
});

describe("the recorded stream", () => {
  const probe = gpuProbe({ beatMs: 100, vendors, nonce: "word" });
  const parameters = (lines: readonly string[]) => `${[String(lines.length), ...lines].join("\n")}\n`;

  async function start(lines = probe.parameters) {
    const ssh = await connect(fleet, "lab1");
    const channel = await open(ssh, "exec sh -s");
    const ready = readUntil(channel, (read) => read.includes("tensorline ready"));
    channel.write(shellInput(probeScript));
    await ready;
    const sampling = readUntil(channel, (read) => (read.match(/^7, 8, /gm)?.length ?? 0) >= 2);
    channel.write(parameters(lines));
    return { ssh, channel, sampling };
  }

  test("ends when nobody watches any more", async () => {
    await until(() => running.size === 0);
    const watched = watch("lab1");
    await new Promise((resolve) => watched.onSample(resolve));
    expect(running.size).toBe(1);
    watched.dispose();
    await until(() => running.size === 0);
  });

  test("ends by a signal, as a process would", async () => {
    const { ssh, channel, sampling } = await start();
    await sampling;
    const ended = outcome(channel);
    channel.signal("KILL");
    expect(await ended).toMatchObject({ code: undefined, signal: "SIGKILL" });
    ssh.end();
  });

  test("ends with its input", async () => {
    const { ssh, channel, sampling } = await start();
    await sampling;
    const ended = outcome(channel);
    channel.end();
    expect(await ended).toMatchObject({ code: 0 });
    ssh.end();
  });

  test("ends when nobody has spoken to it for too long", async () => {
    const [nonce = "", beat = "", , ...sources] = probe.parameters;
    const { ssh, channel, sampling } = await start([nonce, beat, "500", ...sources]);
    const ended = outcome(channel);
    await sampling;
    expect(await ended).toMatchObject({ signal: "SIGKILL" });
    ssh.end();
  });
});

test("it says that it is recorded, and leaves no file behind", async () => {
  const other = await startFleet({ hosts: 1, recorded: true });
  expect(other.recorded).toBe(true);
  expect(other.hosts[0]?.summary).toContain("recorded");
  other.dispose();
  expect(existsSync(dirname(other.configFile))).toBe(false);
});

test("a recorded probe that was ended has nothing left to do", () => {
  const lab1 = labHosts.find(({ name }) => name === "lab1");
  if (!lab1) throw new Error("the fleet has no lab1");
  vi.useFakeTimers();
  onTestFinished(() => void vi.useRealTimers());
  const written: string[] = [];
  const host = createRecordedHost(lab1, 1, Date.now());
  const { parameters } = gpuProbe({ beatMs: 1000, vendors, nonce: "word" });
  const write = (text: string) => void written.push(text);
  const ended = vi.fn();
  const probe = startRecordedProbe({ host, parameters, write, isBehind: () => false, onSilence: ended });
  const rows = () => written.filter((text) => text.startsWith("0, 8, ")).length;
  vi.advanceTimersByTime(20_000);
  expect(rows()).toBe(21);
  probe.take("alive");
  vi.advanceTimersByTime(20_000);
  expect(ended).not.toHaveBeenCalled();
  vi.advanceTimersByTime(10_000);
  expect(ended).toHaveBeenCalledOnce();
  probe.dispose();
  expect(vi.getTimerCount()).toBe(0);
});

describe("which shell the fleet uses", () => {
  const having =
    (...files: string[]) =>
    (path: string) =>
      files.includes(path);

  test("the system's own on Linux and macOS, else the first on the path", () => {
    for (const os of ["linux", "darwin"] as const) {
      const env = { PATH: "/opt/tools:/usr/bin" };
      expect(demoShell({ os, env, exists: having("/bin/sh", "/usr/bin/sh") })).toEqual({ kind: "sh", path: "/bin/sh" });
      expect(demoShell({ os, env, exists: having("/usr/bin/sh") })).toEqual({ kind: "sh", path: "/usr/bin/sh" });
      expect(demoShell({ os, env, exists: having() })).toEqual({ kind: "recorded" });
    }
  });

  test("none on Windows, even where Git or WSL brought one", () => {
    const git = "C:\\Program Files\\Git\\bin\\sh.exe";
    const env = { PATH: "C:\\Program Files\\Git\\bin;C:\\Windows\\System32", ProgramFiles: "C:\\Program Files" };
    expect(demoShell({ os: "win32", env, exists: having(git) })).toEqual({ kind: "recorded" });
  });
});
