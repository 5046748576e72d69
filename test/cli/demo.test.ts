import { spawnSync } from "node:child_process";
import { existsSync } from "node:fs";
import { connect } from "node:net";
import { dirname } from "node:path";
import { describe, expect, it } from "vitest";
import { until } from "../processes";
import { hostsOf, start, tensorline } from "./cli";

interface DemoAnswer {
  readonly configFile: string;
  readonly hosts: readonly { name: string; port: number; summary: string }[];
}

/** Resolves once nobody listens on a port. */
async function closed(port: number): Promise<void> {
  const listens = () =>
    new Promise<boolean>((resolve) => {
      const socket = connect(port, "127.0.0.1");
      socket.once("connect", () => {
        socket.destroy();
        resolve(true);
      });
      socket.once("error", () => resolve(false));
    });
  while (await listens()) await new Promise((resolve) => setTimeout(resolve, 20));
}

/** The folders of a demo fleet: those that its janitor will remove. */
function foldersOf(configFile: string): readonly string[] {
  const janitor = processes().find((line) => line.includes("-reaper ") && line.includes(dirname(configFile)));
  return janitor?.match(/\S*\/tensorline-demo-\w+/g) ?? [];
}

const processes = () => spawnSync("ps", ["-eo", "args="], { encoding: "utf8" }).stdout.split("\n");

describe.skipIf(process.platform === "win32")("tensorline demo", () => {
  for (const signal of ["SIGINT", "SIGTERM"] as const) {
    it(`can be reached by its config until ${signal}, and leaves nothing behind`, async () => {
      const demo = start(["demo", "--json"]);
      const { configFile, hosts }: DemoAnswer = JSON.parse(await demo.until((stdout) => stdout.endsWith("\n")));
      const names = hosts.map(({ name }) => name);
      expect(names).toEqual(["lab1", "rtx", "mi300", "login"]);
      const { code, stdout, stderr } = await tensorline(["gpus", ...names, "-F", configFile, "--json"]);
      expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
      const reports = hostsOf(stdout);
      expect(names.map((name) => reports[name]?.gpus.length)).toEqual([8, 2, 4, 0]);
      expect(reports.mi300?.gpus.every(({ vendor }) => vendor === "amd")).toBe(true);
      expect(reports.lab1?.gpus.filter(({ mig }) => mig?.enabled)).toHaveLength(2);
      expect(reports.login?.warnings).toMatchObject([{ reason: "noGpuTool" }]);
      const folders = foldersOf(configFile);
      expect(folders).toContain(dirname(configFile));
      demo.child.kill(signal);
      expect(await demo.ended).toMatchObject({ code: 0, stderr: "" });
      for (const { port } of hosts) await closed(port);
      const isLeft = () =>
        folders.some((folder) => existsSync(folder) || processes().some((line) => line.includes(folder)));
      await until(() => !isLeft());
    });
  }

  it("tells people how to reach it", async () => {
    const demo = start(["demo"]);
    const shown = await demo.until((stdout) => stdout.includes("Ctrl-C ends it.\n"));
    expect(shown).toMatch(/^The demo fleet runs on this computer\./);
    expect(shown).toMatch(/\n {2}tensorline gpus lab1 -F \S+\n/);
    demo.child.kill("SIGINT");
    expect(await demo.ended).toMatchObject({ code: 0, stderr: "" });
  });
});
