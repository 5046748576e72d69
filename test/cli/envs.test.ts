import { execFileSync } from "node:child_process";
import { mkdirSync, readdirSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Environment, EnvironmentWarning, ToolkitReport } from "../../src/shared/environments";
import { freePort, type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { complaint, expectPlain, tensorline } from "./cli";
import { gpuEnvironment, loginTo, scratch } from "./hosts";

interface Listing {
  readonly environments: readonly Environment[];
  readonly warnings: readonly EnvironmentWarning[];
}
interface Diagnosis {
  readonly checks: readonly { name: string; status: string; message: string }[];
}

const standIns = new URL("../python/frameworks", import.meta.url).pathname;

describe.skipIf(withoutSshd)(`environments on the command line${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  const home = join(files.folder, "home");
  const place = (name: string) => join(home, name);
  let server: Sshd;
  let config: string;

  beforeAll(async () => {
    for (const name of ["plain", "work/same", "play/same", "broken", "with space"]) {
      mkdirSync(place(name), { recursive: true });
      execFileSync("python3", ["-m", "venv", "--without-pip", place(name)]);
    }
    const programs = join(place("broken"), "bin");
    for (const name of readdirSync(programs).filter((one) => one.startsWith("python"))) {
      rmSync(join(programs, name));
      symlinkSync("/nowhere/python3", join(programs, name));
    }
    // Metadata alone, as a listing reads it.
    const [library] = execFileSync("find", [place("plain"), "-name", "site-packages"], { encoding: "utf8" }).split(
      "\n",
    );
    const metadata = join(library ?? "", "torch-2.13.0+cu130.dist-info");
    mkdirSync(metadata);
    writeFileSync(join(metadata, "METADATA"), "Metadata-Version: 2.1\nName: torch\nVersion: 2.13.0+cu130\n");
    server = await startSshd({ environment: gpuEnvironment(files.folder, { HOME: home }) });
    const gpus = await startSshd({
      environment: gpuEnvironment(files.folder, { HOME: home, PYTHONPATH: standIns, TORCH_GPUS: "2" }),
    });
    const narrow = await startSshd({
      environment: gpuEnvironment(files.folder, { HOME: home }),
      config: ["MaxSessions 1"],
    });
    others.push(gpus, narrow);
    config = files.config({
      box: loginTo(server),
      gpus: loginTo(gpus),
      narrow: loginTo(narrow),
      far: loginTo(server, { Port: await freePort() }),
    });
  });
  const others: Sshd[] = [];
  afterAll(async () => {
    for (const one of [server, ...others]) await one.dispose();
    await files.dispose();
  });

  const list = async (...more: string[]): Promise<Listing> => {
    const { code, stdout, stderr } = await tensorline(["envs", "box", "--json", "-F", config, ...more]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout);
  };
  const doctor = async (host: string, name: string, words: readonly string[] = []) => {
    const outcome = await tensorline(["doctor", host, "--env", name, "-F", config, "--json", ...words]);
    const { checks }: Diagnosis = JSON.parse(outcome.stdout);
    const said = Object.fromEntries(checks.map((check) => [check.name, `${check.status}: ${check.message}`]));
    return { outcome, checks, said };
  };

  it("are listed as JSON in the same order each time, the broken one with its reason", async () => {
    const first = await list();
    expect((await list()).environments).toEqual(first.environments);
    const mine = first.environments.filter(({ prefix }) => prefix.startsWith(home));
    expect(mine.map(({ manager, prefix }) => `${manager} ${prefix.slice(home.length + 1)}`)).toEqual([
      "venv broken",
      "venv plain",
      "venv play/same",
      "venv work/same",
      "venv with space",
    ]);
    expect(mine[0]?.error).toMatchObject({ reason: "danglingInterpreter" });
    expect(mine[1]).toMatchObject({
      name: "plain",
      pythonVersion: expect.stringMatching(/^3\.\d+\.\d+$/),
      packages: [{ name: "torch", version: "2.13.0+cu130", build: { kind: "cuda", version: "13.0" } }],
    });
  });

  it("are a table for people", async () => {
    const { code, stdout, stderr } = await tensorline(["envs", "box", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expectPlain(stdout);
    expect(stdout).toMatch(/^NAME +MANAGER +PYTHON +FRAMEWORKS +PREFIX\n/);
    expect(stdout).toMatch(/^plain +venv +3\.\d+\.\d+ +torch 2\.13\.0\+cu130 +\S+\/plain$/m);
    expect(stdout).toMatch(/^broken ! +venv/m);
    expect(stdout).toMatch(/^ {2}! \S+\/broken: [^\n]+$/m);
  });

  it("show all packages where asked to", async () => {
    const metadata = place("plain/lib");
    const [folder] = execFileSync("find", [metadata, "-name", "site-packages"], { encoding: "utf8" }).split("\n");
    mkdirSync(join(folder ?? "", "six-1.17.0.dist-info"));
    const { environments } = await list("--packages");
    const packages = environments.find(({ prefix }) => prefix === place("plain"))?.packages ?? [];
    expect(packages.map(({ name, version }) => `${name} ${version}`)).toEqual(["six 1.17.0", "torch 2.13.0+cu130"]);
  });

  it("toolkits come with driver and GPUs, and what a new shell takes is marked", async () => {
    const { code, stdout, stderr } = await tensorline(["cuda", "box", "--json", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const report: ToolkitReport = JSON.parse(stdout);
    expect(report.driver).toMatchObject({ vendor: "nvidia", version: expect.stringMatching(/^\d+\./) });
    expect(report.gpus).toHaveLength(2);
    for (const toolkit of report.toolkits) {
      expect(toolkit).toMatchObject({ version: expect.any(String), path: expect.stringMatching(/^\//) });
      expect(typeof toolkit.active).toBe("boolean");
    }
    const people = await tensorline(["cuda", "box", "-F", config]);
    expect(people).toMatchObject({ code: 0, stderr: "" });
    expectPlain(people.stdout);
    expect(people.stdout).toMatch(/^NVIDIA driver \S+, up to CUDA \d+\.\d+\nGPU 0: /);
  });

  it("the doctor tries one by its name, and what fails is the verdict", async () => {
    const { outcome, said } = await doctor("gpus", "plain");
    expect(said).toMatchObject({
      connection: expect.stringMatching(/^ok/),
      "GPU 0": expect.stringMatching(/^ok/),
      environment: expect.stringMatching(new RegExp(`^ok: venv, ${home}/plain, Python 3\\.`)),
      "torch 2.13.0+cu130": expect.stringMatching(/^ok: /),
      Python: expect.stringMatching(/^ok: Python 3\./),
      "import torch": expect.stringMatching(/^ok: PyTorch 2\.13\.0\+cu130 can be imported/),
      "torch GPU 1": "ok: PyTorch gets memory and computes right on GPU 1.",
      "torch all-reduce": "ok: 2 GPUs work together.",
    });
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
    const bare = await doctor("box", "with space");
    expect(bare.said.frameworks).toBe("warning: None of PyTorch, JAX, TensorFlow and CuPy is installed here.");
    expect(bare.outcome.code).toBe(0);
  });

  it.each([
    ["on a server like others", "box"],
    ["where the server allows one session", "narrow"],
  ])("by its path, as lines for people, %s", async (_where, host) => {
    const { code, stdout } = await tensorline(["doctor", host, "--env", `${place("work/same")}/`, "-F", config]);
    expect(code).toBe(0);
    expect(stdout).toMatch(/^ok {7}environment: venv, \S+\/work\/same, Python /m);
    expect(stdout).toMatch(/^warning {2}frameworks: None of/m);
  });

  it("a name that several have, one that nobody has, and a broken one are one sentence each", async () => {
    const several = await doctor("box", "same");
    expect(several.outcome.code).toBe(1);
    expect(complaint(several.outcome)).toBe(
      `Several environments are called same: ${place("play/same")}, ${place("work/same")}. Name the one you mean by its path.`,
    );
    const none = await doctor("box", "nobody");
    expect(none.outcome.code).toBe(1);
    expect(complaint(none.outcome)).toMatch(/^box has no environment nobody\./);
    const broken = await doctor("box", "broken");
    expect(broken.outcome.code).toBe(1);
    expect(broken.checks.at(-1)).toMatchObject({ name: "environment", status: "failed" });
    expectPlain(broken.outcome.stderr);
  });

  it("a host that cannot be reached is one sentence", async () => {
    for (const command of ["envs", "cuda"]) {
      const outcome = await tensorline([command, "far", "--json", "-F", config]);
      expect(outcome).toMatchObject({ code: 1, stdout: "" });
      complaint(outcome);
    }
  });
});
