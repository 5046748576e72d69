import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { until } from "../processes";
import { type Sshd, startSshd, stopProcess, withoutSshd } from "../ssh/sshd";
import { hostsOf, start, tensorline } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

describe.skipIf(withoutSshd)(`tensorline gpus${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  const work = spawn("sleep", ["3600"], { stdio: "ignore" });
  let server: Sshd;
  let config: string;
  let toolsFolder: string;

  beforeAll(async () => {
    const environment = gpuEnvironment(files.folder, { FAKE_PID: String(work.pid) });
    toolsFolder = environment.PATH.split(":")[0] ?? "";
    server = await startSshd({ environment });
    config = files.config({ box: loginTo(server), again: loginTo(server) });
  });
  afterAll(async () => {
    await stopProcess(work);
    await server.dispose();
    await files.dispose();
  });

  /** Stand-in tools of this server that still run. */
  const toolsLeft = () => spawnSync("ps", ["-eo", "args="], { encoding: "utf8" }).stdout.includes(toolsFolder);

  const toolsGone = () => until(() => !toolsLeft());
  /** What the first GPU did, line by line. */
  const utilizations = (stdout: string) =>
    stdout
      .split("\n")
      .slice(0, -1)
      .map((line) => hostsOf(line).box?.gpus[0]?.utilizationPercent ?? Number.NaN);

  it("gives names, units, the processes with their owners, and host facts", async () => {
    const { code, stdout, stderr } = await tensorline(["gpus", "box", "--json", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const { box } = hostsOf(stdout);
    expect(box?.gpus).toEqual(
      [0, 1].map((index) => ({
        vendor: "nvidia",
        index,
        uuid: `GPU-00${index}`,
        name: "NVIDIA H100 80GB HBM3",
        utilizationPercent: expect.any(Number),
        memoryUsedBytes: (1000 + index) * 2 ** 20,
        memoryTotalBytes: 81559 * 2 ** 20,
        throttleReasons: ["power cap"],
        performanceState: "P0",
      })),
    );
    const [process, ...more] = box?.processes ?? [];
    expect(more).toEqual([]);
    expect(process).toMatchObject({
      gpuIndex: 0,
      pid: work.pid,
      user: server.user,
      command: "sleep 3600",
      memoryBytes: 2 ** 30,
    });
    const startedAt = spawnSync("ps", ["-o", "lstart=", "-p", String(work.pid)], {
      encoding: "utf8",
      env: { TZ: "UTC", LC_ALL: "C" },
    });
    const expected = Date.parse(`${startedAt.stdout.trim()} UTC`);
    expect(Math.abs(Date.parse(process?.startedAt ?? "") - expected)).toBeLessThanOrEqual(2000);
    const { system } = box ?? {};
    expect(system).toMatchObject({
      hostname: expect.any(String),
      user: server.user,
      distribution: expect.any(String),
      kernel: expect.any(String),
      architecture: expect.any(String),
      cpuCount: expect.any(Number),
      load: [expect.any(Number), expect.any(Number), expect.any(Number)],
      uptimeSeconds: expect.any(Number),
    });
    expect(system?.memoryTotalBytes).toBeGreaterThan(system?.memoryUsedBytes ?? Number.POSITIVE_INFINITY);
    expect(system?.disks?.length).toBeGreaterThan(0);
    await toolsGone();
  });

  it("shows a table for people", async () => {
    const { code, stdout, stderr } = await tensorline(["gpus", "box", "again", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const lines = stdout.split("\n");
    expect(lines[0]).toMatch(/^box · .* · RAM \d+\/\d+ GB · load \d/);
    expect(lines[1]).toMatch(/^GPU +NAME +WHO +MEMORY +UTIL/);
    expect(lines[2]).toMatch(new RegExp(`^ +0  H100 +${server.user} .*1 / 80 GB .* %`));
    expect(stdout).toMatch(new RegExp(`\\n${work.pid} +${server.user} +0 +1\\.0 GB +sleep 3600\\n`));
    expect(stdout).toContain("\n\nagain · ");
    expect(stdout).not.toMatch(/undefined|NaN/);
  });

  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`follows with one document a line until ${signal}, and leaves nothing running`, async () => {
      const cli = start(["gpus", "box", "--watch", "--json", "--interval", "0.2", "-F", config]);
      // With every look of its tool it does more.
      await cli.until((stdout) => new Set(utilizations(stdout)).size > 3);
      expect(toolsLeft()).toBe(true);
      cli.child.kill(signal);
      const { code, stdout, stderr } = await cli.ended;
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      expect(stdout.endsWith("\n")).toBe(true);
      const seen = utilizations(stdout).filter((value) => !Number.isNaN(value));
      expect(seen).toEqual([...seen].sort((a, b) => a - b));
      await toolsGone();
    });
  }

  it("ends quietly when its reader has had enough", async () => {
    const cli = start(["gpus", "box", "--watch", "--json", "--interval", "0.1", "-F", config]);
    await once(cli.child.stdout, "data");
    cli.child.stdout.destroy();
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
    await toolsGone();
  });
});
