import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/core/environments/compatibility/finding";
import { judge, judgeToolkit } from "../../../src/core/environments/compatibility/judge";
import type { Toolkit, Verdict } from "../../../src/shared/environments";
import { amd, cards, environment, noGpu, nvidia, pkg, toolkit } from "./advisorCases";

type Grade = Verdict["grade"];
const index = (torch: string, tag: string) =>
  `Install torch ${torch} from the index https://download.pytorch.org/whl/${tag}.`;

const { titanX, p100, gtx1080, v100, t4, rtx2080, a100, rtx3090, rtx4090, h100, b200, rtx5090, orin, thor } = cards;

/** The last package is judged; those before it stand beside it. */
type Case = readonly [
  name: string,
  machine: Machine,
  packages: string,
  grade: Grade,
  fix?: string | RegExp,
  python?: string,
];

function run(title: string, cases: readonly Case[]): void {
  describe(title, () => {
    for (const [name, machine, packages, grade, fix, python] of cases)
      test(name, () => {
        const all = packages.split(", ").map((text) => pkg(text));
        const found = judge(machine, environment(all, python)).at(-1);
        expect(`${found?.grade}: ${found?.why}`).toMatch(new RegExp(`^${grade}: `));
        if (fix instanceof RegExp) expect(found?.fix).toMatch(fix);
        else expect(found?.fix).toBe(fix);
      });
  });
}

run("torch and the driver", [
  ["the driver of the toolkit itself", nvidia("580.65.06", a100), "torch 2.13.0+cu130", "works"],
  ["a newer driver", nvidia("595.71.05", a100), "torch 2.11.0+cu128", "works"],
  ["driver 535 of CUDA 12.2 runs 12.6 within limits", nvidia("535.183.01", a100), "torch 2.9.0+cu126", "limited"],
  [
    "the oldest driver of the 12 family",
    nvidia("525.60.13", a100),
    "torch 2.5.1+cu124",
    "limited",
    index("2.5", "cu118"),
  ],
  ["one older than that", nvidia("525.60.11", a100), "torch 2.5.1+cu124", "fails", index("2.5", "cu118")],
  ["cu13x needs 580", nvidia("575.57.08", h100), "torch 2.13.0+cu130", "fails", index("2.13", "cu126")],
  ["13.2 on a driver of 13.0", nvidia("580.95.05", h100), "torch 2.13.0+cu132", "limited", index("2.13", "cu130")],
  ["CUDA 11.8 on a driver of 11.4", nvidia("470.82.01", rtx3090), "torch 2.6.0+cu118", "limited"],
  ["CUDA 12 on a driver of 11.4", nvidia("470.82.01", rtx3090), "torch 2.9.0+cu128", "fails", index("2.7", "cu118")],
  [
    "a driver that carries nothing",
    nvidia("440.33.01", rtx2080),
    "torch 2.6.0+cu118",
    "fails",
    /driver 450\.80\.02 or newer/,
  ],
  ["a driver version that cannot be read", nvidia("N/A", a100), "torch 2.9.0+cu126", "unknown"],
  ["a CUDA that the tables do not know", nvidia("700.10", a100), "torch 3.1.0+cu150", "unknown"],
  [
    "no driver",
    nvidia(undefined, a100),
    "torch 2.9.0+cu126",
    "fails",
    "An administrator installs the NVIDIA driver, or loads it.",
  ],
  ["a driver without GPUs", nvidia("580.95.05"), "torch 2.13.0+cu130", "unknown"],
  [
    "a newer libcuda in front of an old driver",
    { ...nvidia("535.183.01", a100), driver: { vendor: "nvidia", version: "535.183.01", cudaVersion: "13.0" } },
    "torch 2.13.0+cu130",
    "limited",
  ],
]);

