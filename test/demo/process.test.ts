import { execFile } from "node:child_process";
import { existsSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { build } from "esbuild";
import { afterAll, beforeAll, expect, test } from "vitest";
import { startDemoProcess } from "../../src/demo/client";
import { isRunning, until } from "../processes";
import { connect, open, readUntil, text } from "./remote";

const folder = mkdtempSync(join(tmpdir(), "tensorline-test-"));
const script = join(folder, "demo.cjs");
const node = process.execPath;

beforeAll(async () => {
  await build({
    entryPoints: ["src/demo/main.ts"],
    outfile: script,
    bundle: true,
    platform: "node",
    format: "cjs",
    loader: { ".sh": "text" },
    external: ["cpu-features", "*.node"],
  });
});

afterAll(() => rmSync(folder, { recursive: true, force: true, maxRetries: 5 }));

/** Runs the system's own ssh client, as a user would. */
function ssh(...args: string[]): Promise<string> {
  return new Promise((resolve, reject) => {
    const child = execFile("ssh", args, (error, stdout) => (error ? reject(error) : resolve(stdout)));
    child.stdin?.end();
  });
}

test("the system's ssh reaches every host with the config it is given", async () => {
  const demo = await startDemoProcess({ node, script });
  expect(demo.hosts.map(({ name }) => name)).toEqual(["lab1", "rtx", "mi300", "login"]);
  expect(demo.recorded).toBeUndefined();
  for (const { name } of demo.hosts) expect(await ssh("-F", demo.configFile, name, "hostname")).toBe(`${name}\n`);
  demo.dispose();
  await demo.ended;
  expect(existsSync(demo.configFile)).toBe(false);
});

test("a recorded fleet says so, refuses commands with a reason and goes away with its files", async () => {
  const demo = await startDemoProcess({ node, script, recorded: true });
  expect(demo.recorded).toBe(true);
  for (const { summary } of demo.hosts) expect(summary).toContain("recorded");
  await expect(ssh("-F", demo.configFile, "lab1", "nvidia-smi")).rejects.toMatchObject({ code: 127 });
  await expect(demo.fault({ host: "lab1", fault: "hang" })).rejects.toMatchObject({
    problem: { reason: "commandFailed" },
  });
  demo.dispose();
  await demo.ended;
  expect(existsSync(dirname(demo.configFile))).toBe(false);
});

test("faults are switched by request, an unknown host is refused", async () => {
  const demo = await startDemoProcess({ node, script, hosts: 2 });
  await demo.fault({ host: "gpu002", fault: "driver-mismatch" });
  await expect(ssh("-F", demo.configFile, "gpu002", "nvidia-smi")).rejects.toMatchObject({ code: 18 });
  expect(await ssh("-F", demo.configFile, "gpu001", "nvidia-smi", "-L")).toContain("GPU 7:");
  await expect(demo.fault({ host: "gpu003", fault: "none" })).rejects.toMatchObject({
    problem: { reason: "commandFailed" },
  });
  demo.dispose();
  await demo.ended;
  await expect(demo.fault({ host: "gpu001", fault: "none" })).rejects.toMatchObject({
    problem: { reason: "commandFailed" },
  });
});

test("killed, it leaves neither files nor processes behind, not even those that left their session", async () => {
  const demo = await startDemoProcess({ node, script });
  const client = await connect(demo, "lab1");
  client.removeAllListeners("error").on("error", () => undefined);
  const jobs = await text(client, "nvidia-smi --query-compute-apps=pid --format=csv,noheader");
  const channel = await open(
    client,
    "setsid sleep 1000 & echo $!; sleep 1000 & echo $!; nvidia-smi -l 60 >/dev/null & echo $!; wait",
  );
  const started = await readUntil(channel, (read) => read.split("\n").length > 3);
  const [server = ""] = (await text(client, "ps -o ppid= -p $$")).trim().split("\n");
  process.kill(Number(server), "SIGKILL");
  await demo.ended;
  await until(() => !existsSync(dirname(demo.configFile)));
  const pids = `${jobs}${started}`.trim().split("\n").map(Number);
  await until(() => !pids.some(isRunning));
});

test("something else than the fleet is told apart", async () => {
  const other = join(folder, "other.cjs");
  writeFileSync(other, "console.error('no fleet here'); process.exit(4);");
  await expect(startDemoProcess({ node, script: other })).rejects.toMatchObject({
    problem: { reason: "commandFailed", exitCode: 4, detail: "no fleet here" },
  });
});
