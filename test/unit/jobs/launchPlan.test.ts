import { describe, expect, it } from "vitest";
import type { HostLease } from "../../../src/core/connections";
import { environmentOverlay, mergeOverlays } from "../../../src/core/environments/overlay";
import type { EnvironmentParts } from "../../../src/core/environments/parts";
import { toolkitOverlay } from "../../../src/core/environments/toolkits/toolkitOverlay";
import { Failure } from "../../../src/core/failure";
import type { GpuOutlook } from "../../../src/core/jobs/gpus/outlook";
import type { CodePlace } from "../../../src/core/jobs/launch/launch";
import { createLauncher } from "../../../src/core/jobs/launch/launcher";
import type { LauncherDeps } from "../../../src/core/jobs/launch/ports";
import { summaryLine } from "../../../src/core/jobs/launch/summary";
import type { HostRef } from "../../../src/core/ports";
import type { Environment, Toolkit } from "../../../src/shared/environments";
import type { Gpu } from "../../../src/shared/gpu";
import type { JobSettings } from "../../../src/shared/jobSettings";
import { createManualClock } from "../../mocks/manualClock";

const options = { signal: new AbortController().signal };
const place: CodePlace = { kind: "host", folder: "/data/proj" };
const gpu = (index: number): Gpu => ({ vendor: "nvidia", index });

const torch: Environment = {
  manager: "venv",
  name: "torch-2.13",
  prefix: "/envs/torch",
  interpreter: "/envs/torch/bin/python",
  packages: [],
};
const broken: Environment = {
  ...torch,
  name: "old",
  prefix: "/envs/old",
  error: { reason: "noInterpreter", message: "gone" },
};
const cuda: Toolkit = {
  kind: "cuda",
  version: "12.4.1",
  path: "/usr/local/cuda-12.4",
  source: "folder",
  active: false,
  libraries: [],
};

function outlook(chosen: number, wanted = 1, more: Partial<GpuOutlook> = {}): GpuOutlook {
  return {
    chosen: Array.from({ length: chosen }, (_, index) => ({ gpu: gpu(index), freeMs: 720_000 })),
    wanted,
    held: [],
    ahead: 0,
    sentence: chosen >= wanted ? "GPU 0 is free." : "All GPUs are taken; alice has 1.",
    ...more,
  };
}

interface World {
  readonly hosts?: Readonly<Record<string, GpuOutlook | Failure>>;
  readonly known?: boolean;
  readonly deps?: Partial<LauncherDeps>;
}

/** A launcher whose hosts are made of what the test says of them. */
function world({ hosts = { lab1: outlook(1) }, known = true, deps = {} }: World = {}) {
  const looked: string[] = [];
  const refreshed: string[] = [];
  const survey = { report: { environments: [torch, broken], projects: [], warnings: [] }, machine: "x86_64" };
  const nothing = { verdicts: new Map(), loads: new Map(), isReading: false, running: [] };
  const state = { ...nothing, survey, toolkits: { toolkits: [cuda] } } as unknown as ReturnType<
    LauncherDeps["environments"]["state"]
  >;
  const launcher = createLauncher({
    client: { os: "linux" },
    clock: createManualClock(),
    randomId: () => "id-1",
    acquire: (host) => ({ host, connected: async () => ({}), dispose() {} }) as unknown as HostLease,
    hostNamed: (name) => ({ name }),
    connectedHosts: () => Object.keys(hosts).map((name) => ({ name })),
    environments: {
      state: () => (known ? state : nothing),
      async refresh({ name }) {
        refreshed.push(name);
        return state;
      },
      parts: () =>
        ({
          overlay: (environment, toolkit) =>
            mergeOverlays(
              environment ? environmentOverlay(environment) : environmentOverlay(torch),
              toolkit ? toolkitOverlay(toolkit) : environmentOverlay(torch),
            ),
        }) as Partial<EnvironmentParts> as EnvironmentParts,
    },
    async outlook({ name }: HostRef) {
      looked.push(name);
      const found = hosts[name];
      if (found === undefined || "problem" in found) throw found ?? new Error("no such host");
      return found;
    },
    transfers: undefined as never,
    jobs: { submit: () => Promise.reject(new Error("nothing is submitted here")) },
    clientState: undefined as never,
    ...deps,
  });
  return { launcher, looked, refreshed };
}

const plan = (settings: Partial<JobSettings>, more: World = {}) =>
  world(more).launcher.plan({ host: "lab1", program: "train.py", ...settings }, place, options);