run("torch and the GPU's generation", [
  ["Pascal on cu126", nvidia("580.95.05", gtx1080), "torch 2.13.0+cu126", "works"],
  ["Pascal on cu128", nvidia("580.95.05", p100), "torch 2.9.0+cu128", "fails", index("2.9", "cu126")],
  ["Pascal on cu130", nvidia("580.95.05", gtx1080), "torch 2.13.0+cu130", "fails", index("2.13", "cu126")],
  ["Maxwell on cu126", nvidia("580.95.05", titanX), "torch 2.12.1+cu126", "works"],
  ["Volta on cu128 of 2.10", nvidia("580.95.05", v100), "torch 2.10.0+cu128", "works"],
  ["Volta left cu128 with 2.11", nvidia("580.95.05", v100), "torch 2.11.0+cu128", "fails", index("2.11", "cu126")],
  ["Volta was not in cu128 of 2.7", nvidia("580.95.05", v100), "torch 2.7.1+cu128", "fails", index("2.7", "cu126")],
  ["Turing on cu130", nvidia("580.95.05", t4), "torch 2.13.0+cu130", "works"],
  ["Ada runs the code of Ampere", nvidia("580.95.05", rtx4090), "torch 2.13.0+cu130", "works"],
  ["Hopper on cu118", nvidia("580.95.05", h100), "torch 2.6.0+cu118", "works"],
  ["Blackwell on cu126", nvidia("580.95.05", rtx5090), "torch 2.9.0+cu126", "fails", index("2.9", "cu128")],
  ["Blackwell on cu128", nvidia("570.86.10", rtx5090), "torch 2.9.0+cu128", "works"],
  [
    "Blackwell on cu130 with driver 570",
    nvidia("570.86.10", b200),
    "torch 2.13.0+cu130",
    "fails",
    index("2.11", "cu128"),
  ],
  [
    "Blackwell with a torch from before it",
    nvidia("580.95.05", b200),
    "torch 2.5.1+cu124",
    "fails",
    index("2.7", "cu128"),
  ],
  ["a GPU after Blackwell has PTX", nvidia("620.10", { computeCapability: "13.0" }), "torch 2.13.0+cu130", "limited"],
  [
    "and none without it",
    nvidia("620.10", { computeCapability: "13.0" }),
    "torch 2.10.0+cu128",
    "fails",
    index("2.10", "cu130"),
  ],
  [
    "PTX needs the whole driver",
    nvidia("580.95.05", { computeCapability: "13.0" }),
    "torch 2.13.0+cu132",
    "fails",
    index("2.13", "cu130"),
  ],
  ["Kepler", nvidia("470.82.01", { name: "Tesla K80", computeCapability: "3.7" }), "torch 2.6.0+cu118", "fails"],
  [
    "an unreadable generation",
    nvidia("580.95.05", { name: "NVIDIA Graphics Device" }),
    "torch 2.13.0+cu130",
    "unknown",
  ],
]);

run("several GPUs", [
  ["one of two is left out", nvidia("580.95.05", gtx1080, rtx5090), "torch 2.11.0+cu128", "limited"],
  [
    "another wheel has both",
    nvidia("580.95.05", gtx1080, rtx3090),
    "torch 2.13.0+cu130",
    "limited",
    index("2.13", "cu126"),
  ],
  [
    "an older release has both",
    nvidia("580.95.05", v100, b200),
    "torch 2.13.0+cu130",
    "limited",
    index("2.10", "cu128"),
  ],
  ["eight of one kind", nvidia("580.95.05", ...Array(8).fill(h100)), "torch 2.13.0+cu130", "works"],
]);

