import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/core/environments/compatibility/finding";
import { judge, judgeToolkit } from "../../../src/core/environments/compatibility/judge";
import type { Toolkit } from "../../../src/shared/environments";
import { amd, cards, environment, type Grade, index, noGpu, nvidia, pkg, toolkit } from "./advisorCases";

const { gtx1080, v100, t4, a100, rtx3090, rtx4090, h100, rtx5090 } = cards;

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
    const own = pkg("torch 2.13.0", { kind: "cuda", version: "13.0" });
    const grade = (manager: string) => judge(nvidia("580.95.05", a100), { ...environment([own]), manager })[0]?.grade;
    expect(["venv", "conda", "pixi"].map(grade)).toEqual(["works", "unknown", "unknown"]);
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
