import { spawn } from "node:child_process";
import { userInfo } from "node:os";
import { describe, expect, onTestFinished, test } from "vitest";
import { probeControl, probeScript } from "../../src/core/gpu/probe";
import { until } from "./operationHost";
import { processesMarked, shells, startProbe } from "./probeHost";

describe.each(shells.map((shell) => ({ name: shell.join(" "), shell })))("probe under $name", ({ shell }) => {
  test("negotiates the fields, samples eight GPUs every 100 ms and leaves nothing behind when its input ends", async () => {
    const probe = await startProbe({ shell, beatMs: 100, env: { FAKE_GPUS: "8" } });
    const lines = await probe.lines(40);
    const fields = probe.updates.find((update) => update.kind === "fields");
    expect(fields?.fields).toEqual([
      ...["index", "count", "uuid", "name", "utilization.gpu", "memory.used", "memory.total", "pstate"],
      "clocks_event_reasons.active",
    ]);
    expect(lines[8]).toBe("0, 8, GPU-000, NVIDIA H100 80GB HBM3, 1, 1000, 81559, P0, 0x0000000000000004");
    expect(probe.processes().length).toBeGreaterThan(2);
    probe.stream.dispose();
    await probe.ended();
    await until(() => probe.processes().length === 0);
  });

  test("tells about the host, and about processes it is asked for", async () => {
    const probe = await startProbe({ shell, env: { FAKE_PID: String(process.pid) } });
    const host = await probe.until(() => probe.updates.find((update) => update.kind === "host"));
    expect(host.uptime).toMatch(/^[\d.]+ [\d.]+$/);
    expect(host.memory[0]).toMatch(/^MemTotal: +\d+ kB$/);
    const apps = await probe.until(() =>
      probe.updates.find((update) => update.kind === "output" && update.source === "nvidiaApps"),
    );
    expect(apps).toMatchObject({ lines: [`GPU-000, ${process.pid}, 1024`], exitCode: 0 });
    probe.stream.writeLine(probeControl.who([process.pid, 99999999]));
    const told = await probe.until(() => {
      const found = probe.updates.filter((update) => update.kind === "process");
      return found.length === 2 ? found : undefined;
    });
    expect(told).toEqual([
      {
        kind: "process",
        pid: process.pid,
        startTicks: expect.any(Number),
        uid: userInfo().uid,
        user: userInfo().username,
        command: expect.stringContaining("vitest"),
      },
      { kind: "process", pid: 99999999 },
    ]);
    await probe.until(() => probe.updates.find((update) => update.kind === "fact" && update.name === "clock"));
    probe.stream.dispose();
    await probe.ended();
  });

  test("sends output that is longer than a record whole", async () => {
    const probe = await startProbe({ shell });
    const output = await probe.until(() =>
      probe.updates.find((update) => update.kind === "output" && update.source === "amdSmi"),
    );
    expect(output).toMatchObject({ exitCode: 0, lines: ["WARNING: a line before", expect.stringMatching(/^\{/)] });
    const text = output.kind === "output" ? (output.lines[1] ?? "") : "";
    expect(Object.keys(JSON.parse(text))).toHaveLength(41);
    probe.stream.dispose();
    await probe.ended();
  });

  test("ends when the client has not been heard of for too long, and takes a hanging tool with it", async () => {
    const probe = await startProbe({ shell, mode: "hangs", silenceMs: 1200 });
    await probe.ended();
    await until(() => probe.processes().length === 0);
  });

  test("ends with nothing left when its input ends before the parameters came", async () => {
    const mark = `TENSORLINE_MARK=cut-${process.pid}-${shell.join("-")}`;
    const child = spawn(shell[0], [...shell.slice(1), "-s"], {
      detached: true,
      env: { PATH: "/usr/bin:/bin", MARK: mark },
    });
    const ended = new Promise((resolve) => child.once("close", resolve));
    child.stdout.once("data", () => child.stdin.end("9\nnonce\n"));
    child.stdin.write(probeScript);
    await ended;
    await until(() => processesMarked(mark).length === 0);
  });

  test("stays as long as the client is heard", async () => {
    const probe = await startProbe({ shell, silenceMs: 2500 });
    const client = setInterval(() => probe.stream.writeLine(probeControl.alive), 100);
    onTestFinished(() => clearInterval(client));
    // They come every second at most.
    await probe.until(() => probe.updates.filter(({ kind }) => kind === "host")[3]);
    expect(probe.processes().length).toBeGreaterThan(0);
    probe.stream.dispose();
    await probe.ended();
  });

  test("starts the loop again at another beat, with the fields it is given, and polls a tool that cannot loop", async () => {
    const probe = await startProbe({ shell, beatMs: 60_000 });
    await probe.lines(2);
    probe.stream.writeLine(probeControl.interval(100));
    await probe.lines(8);
    probe.stream.writeLine("fields nvidia index,count");
    const short = await probe.until(() =>
      probe.updates.find((update) => update.kind === "line" && update.text === "1, 2"),
    );
    expect(short).toBeDefined();
    probe.stream.writeLine("poll nvidia");
    const ran = await probe.until(() => probe.updates.find((update) => update.kind === "ran"));
    expect(ran).toEqual({ kind: "ran", source: "nvidia", exitCode: 0 });
    probe.stream.dispose();
    await probe.ended();
  });
});
