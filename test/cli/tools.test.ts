import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostReport } from "../../src/shared/gpu";
import { type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { expectPlain, hostsOf, start, tensorline } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

describe.skipIf(withoutSshd)(`GPU tools that fail${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  let good: Sshd;
  const others: Sshd[] = [];

  beforeAll(async () => {
    good = await startSshd({ environment: gpuEnvironment(files.folder) });
  });
  afterAll(async () => {
    for (const server of [good, ...others]) await server.dispose();
    await files.dispose();
  });

  /** A config with a good host and a bad one. */
  async function beside(
    environment: Readonly<Record<string, string>>,
    config: readonly string[] = [],
  ): Promise<string> {
    const bad = await startSshd({ environment, config });
    others.push(bad);
    return files.config({ good: loginTo(good), bad: loginTo(bad) });
  }

  const mode = (FAKE_MODE: string) => beside(gpuEnvironment(files.folder, { FAKE_MODE }));

  /** Both hosts answer; what is wrong with one is a warning. */
  async function lookAtBad(config: string): Promise<HostReport> {
    const { code, stdout, stderr } = await tensorline(["gpus", "good", "bad", "--json", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const hosts = hostsOf(stdout);
    expect(hosts.good).toMatchObject({ gpus: [{}, {}], warnings: [] });
    if (!hosts.bad) throw new Error(stdout);
    for (const { message } of hosts.bad.warnings) expectPlain(message);
    return hosts.bad;
  }

  /** Follows both hosts until the bad one has been as each of `stages` wants, in that order; the good one keeps moving. */
  async function followBad(config: string, stages: readonly ((bad: HostReport) => boolean)[]): Promise<void> {
    const cli = start(["gpus", "good", "bad", "--watch", "--json", "--interval", "0.1", "-F", config]);
    let read = 0;
    let reached = 0;
    const spoiled: unknown[] = [];
    await cli.until((stdout) => {
      const lines = stdout.split("\n").slice(0, -1);
      for (; read < lines.length; read++) {
        const hosts = hostsOf(lines[read] ?? "");
        // A loaded machine may be silent for a while.
        if (hosts.good?.error && hosts.good.error.reason !== "silent") spoiled.push(hosts.good.error);
        if (hosts.bad && stages[reached]?.(hosts.bad)) reached++;
      }
      return reached === stages.length;
    });
    expect(spoiled).toEqual([]);
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  }

  const warned = (reason: string) => (bad: HostReport) => bad.warnings.some((warning) => warning.reason === reason);
  const works = (bad: HostReport) =>
    bad.warnings.length === 0 && bad.gpus.length === 2 && bad.gpus.every((gpu) => gpu.utilizationPercent !== undefined);

  it("a host without any shows itself and says so", async () => {
    const bad = await lookAtBad(await beside({ PATH: "/usr/local/bin:/usr/bin:/bin" }));
    expect(bad).toMatchObject({ gpus: [], warnings: [{ reason: "noGpuTool" }] });
    expect(bad.system?.kernel).toBeTruthy();
  });

  it("people read it below the host", async () => {
    const config = await beside({ PATH: "/usr/local/bin:/usr/bin:/bin" });
    const { code, stdout, stderr } = await tensorline(["gpus", "bad", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toMatch(/^bad · [^\n]+\n {2}no GPUs\n {2}! No GPU tool was found[^\n]+\.\n$/);
  });

  it("a driver that does not match its library", async () => {
    const { warnings } = await lookAtBad(await mode("mismatch"));
    expect(warnings).toMatchObject([{ reason: "driverLibraryMismatch" }]);
  });

  it("a server that allows one session at a time loses nothing", async () => {
    expect(works(await lookAtBad(await beside(gpuEnvironment(files.folder), ["MaxSessions 1"])))).toBe(true);
  });

  it("a GPU that falls off the bus keeps its name and loses its values", async () => {
    await followBad(await mode("lost"), [
      (bad) =>
        warned("gpuLost")(bad) && bad.gpus[1]?.utilizationPercent === undefined && bad.gpus[1]?.name !== undefined,
    ]);
  });

  it("binary garbage and a line of 10 MB are a warning that goes away", async () => {
    await followBad(await mode("garbage"), [works, warned("unreadable"), works]);
  });

  it.concurrent("a tool that dies is a warning, and it is started again", async () => {
    await followBad(await mode("dies"), [works, (bad) => bad.warnings.length > 0, works]);
  });

  it.concurrent("a tool that hangs is given up, and the rest of the host is shown", async () => {
    const bad = await lookAtBad(await mode("hangs"));
    expect(bad).toMatchObject({ gpus: [], warnings: [{ reason: "toolHangs" }] });
    expect(bad.system?.memoryTotalBytes).toBeGreaterThan(0);
  });
});
