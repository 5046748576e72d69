import type { Gpu, GpuReport } from "../../shared/gpu";
import { isFree } from "../../shared/gpuUse";

/** `8×H100`, or `2×H100 + A40` for a mixed machine; empty without GPUs. */
export function gpuModels(gpus: readonly Gpu[]): string {
  const counts = new Map<string, number>();
  for (const gpu of gpus) {
    const name = shortGpuName(gpu.name) ?? "GPU";
    counts.set(name, (counts.get(name) ?? 0) + 1);
  }
  return [...counts].map(([name, count]) => (count === 1 ? name : `${count}×${name}`)).join(" + ");
}

/** The part of a product name that people say: `NVIDIA H100 80GB HBM3` → `H100`, `AMD Instinct MI300X` → `MI300X`. */
export function shortGpuName(name: string | undefined): string | undefined {
  if (!name) return undefined;
  const bare = name
    .replace(/\b(NVIDIA|Tesla|GeForce|Quadro|AMD|ATI|Instinct|Radeon|Graphics|Advanced Micro Devices,? Inc\.?)\b/g, " ")
    .replace(/\[|\]/g, " ")
    .replace(/\s+\d+\s?GB\b.*$/i, "")
    .replace(/\s+/g, " ")
    .trim();
  return bare === "" ? name : bare.slice(0, 40);
}

/** `3/8 free` for a host with GPUs; undefined where there is none. */
export function freeSummary(report: GpuReport): string | undefined {
  if (report.gpus.length === 0) return undefined;
  return `${report.gpus.filter((gpu) => isFree(gpu, report)).length}/${report.gpus.length} free`;
}
