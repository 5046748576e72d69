import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/core/environments/compatibility/finding";
import { planPyTorch, type TorchPlan, type TorchWish } from "../../../src/core/environments/compatibility/plan";
import { amd, cards, noGpu, nvidia } from "./advisorCases";

const host: TorchWish = { pythons: ["3.8.18", "3.11.7", "3.12.1"], managers: ["venv", "uv", "conda"] };

function plan(machine: Machine, wish: Partial<TorchWish> = {}): TorchPlan {
  const found = planPyTorch(machine, { ...host, ...wish });
  if (found.kind !== "plan") throw new Error(found.why.join(" "));
  return found;
}

/** `torch==2.13.* from cu126, Python 3.12 by uv: works` */
const brief = ({ packages, indexUrl, python, manager, verdictAfter }: TorchPlan) =>
  `${packages[0]} from ${indexUrl?.split("/").at(-1)}, Python ${python} by ${manager}: ${verdictAfter.grade}`;

describe("the plan of a working PyTorch", () => {
  const machines: readonly [string, Machine, string][] = [
    ["a new driver", nvidia("595.71.05", cards.h100), "torch==2.14.* from cu132, Python 3.12 by uv: works"],
    ["driver 580", nvidia("580.95.05", cards.a100), "torch==2.14.* from cu130, Python 3.12 by uv: works"],
    ["driver 575", nvidia("575.57.08", cards.rtx4090), "torch==2.14.* from cu126, Python 3.12 by uv: works"],
    ["driver 535", nvidia("535.183.01", cards.a100), "torch==2.14.* from cu126, Python 3.12 by uv: limited"],
    ["driver 470", nvidia("470.82.01", cards.rtx3090), "torch==2.7.* from cu118, Python 3.12 by uv: limited"],
    ["Pascal", nvidia("580.95.05", cards.p100), "torch==2.14.* from cu126, Python 3.12 by uv: works"],
    ["Volta", nvidia("580.95.05", cards.v100), "torch==2.14.* from cu126, Python 3.12 by uv: works"],
    [
      "Blackwell on driver 570",
      nvidia("570.86.10", cards.rtx5090),
      "torch==2.11.* from cu128, Python 3.12 by uv: works",
    ],
    [
      "Volta beside Blackwell",
      nvidia("580.95.05", cards.v100, cards.b200),
      "torch==2.10.* from cu128, Python 3.12 by uv: works",
    ],
    ["AMD MI210", amd("gfx90a"), "torch==2.13.* from rocm7.2, Python 3.12 by uv: works"],
    ["no GPU", noGpu, "torch==2.14.* from cpu, Python 3.12 by uv: works"],
    ["a driver too old for any", nvidia("440.33.01", cards.v100), "torch==2.14.* from cpu, Python 3.12 by uv: limited"],
    ["a Jetson", nvidia("540.4.0", cards.orin), "torch==2.14.* from cpu, Python 3.12 by uv: limited"],
    ["no driver", nvidia(undefined, cards.a100), "torch==2.14.* from cpu, Python 3.12 by uv: limited"],
  ];
  for (const [name, machine, expected] of machines)
    test(name, () => {
      expect(brief(plan(machine))).toBe(expected);
    });

  test("a Pascal beside a Blackwell has no wheel for both, and it says so", () => {
    const found = plan(nvidia("580.95.05", cards.gtx1080, cards.rtx5090));
    expect(found.verdictAfter.grade).toBe("limited");
    expect(found.verdictAfter.why).toContain("GTX 1080 Ti");
    expect(found.alternatives).toEqual([
      "No wheel has code for all of these GPUs: make one environment for each kind.",
    ]);
  });

  test("every choice is explained and has its rows", () => {
    const found = plan(nvidia("570.86.10", cards.rtx5090));
    expect(found.why).toEqual([
      "torch 2.11 for CUDA 12.8 suits GPU 0 (NVIDIA GeForce RTX 5090, compute capability 12.0). Driver 570.86.10 has all of CUDA 12.8. The wheel has code for the GPU.",
      "Python 3.12 is on the host and has wheels of this release.",
      "uv installs it: it is on the host, and fast.",
    ]);
    expect(found.indexUrl).toBe("https://download.pytorch.org/whl/cu128");
    expect(found.rows.map(({ text }) => text)).toContain("CUDA 12.8 needs driver 570.26 for all of it");
    expect(found.rows.every(({ source }) => source.startsWith("https://"))).toBe(true);
  });

  test("what an administrator would have to do", () => {
    expect(plan(nvidia("440.33.01", cards.v100)).alternatives).toEqual([
      "An administrator installs driver 450.80.02 or newer of branch 580, the last one for these GPUs, or the forward-compatibility package cuda-compat-11-7.",
    ]);
    expect(plan(nvidia(undefined, cards.a100)).alternatives).toEqual([
      "An administrator installs the NVIDIA driver, or loads it.",
    ]);
    expect(plan(nvidia("540.4.0", cards.orin)).alternatives).toEqual([
      "Install the wheel that NVIDIA makes for this JetPack.",
    ]);
  });

  test("the wished release decides, and the index fits it", () => {
    expect(brief(plan(nvidia("580.95.05", cards.a100), { version: "2.6" }))).toBe(
      "torch==2.6.* from cu124, Python 3.12 by uv: works",
    );
    expect(plan(nvidia("580.95.05", cards.a100), { version: "2.9.1" }).packages).toEqual([
      "torch==2.9.1",
      "torchvision",
    ]);
  });

  test("the wished Python decides which releases there are", () => {
    expect(brief(plan(nvidia("580.95.05", cards.a100), { python: "3.8" }))).toBe(
      "torch==2.4.* from cu121, Python 3.8 by uv: works",
    );
  });

  test("venv can only use a Python that the host has; uv fetches one", () => {
    const old = { pythons: ["3.8.18"] };
    expect(brief(plan(noGpu, { ...old, managers: ["venv"] }))).toBe("torch==2.4.* from cpu, Python 3.8 by venv: works");
    expect(brief(plan(noGpu, { ...old, managers: ["uv"] }))).toBe("torch==2.14.* from cpu, Python 3.14 by uv: works");
  });

  test("a Python without any release gives no plan", () => {
    expect(planPyTorch(noGpu, { ...host, python: "3.6" })).toEqual({
      kind: "none",
      why: ["torch 2.14 is for Python 3.10 to 3.14, and there is 3.6."],
      alternatives: [],
    });
    expect(planPyTorch(noGpu, { ...host, managers: ["venv"], python: "3.6" })).toEqual({
      kind: "none",
      why: ["Python 3.6 is not on this host, and venv cannot fetch it."],
      alternatives: ["Install uv into your home folder: it fetches any Python."],
    });
  });

  test("a wish that keeps the GPUs idle is followed, and it is said what would use them", () => {
    const found = plan(nvidia("580.95.05", cards.rtx5090), { version: "2.4" });
    expect(brief(found)).toBe("torch==2.4.* from cpu, Python 3.12 by uv: limited");
    expect(found.why[0]).toBe("No wheel of torch 2.4 for this Python uses the GPUs. This is the build for the CPU.");
    expect(found.alternatives).toEqual([
      "torch 2.14 from the index https://download.pytorch.org/whl/cu130 uses them, with Python 3.10 to 3.14.",
    ]);
  });

  test("ARM has rows of its own, other processors have no wheels", () => {
    const arm = { ...nvidia("580.95.05", cards.h100), architecture: "aarch64" };
    expect(brief(plan(arm))).toBe("torch==2.14.* from cu130, Python 3.12 by uv: works");
    const power = planPyTorch({ ...noGpu, architecture: "ppc64le" }, host);
    expect(power).toMatchObject({ kind: "none", why: ["PyTorch makes no wheels for ppc64le."] });
  });

  test("a release that is not in the tables gives no plan", () => {
    expect(planPyTorch(noGpu, { ...host, version: "1.13" }).kind).toBe("none");
  });

  test("a host without a manager gives no plan", () => {
    expect(planPyTorch(noGpu, { ...host, managers: [] }).kind).toBe("none");
  });

  test("an index that the user names wins, and is judged where it is one of PyTorch's", () => {
    const machine = nvidia("580.95.05", cards.gtx1080);
    const known = plan(machine, { indexUrl: "https://mirror.example/whl/cu130", version: "2.13" });
    expect(known.indexUrl).toBe("https://mirror.example/whl/cu130");
    expect(known.verdictAfter.grade).toBe("fails");
    const own = plan(machine, { indexUrl: "https://pypi.example/simple" });
    expect(own.packages).toEqual(["torch", "torchvision"]);
    expect(own.verdictAfter.grade).toBe("unknown");
  });

  test("a folder of wheels wins over any index", () => {
    const found = plan(nvidia("580.95.05", cards.a100), { offlineFolder: "/data/wheels" });
    expect(found.offlineFolder).toBe("/data/wheels");
    expect(found.indexUrl).toBeUndefined();
  });

  test("where conda is all there is, conda-forge's package is planned and not judged", () => {
    const found = plan(nvidia("580.95.05", cards.a100), { managers: ["conda"] });
    expect(found.packages).toEqual(["conda-forge::pytorch-gpu", "conda-forge::torchvision"]);
    expect(found.indexUrl).toBeUndefined();
    expect(found.verdictAfter.grade).toBe("unknown");
    const own = { ...host, managers: ["conda"], offlineFolder: "/data/wheels" };
    expect(planPyTorch(noGpu, own).kind).toBe("none");
  });
});
