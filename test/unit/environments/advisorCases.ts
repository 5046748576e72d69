import { describe, expect, test } from "vitest";
import type { Machine } from "../../../src/core/environments/compatibility/finding";
import { judge } from "../../../src/core/environments/compatibility/judge";
import type { Environment, GpuArchitecture, Package, Toolkit, Verdict } from "../../../src/shared/environments";

const gpu = (name: string, computeCapability: string) => ({ name, computeCapability });

/** NVIDIA GPUs by the name that `nvidia-smi` gives them. */
export const cards = {
  titanX: gpu("NVIDIA GeForce GTX TITAN X", "5.2"),
  p100: gpu("Tesla P100-PCIE-16GB", "6.0"),
  gtx1080: gpu("NVIDIA GeForce GTX 1080 Ti", "6.1"),
  v100: gpu("Tesla V100-SXM2-16GB", "7.0"),
  t4: gpu("Tesla T4", "7.5"),
  rtx2080: gpu("NVIDIA GeForce RTX 2080 Ti", "7.5"),
  a100: gpu("NVIDIA A100-SXM4-80GB", "8.0"),
  rtx3090: gpu("NVIDIA GeForce RTX 3090", "8.6"),
  rtx4090: gpu("NVIDIA GeForce RTX 4090", "8.9"),
  h100: gpu("NVIDIA H100 80GB HBM3", "9.0"),
  b200: gpu("NVIDIA B200", "10.0"),
  rtx5090: gpu("NVIDIA GeForce RTX 5090", "12.0"),
  orin: gpu("Orin", "8.7"),
  thor: gpu("NVIDIA Thor", "11.0"),
} as const;

type Card = { readonly name?: string; readonly computeCapability?: string; readonly gfx?: string };

const numbered = (gpus: readonly Card[]): GpuArchitecture[] => gpus.map((one, index) => ({ index, ...one }));

/** A machine with NVIDIA's driver; no driver where it is absent. */
export const nvidia = (version: string | undefined, ...gpus: readonly Card[]): Machine => ({
  ...(version === undefined ? {} : { driver: { vendor: "nvidia", version } }),
  gpus: numbered(gpus),
  toolkits: [],
});

export const amd = (...gfx: readonly string[]): Machine => ({
  driver: { vendor: "amd", version: "6.12.12" },
  gpus: numbered(gfx.map((one) => ({ gfx: one }))),
  toolkits: [],
});

export const noGpu: Machine = { gpus: [], toolkits: [] };

export const toolkit = (version: string, more: Partial<Toolkit> = {}): Toolkit => ({
  kind: "cuda",
  version,
  path: `/usr/local/cuda-${version}`,
  source: "folder",
  active: false,
  nvcc: version,
  libraries: [],
  ...more,
});

/** `torch 2.13.0+cu130` */
export function pkg(text: string, build?: Package["build"]): Package {
  const [name = "", version = ""] = text.split(" ");
  return { name, version, ...(build ? { build } : {}) };
}

export const environment = (packages: readonly Package[], pythonVersion = "3.11.9"): Environment => ({
  manager: "venv",
  name: "train",
  prefix: "/home/me/train",
  pythonVersion,
  packages,
});

export type Grade = Verdict["grade"];
/** The fix that names one of PyTorch's indexes. */
export const index = (torch: string, tag: string) =>
  `Install torch ${torch} from the index https://download.pytorch.org/whl/${tag}.`;

/** The last package is judged; those before it stand beside it. */
export type Case = readonly [
  name: string,
  machine: Machine,
  packages: string,
  grade: Grade,
  fix?: string | RegExp,
  python?: string,
];

/** A test for each case, in `describe`. */
export function run(title: string, cases: readonly Case[]): void {
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
