import { describe, expect, it } from "vitest";
import { toolkitLines } from "../../../src/cli/cuda";
import { environmentLines } from "../../../src/cli/envs";
import { findEnvironment, sorted } from "../../../src/cli/hostEnvironments";
import type { Environment } from "../../../src/shared/environments";

const made = (manager: string, name: string, prefix: string, more: Partial<Environment> = {}): Environment => ({
  manager,
  name,
  prefix,
  packages: [],
  ...more,
});

const environments = [
  made("venv", "train", "/b/train"),
  made("conda", "train", "/a/train"),
  made("conda", "base", "/opt/conda"),
  made("module", "3.12", "/sw/py", { module: "python/3.12" }),
  made("module", "3.12", "/sw/py", { module: "gcc/12 python/3.12" }),
  made("venv", "-x", "/b/$(id)"),
];

it("environments stand in the same order whatever order they come in", () => {
  const order = sorted(environments).map(({ manager, prefix, module = "" }) => `${manager} ${prefix} ${module}`.trim());
  expect(order).toEqual([
    "conda /opt/conda",
    "conda /a/train",
    "module /sw/py gcc/12 python/3.12",
    "module /sw/py python/3.12",
    "venv /b/$(id)",
    "venv /b/train",
  ]);
  expect(sorted([...environments].reverse())).toEqual(sorted(environments));
});

describe("the environment that is meant", () => {
  it.each([
    ["base", "/opt/conda"],
    ["-x", "/b/$(id)"],
    ["/a/train", "/a/train"],
    ["/a/train//", "/a/train"],
  ])("%s", (name, prefix) => {
    expect(findEnvironment(environments, "lab1", name).prefix).toBe(prefix);
  });

  it.each([
    ["train", { reason: "environmentAmbiguous", name: "train", choices: ["/b/train", "/a/train"] }],
    [
      "/sw/py",
      {
        reason: "environmentAmbiguous",
        name: "/sw/py",
        choices: ["/sw/py (module python/3.12)", "/sw/py (module gcc/12 python/3.12)"],
      },
    ],
    ["Train", { reason: "environmentUnknown", host: "lab1", name: "Train" }],
    ["/", { reason: "environmentUnknown", host: "lab1", name: "/" }],
  ])("%s is none or several", (name, problem) => {
    expect(() => findEnvironment(environments, "lab1", name)).toThrow(expect.objectContaining({ problem }));
  });
});

it("a table says what is unknown, what is broken, and nothing that could harm a terminal", () => {
  const lines = environmentLines(
    [
      made("conda", "a\u001b[2Jb\nc", "/x\u0007y", {
        pythonVersion: "3.12.4",
        packages: [
          { name: "torch", version: "2.13.0+cu130", build: { kind: "cuda", version: "13.0" } },
          { name: "jax", version: "0.10.2", build: { kind: "cpu" } },
          { name: "cupy-cuda13x", version: "14.0.0", build: { kind: "cuda", version: "13" } },
          { name: "tensorflow", version: "2.21.0" },
          { name: "numpy", version: "2.4.6" },
        ],
      }),
      made("venv", "old", "/old", { error: { reason: "noInterpreter", message: "It has no Python." } }),
    ],
    [{ reason: "cutOff", message: "The list is not whole." }],
    false,
  );
  expect(lines).toEqual(
    [
      "NAME   MANAGER  PYTHON  FRAMEWORKS                                                                         PREFIX",
      "ab c   conda    3.12.4  torch 2.13.0+cu130, jax 0.10.2 (CPU), tensorflow 2.21.0, cupy-cuda13x 14.0.0 (CUDA 13)  /x y",
      "old !  venv     –       –                                                                                  /old",
      "  ! /old: It has no Python.",
      "  ! The list is not whole.",
    ].map((line) =>
      expect.stringMatching(new RegExp(`^${line.replace(/[!+().?/]/g, "\\$&").replace(/ {2,}/g, " +")}$`)),
    ),
  );
  expect(environmentLines([], [], false)).toEqual(["no Python environments"]);
});

it("toolkits are a table in which a new shell's own is marked", () => {
  const [driver, first, second, , heading, active, module] = toolkitLines({
    driver: { vendor: "nvidia", version: "580.95.05", cudaVersion: "13.0" },
    gpus: [{ index: 0, name: "NVIDIA H100", computeCapability: "9.0" }, { index: 1 }],
    toolkits: [
      {
        kind: "cuda",
        version: "13.0.2",
        path: "/usr/local/cuda-13.0",
        source: "folder",
        active: true,
        nvcc: "13.0.88",
        libraries: [{ name: "cudnn", version: "9.13.0", path: "/usr/lib/libcudnn.so.9" }],
      },
      {
        kind: "rocm",
        version: "6.4",
        path: "/opt/rocm",
        source: "module",
        module: "rocm/6.4",
        active: false,
        libraries: [],
      },
    ],
    warnings: [],
  });
  expect([driver, first, second]).toEqual([
    "NVIDIA driver 580.95.05, up to CUDA 13.0",
    "GPU 0: NVIDIA H100, compute capability 9.0",
    "GPU 1: –",
  ]);
  expect(heading).toMatch(/^ +TOOLKIT +NVCC +LIBRARIES +FROM +PATH$/);
  expect(active).toMatch(/^\* +CUDA 13\.0\.2 +13\.0\.88 +cuDNN 9\.13\.0 +system +\/usr\/local\/cuda-13\.0$/);
  expect(module).toMatch(/^ +ROCm 6\.4 +– +– +module rocm\/6\.4 +\/opt\/rocm$/);
  expect(toolkitLines({ gpus: [], toolkits: [], warnings: [] })).toEqual([
    "no GPU driver",
    "",
    "no CUDA toolkits and no ROCm",
  ]);
});