describe("a plan", () => {
  it("is the whole request, and the same for people", async () => {
    const made = await plan({ environment: "torch-2.13", arguments: "--lr '1 e'", timeLimit: "1h", secrets: ["KEY"] });
    expect(made.request).toMatchObject({
      id: "id-1",
      name: "train.py",
      backend: "process",
      argv: ["python", "train.py", "--lr", "1 e"],
      folder: "/data/proj",
      environment: "torch-2.13",
      gpus: { kind: "any", count: 1, queue: true },
      timeLimitSeconds: 3600,
      secrets: {},
    });
    expect(made.secrets).toEqual(["KEY"]);
    expect(made.summary).toBe("lab1 GPU 0 (free 12 min) · torch-2.13");
    expect(made.command).toBe("python train.py --lr '1 e'");
    expect(made.script).toContain("/envs/torch/bin");
    expect(made.script).toMatch(/cd \/data\/proj .*\nexec python train\.py --lr '1 e'\n$/);
    expect(made.cautions).toEqual([]);
    expect(JSON.parse(made.request.settings ?? "")).toMatchObject({ settings: { host: "lab1" }, place });
  });

  it("looks for environments only where they are not known", async () => {
    const unknown = world({ known: false });
    await unknown.launcher.plan({ host: "lab1", program: "x.py", environment: "/envs/torch" }, place, options);
    expect(unknown.refreshed).toEqual(["lab1"]);
    const chosen = world({ known: false, deps: { chosen: () => ({ environment: torch }) } });
    const made = await chosen.launcher.plan({ host: "lab1", program: "x.py" }, place, options);
    expect(made.request.environment).toBe("torch-2.13");
    await chosen.launcher.plan({ host: "lab1", program: "x.py", environment: "torch-2.13" }, place, options);
    expect(chosen.refreshed).toEqual([]);
  });

  it("without any environment takes the Python that every Linux calls so", async () => {
    expect((await plan({})).request.argv).toEqual(["python3", "train.py"]);
  });

  it("switches to a toolkit by the beginning of its version", async () => {
    expect((await plan({ toolkit: "12.4" })).script).toContain("/usr/local/cuda-12.4/bin");
    await expect(plan({ toolkit: "12" })).resolves.toBeDefined();
    await expect(plan({ toolkit: "1" })).rejects.toMatchObject({ problem: { reason: "jobUnusable" } });
  });

  it.each<[Partial<JobSettings>, string]>([
    [{ environment: "absent" }, "environmentUnknown"],
    [{ environment: "old" }, "environmentBroken"],
    [{ arguments: "'" }, "jobUnusable"],
    [{ variables: { A: "1" }, secrets: ["A"] }, "jobUnusable"],
  ])("of %j fails with %s", async (settings, reason) => {
    await expect(plan(settings)).rejects.toMatchObject({ problem: { reason } });
  });

  it("counts processes by GPUs", async () => {
    const hosts = { lab1: outlook(4, 4) };
    const processes = async (settings: Partial<JobSettings>) =>
      (await plan({ launcher: "torchrun", gpus: { count: 4 }, ...settings }, { hosts })).request.argv[5];
    expect(await processes({})).toBe("4");
    expect(await processes({ processes: 2 })).toBe("2");
    expect(await processes({ gpus: { ids: ["0", "1", "2"] } })).toBe("3");
    expect(await processes({ gpus: { count: 0 } })).toBe("1");
  });

  it("waits where GPUs are taken, or says who has them", async () => {
    const held = [{ gpu: gpu(1), users: ["alice", "bob"], why: "computes" as const }];
    const hosts = { lab1: outlook(1, 2, { held, ahead: 3 }) };
    const waiting = await plan({ gpus: { count: 2 } }, { hosts });
    expect(waiting.summary).toBe("lab1 2 GPUs (waits behind 3)");
    expect(waiting.cautions).toEqual(["All GPUs are taken; alice has 1."]);
    await expect(plan({ gpus: { count: 2 }, queue: false }, { hosts })).rejects.toMatchObject({
      problem: { reason: "gpusTaken", host: "lab1", wanted: 2, free: 1, held: "GPU 1: alice, bob" },
    });
  });

  it("on a host without GPUs gets none unless somebody asked for one", async () => {
    const hosts = { lab1: new Failure({ reason: "noGpuTool", lookedFor: ["nvidia-smi"] }) };
    const made = await plan({}, { hosts });
    expect(made.request.gpus).toEqual({ kind: "none" });
    expect(made.cautions).toEqual([expect.stringMatching(/^The job gets no GPU\. /)]);
    const asked = await plan({ gpus: { count: 1 } }, { hosts });
    expect(asked.request.gpus).toMatchObject({ kind: "any" });
    expect(asked.cautions).toHaveLength(1);
  });

  it("is not made for a host that can never run it", async () => {
    const hosts = { lab1: outlook(0, 1, { impossible: true, sentence: "It has no GPU." }) };
    expect((await plan({}, { hosts })).cautions).toEqual(["The job gets no GPU. It has no GPU."]);
    await expect(plan({ gpus: { count: 1 } }, { hosts })).rejects.toMatchObject({
      problem: { reason: "noHostFits", hosts: ["lab1"], detail: "It has no GPU." },
    });
  });

  it("looks at no GPUs for a job that gets none, or says itself which", async () => {
    for (const settings of [{ gpus: { count: 0 } }, { variables: { CUDA_VISIBLE_DEVICES: "0" } }]) {
      const { launcher, looked } = world();
      await launcher.plan({ host: "lab1", program: "x.py", ...settings }, place, options);
      expect(looked).toEqual([]);
    }
  });
});