run("torch and where it was built", [
  ["a CPU build beside a GPU", nvidia("580.95.05", a100), "torch 2.13.0+cpu", "limited", index("2.13", "cu130")],
  ["a CPU build without a GPU", noGpu, "torch 2.13.0+cpu", "works"],
  ["a CUDA build without a GPU", noGpu, "torch 2.13.0+cu130", "limited"],
  ["a ROCm build on NVIDIA", nvidia("580.95.05", a100), "torch 2.13.0+rocm7.2", "fails", index("2.13", "cu130")],
  ["a CUDA build on AMD", amd("gfx942"), "torch 2.13.0+cu130", "fails", index("2.13", "rocm7.2")],
  ["NVIDIA's own build for a Jetson", nvidia("540.4.0", orin), "torch 2.5.0a0+872d972e41.nv24.08", "unknown"],
  [
    "PyTorch's own wheel on a Jetson",
    nvidia("540.4.0", orin),
    "torch 2.9.0+cu126",
    "fails",
    "Install the wheel that NVIDIA makes for this JetPack.",
  ],
  [
    "Thor on x86 does not exist, on ARM it has code",
    { ...nvidia("580.95.05", thor), architecture: "aarch64" },
    "torch 2.13.0+cu130",
    "works",
  ],
  [
    "an ARM host without a row",
    { ...nvidia("580.95.05", h100), architecture: "aarch64" },
    "torch 2.8.0+cu128",
    "unknown",
  ],
  ["nothing says what it was built for", nvidia("580.95.05", a100), "torch 2.13.0", "unknown"],
  ["Python 3.15 is an experiment", nvidia("580.95.05", a100), "torch 2.13.0+cu130", "limited", undefined, "3.15.0"],
  [
    "a Python too new",
    nvidia("580.95.05", a100),
    "torch 2.4.1+cu121",
    "unknown",
    "Use Python 3.12 for torch 2.4, or torch 2.6 for Python 3.13.",
    "3.13.0",
  ],
  [
    "a Python too old",
    nvidia("580.95.05", a100),
    "torch 2.13.0+cu130",
    "unknown",
    "Use Python 3.14 for torch 2.13, or torch 2.8 for Python 3.9.",
    "3.9.18",
  ],
]);

run("torch for ROCm", [
  ["MI300X", amd("gfx942"), "torch 2.13.0+rocm7.2", "works"],
  ["MI250X as the tools write it", amd("gfx90a:sramecc+:xnack-"), "torch 2.13.0+rocm7.2", "works"],
  ["RX 6700 XT has no code", amd("gfx1031"), "torch 2.13.0+rocm7.2", "fails"],
  ["RX 9070 came with 2.7", amd("gfx1201"), "torch 2.8.0+rocm6.4", "works"],
  ["MI350 before its code", amd("gfx950"), "torch 2.8.0+rocm6.4", "fails", index("2.10", "rocm7.1")],
  ["MI350 in a row that was not verified", amd("gfx950"), "torch 2.9.1+rocm6.4", "unknown"],
  ["wheels that no row is about", amd("gfx942"), "torch 2.14.0+rocm7.14", "unknown"],
  ["two of which one has code", amd("gfx1100", "gfx1036"), "torch 2.13.0+rocm7.2", "limited"],
  [
    "a GPU that no tool names",
    { ...amd(), gpus: [{ index: 0, name: "AMD Radeon" }] },
    "torch 2.13.0+rocm7.2",
    "unknown",
  ],
]);

run("jax", [
  ["CUDA 13 on driver 580", nvidia("580.65.06", a100), "jax-cuda13-plugin 0.8.0, jax 0.8.0", "works"],
  [
    "CUDA 13 on driver 570",
    nvidia("570.86.10", a100),
    "jax-cuda13-plugin 0.8.0, jax 0.8.0",
    "fails",
    "Install jax[cuda12] in this environment.",
  ],
  [
    "CUDA 13 on Volta",
    nvidia("580.95.05", v100),
    "jax-cuda13-plugin 0.8.0, jax 0.8.0",
    "fails",
    "Install jax[cuda12] in this environment.",
  ],
  ["CUDA 12 on Volta", nvidia("535.183.01", v100), "jax-cuda12-plugin 0.6.2, jax 0.6.2", "works"],
  [
    "CUDA 12 on driver 470",
    nvidia("470.82.01", a100),
    "jax-cuda12-plugin 0.6.2, jax 0.6.2",
    "fails",
    /driver 525 or newer/,
  ],
  ["an old release on a new GPU", nvidia("580.95.05", rtx5090), "jax-cuda12-plugin 0.4.30, jax 0.4.30", "unknown"],
  ["its old label", nvidia("535.183.01", a100), "jaxlib 0.4.16+cuda12.cudnn89, jax 0.4.16", "works"],
  ["CUDA 11 is not in the table", nvidia("535.183.01", a100), "jaxlib 0.4.16+cuda11.cudnn86, jax 0.4.16", "unknown"],
  ["nothing for GPUs beside it", nvidia("535.183.01", a100), "jax 0.6.2", "unknown"],
]);