describe("any free host", () => {
  // Code on a host is on that host: the folder goes nowhere here, so that no transfer is needed.
  const anywhere: CodePlace = { kind: "client", folder: "/home/me/proj" };
  const settings: JobSettings = { program: "/opt/train.py", gpus: { count: 2 } };
  const choose = async (hosts: World["hosts"], more: Partial<JobSettings> = {}, deps: World["deps"] = {}) => {
    const made = await world({ hosts, deps }).launcher.plan({ ...settings, ...more }, anywhere, options);
    return made.host.name;
  };
  const full = (ahead: number) =>
    outlook(0, 2, { ahead, held: [0, 1].map((index) => ({ gpu: gpu(index), users: [], why: "memory" })) });

  it("is one where it begins at once, else the one with the shortest queue", async () => {
    expect(await choose({ a: full(0), b: outlook(2, 2), c: full(1) })).toBe("b");
    expect(await choose({ a: full(2), b: full(1), c: new Failure({ reason: "noGpuTool", lookedFor: [] }) })).toBe("b");
  });

  it("is none that has too few GPUs, or not the environment", async () => {
    expect(await choose({ a: outlook(1, 2, { impossible: true }), b: full(5) })).toBe("b");
    await expect(choose({ a: outlook(2, 2) }, { environment: "absent" })).rejects.toMatchObject({
      problem: { reason: "noHostFits", hosts: ["a"], detail: expect.stringContaining("absent") },
    });
  });

  it("says of each why it does not fit", async () => {
    await expect(
      choose({ a: outlook(1, 2, { impossible: true, sentence: "It has 1 GPU." }), b: full(0) }, { queue: false }),
    ).rejects.toMatchObject({
      problem: { reason: "noHostFits", detail: "a: It has 1 GPU; b: All GPUs are taken; alice has 1" },
    });
    await expect(choose({})).rejects.toMatchObject({ problem: { reason: "noHostFits", hosts: [] } });
  });

  it("cannot be meant for code that is on one", async () => {
    await expect(world().launcher.plan({ program: "x.py" }, place, options)).rejects.toMatchObject({
      problem: { reason: "jobUnusable" },
    });
  });
});

describe("the line of a plan", () => {
  const sync = { to: "/w", files: 3, bytes: 18_000, deletes: 0 };
  const any = { kind: "any", count: 2, queue: true } as const;
  it.each([
    [{ wish: { kind: "none" } as const, sync, environment: "e" }, "lab1 · sync 3 files (18 kB) · e"],
    [
      { wish: any, outlook: outlook(2, 2), sync: { ...sync, files: 0 } },
      "lab1 GPU 0, 1 (free 12 min) · code unchanged",
    ],
    [{ wish: any, sync: { ...sync, deletes: 1 } }, "lab1 2 GPUs · sync 3 files (18 kB), delete 1 file"],
    [
      { wish: any, outlook: outlook(1, 2), sync: { ...sync, files: 0, deletes: 2 } },
      "lab1 2 GPUs (waits) · sync delete 2 files",
    ],
    [{ wish: { kind: "given" } as const }, "lab1 GPUs as given"],
  ])("%#", (parts, line) => {
    expect(summaryLine({ host: "lab1", ...parts })).toBe(line);
  });
});