const withToolkit = (machine: Machine, ...toolkits: Toolkit[]): Machine => ({ ...machine, toolkits });

run("tensorflow", [
  ["2.17 with its libraries", withToolkit(nvidia("550.54.15", a100), toolkit("12.4.1")), "tensorflow 2.17.0", "works"],
  [
    "without any",
    nvidia("550.54.15", a100),
    "tensorflow 2.17.0",
    "limited",
    "Install tensorflow[and-cuda] to have them from pip.",
  ],
  ["on an old driver", nvidia("470.82.01", a100), "tensorflow 2.17.0", "fails", /driver 525\.60\.13 or newer/],
  ["a GPU below its code", nvidia("580.95.05", titanX), "tensorflow 2.18.0", "fails"],
  [
    "Hopper has only PTX in 2.14",
    withToolkit(nvidia("580.95.05", h100), toolkit("11.8")),
    "tensorflow 2.14.0",
    "limited",
  ],
  [
    "Blackwell",
    nvidia("580.95.05", rtx5090),
    "tensorflow 2.18.0",
    "fails",
    "Use NVIDIA's container of TensorFlow, or a build for this GPU.",
  ],
  ["a release after the table", nvidia("580.95.05", a100), "tensorflow 2.21.0", "unknown"],
  [
    "for the CPU",
    nvidia("580.95.05", a100),
    "tensorflow-cpu 2.18.0",
    "limited",
    "Install tensorflow[and-cuda] in its place.",
  ],
  [
    "a Python that was not tested",
    withToolkit(nvidia("580.95.05", a100), toolkit("12.4.1")),
    "tensorflow 2.14.0",
    "unknown",
    undefined,
    "3.12.1",
  ],
]);

run("cupy", [
  ["12x with a toolkit", withToolkit(nvidia("535.183.01", a100), toolkit("12.2")), "cupy-cuda12x 13.4.0", "works"],
  [
    "12x without one",
    nvidia("535.183.01", a100),
    "cupy-cuda12x 13.4.0",
    "limited",
    "Install cupy-cuda12x[ctk] to have them from pip.",
  ],
  [
    "13x on driver 570",
    nvidia("570.86.10", a100),
    "cupy-cuda13x 14.0.0",
    "fails",
    "Install cupy-cuda12x in its place.",
  ],
  ["13x on Volta", nvidia("580.95.05", v100), "cupy-cuda13x 14.0.0", "fails", "Install cupy-cuda12x in its place."],
  [
    "Blackwell with a toolkit from before it",
    withToolkit(nvidia("580.95.05", b200), toolkit("12.4.1")),
    "cupy-cuda12x 13.4.0",
    "fails",
    "Use CUDA toolkit 12.8 or newer.",
  ],
  ["it cannot do without a GPU", noGpu, "cupy-cuda12x 13.4.0", "fails"],
  ["only conda knows its CUDA", nvidia("580.95.05", a100), "cupy 13.4.0", "unknown"],
]);

run("xformers and flash-attn", [
  ["the torch it was built for", nvidia("580.95.05", a100), "torch 2.9.0+cu128, xformers 0.0.33", "works"],
  [
    "another torch",
    nvidia("580.95.05", a100),
    "torch 2.8.0+cu128, xformers 0.0.33",
    "fails",
    "Install xformers 0.0.32.",
  ],
  ["no torch", nvidia("580.95.05", a100), "xformers 0.0.33", "fails"],
  ["Volta since 0.0.31", nvidia("580.95.05", v100), "torch 2.8.0+cu128, xformers 0.0.32", "fails"],
  ["Volta before", nvidia("580.95.05", v100), "torch 2.6.0+cu126, xformers 0.0.29.post2", "works"],
  ["a release after the table", nvidia("580.95.05", a100), "torch 2.9.1+cu128, xformers 0.0.99", "unknown"],
  [
    "a torch that cannot use the GPU",
    nvidia("580.95.05", gtx1080),
    "torch 2.9.0+cu128, xformers 0.0.33",
    "fails",
    index("2.9", "cu126"),
  ],
  ["flash-attn on Ampere", nvidia("580.95.05", a100), "torch 2.8.0+cu128, flash-attn 2.8.3", "works"],
  [
    "flash-attn on Turing",
    nvidia("580.95.05", t4),
    "torch 2.8.0+cu128, flash_attn 2.8.3",
    "fails",
    "Use PyTorch's own scaled_dot_product_attention on this GPU.",
  ],
  ["flash-attn on Blackwell is not named", nvidia("580.95.05", b200), "torch 2.8.0+cu128, flash-attn 2.8.3", "unknown"],
  [
    "flash-attn for another torch",
    nvidia("580.95.05", a100),
    "torch 2.9.0+cu128, flash-attn 2.8.3+cu12torch2.8cxx11abiTRUE",
    "fails",
    "Install the flash-attn wheel for torch 2.9.",
  ],
  [
    "flash-attn for another CUDA",
    nvidia("580.95.05", a100),
    "torch 2.9.0+cu130, flash-attn 2.8.3+cu12torch2.9cxx11abiTRUE",
    "fails",
    "Install the flash-attn wheel for CUDA 13.",
  ],
  ["flash-attn 1 is another thing", nvidia("580.95.05", a100), "torch 2.0.1+cu118, flash-attn 1.0.9", "unknown"],
]);

describe("toolkits", () => {
  const cases: readonly [string, Machine, Toolkit, Grade, (string | RegExp)?][] = [
    ["12.4 on its driver", nvidia("550.54.14", a100), toolkit("12.4.0"), "works"],
    ["12.4 Update 1 on the driver of 12.4", nvidia("550.54.14", a100), toolkit("12.4.1"), "limited"],
    [
      "13.0 on driver 535",
      nvidia("535.183.01", a100),
      toolkit("13.0.1"),
      "fails",
      "An administrator installs driver 580 or newer, or the forward-compatibility package cuda-compat-13-0.",
    ],
    [
      "13.0 on driver 535 with a GeForce",
      nvidia("535.183.01", rtx4090),
      toolkit("13.0.1"),
      "fails",
      "An administrator installs driver 580 or newer.",
    ],
    [
      "13.0 with a Volta",
      nvidia("580.95.05", v100),
      toolkit("13.0.1"),
      "fails",
      "Use a CUDA toolkit older than 13.0 for them.",
    ],
    ["its run-time part alone", nvidia("580.95.05", v100), { ...toolkit("13.0.1"), nvcc: undefined } as never, "works"],
    ["11.6 with a Hopper", nvidia("580.95.05", h100), toolkit("11.6.2"), "fails", "Use CUDA toolkit 11.8 or newer."],
    [
      "12.6 with a Blackwell",
      nvidia("580.95.05", rtx5090),
      toolkit("12.6.3"),
      "fails",
      "Use CUDA toolkit 12.8 or newer.",
    ],
    [
      "12.6 with one of two",
      nvidia("580.95.05", a100, rtx5090),
      toolkit("12.6.3"),
      "limited",
      "Use CUDA toolkit 12.8 or newer.",
    ],
    ["10.2 needs its own driver", nvidia("418.87.01", t4), toolkit("10.2"), "fails", /driver 440\.33 or newer/],
    ["10.2 with an Ampere, in a row that was not verified", nvidia("580.95.05", a100), toolkit("10.2"), "unknown"],
    ["without a GPU", noGpu, toolkit("12.4.1"), "limited"],
    ["on AMD", amd("gfx942"), toolkit("12.4.1"), "fails"],
    ["ROCm on NVIDIA", nvidia("580.95.05", a100), { ...toolkit("6.4.0"), kind: "rocm" }, "fails"],
    ["ROCm on AMD", amd("gfx942"), { ...toolkit("6.4.0"), kind: "rocm" }, "unknown"],
    ["a version that cannot be read", nvidia("580.95.05", a100), toolkit("unknown"), "unknown"],
  ];
  for (const [name, machine, one, grade, fix] of cases)
    test(name, () => {
      const found = judgeToolkit(machine, one);
      expect(`${found.grade}: ${found.why}`).toMatch(new RegExp(`^${grade}: `));
      if (fix instanceof RegExp) expect(found.fix).toMatch(fix);
      else expect(found.fix).toBe(fix);
    });
});

describe("a verdict", () => {
  test("names the GPU that is left out, the rows and what to do", () => {
    const [found] = judge(nvidia("580.95.05", gtx1080, rtx3090), environment([pkg("torch 2.13.0+cu130")]));
    expect(found).toEqual({
      subject: "torch 2.13.0+cu130",
      grade: "limited",
      why: "The wheel has no code for GPU 0 (NVIDIA GeForce GTX 1080 Ti, compute capability 6.1). The other GPUs can be used.",
      rows: [
        {
          text: "It has code for 7.5, 8.0, 8.6, 9.0, 10.0, 12.0 and PTX for 12.0",
          source: "https://github.com/pytorch/pytorch/tree/main/.ci/manywheel",
          date: "2026-11-22",
        },
        {
          text: "Machine code runs on its own generation, PTX on later ones",
          source: "https://docs.nvidia.com/cuda/archive/11.0_GA/ampere-compatibility-guide/index.html",
          date: "2026-11-22",
        },
      ],
      fix: index("2.13", "cu126"),
    });
  });

  test("says what a build is for where only its metadata tells", () => {
    const build = { kind: "cuda", version: "13.0" } as const;
    const [found] = judge(nvidia("580.95.05", a100), environment([pkg("torch 2.13.0", build)]));
    expect(found?.subject).toBe("torch 2.13.0 (CUDA 13.0)");
    expect(found?.grade).toBe("works");
  });

  test("builds from elsewhere have GPUs of their own choice", () => {
    const torch = { ...pkg("torch 2.13.0", { kind: "cuda", version: "12.9" }), channel: "conda-forge" };
    expect(judge(nvidia("580.95.05", a100), environment([torch]))[0]?.grade).toBe("unknown");
    expect(judge(nvidia("470.82.01", a100), environment([torch]))[0]?.grade).toBe("fails");
  });

  test("there is one for each framework and none for other packages", () => {
    const packages = ["numpy 2.0", "torch 2.13.0+cu130", "jax 0.8", "constructor 1.0", "cupy-cuda13x 14"].map((one) =>
      pkg(one),
    );
    expect(judge(nvidia("580.95.05", a100), environment(packages)).map(({ subject }) => subject)).toEqual([
      "torch 2.13.0+cu130",
      "jax 0.8",
      "cupy-cuda13x 14",
    ]);
  });

  test("odd versions are no reason to fail", () => {
    for (const version of ["", "nightly", "+cu130", `${"9".repeat(400)}.1`, "2", "2.13.0+cu13", "\u001b[31m2.9"])
      for (const name of ["torch", "jax", "tensorflow", "xformers", "flash-attn", "cupy-cuda12x"])
        expect(judge(nvidia("580.95.05", a100), environment([{ name, version }], "3"))).toHaveLength(1);
  });
});
