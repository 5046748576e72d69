import type { Driver, GpuArchitecture, Toolkit, ToolkitReport } from "../../shared/environments";
import { facts, type RowWords } from "./rowWords";

/** One word for a toolkit, stable on its host. */
export const toolkitId = ({ path, module }: Toolkit): string => (module === undefined ? path : `${path} (${module})`);

/** `CUDA 13.0`, `ROCm 6.4.0` */
export const toolkitName = ({ kind, version }: Pick<Toolkit, "kind" | "version">): string =>
  `${kind === "cuda" ? "CUDA" : "ROCm"} ${version}`;

/** Those that a person can switch to; what an environment carries for itself belongs to its row. */
export const switchable = ({ toolkits }: ToolkitReport): Toolkit[] =>
  toolkits.filter(({ environment }) => environment === undefined);

/** The row above the driver and the toolkits. */
export function toolkitGroupWords(host: string, report: ToolkitReport): RowWords {
  const { driver } = report;
  const active = report.toolkits.find((toolkit) => toolkit.active);
  const description = facts([
    driver ? `driver ${driver.version}` : "no driver",
    active ? toolkitName(active) : switchable(report).length === 0 && "no toolkit",
  ]);
  return {
    label: "CUDA and ROCm",
    description,
    tooltip: [`Driver and toolkits of ${host}`],
    spoken: `CUDA and ROCm of ${host}, ${description.replaceAll(" · ", ", ")}`,
    icon: "circuit-board",
    context: "toolkits",
  };
}

export function driverWords(host: string, driver: Driver, gpus: readonly GpuArchitecture[]): RowWords {
  const vendor = driver.vendor === "nvidia" ? "NVIDIA" : "AMD";
  const limit = driver.cudaVersion === undefined ? undefined : `runs up to CUDA ${driver.cudaVersion}`;
  const architectures = gpus.map(
    ({ index, name, computeCapability, gfx }) =>
      `GPU ${index}: ${facts([name, computeCapability && `compute capability ${computeCapability}`, gfx]) || "–"}`,
  );
  return {
    label: `${vendor} driver ${driver.version}`,
    description: limit ?? "",
    tooltip: [
      `${vendor} driver ${driver.version} of ${host}`,
      ...(limit ? [`It ${limit}; newer minor versions of the same CUDA may work with limits.`] : []),
      ...architectures,
    ],
    spoken: [`${vendor} driver ${driver.version} of ${host}`, limit].filter(Boolean).join(", "),
    icon: "chip",
    context: "driver",
  };
}

const libraryNames = { cudnn: "cuDNN", nccl: "NCCL", tensorrt: "TensorRT" } as const;

const sources: Readonly<Record<Toolkit["source"], string>> = {
  folder: "found in the file system",
  module: "brought by an environment module",
  hpcSdk: "part of NVIDIA’s HPC SDK",
  conda: "packages of a conda environment",
  pip: "packages of a Python environment",
};

/** `chosen`: the person switched to it for this workspace. */
export function toolkitWords(host: string, toolkit: Toolkit, chosen: boolean): RowWords {
  const { path, active, module, nvcc, libraries, links, evidence } = toolkit;
  const parts = libraries.map(({ name, version }) => `${libraryNames[name]} ${version}`);
  const description = facts([
    chosen && "this workspace",
    active && "active",
    module && `module ${module}`,
    nvcc ? `nvcc ${nvcc}` : "run-time only",
    ...parts,
  ]);
  const name = toolkitName(toolkit);
  return {
    label: name,
    description,
    tooltip: [
      name,
      path,
      active ? "A new shell of yours takes this one." : "",
      chosen ? "Used in this workspace’s terminals." : "",
      module === undefined ? sources[toolkit.source] : `Loaded by the module ${module}`,
      nvcc === undefined ? "No compiler in it." : `Compiler: nvcc ${nvcc}`,
      ...libraries.map((library) => `${libraryNames[library.name]} ${library.version}: ${library.path}`),
      links && links.length > 0 ? `Also called ${links.join(", ")}` : "",
      evidence === undefined ? "" : `Version read from ${evidence}`,
    ].filter(Boolean),
    spoken: [`${name} on ${host}`, description.replaceAll(" · ", ", ")].filter(Boolean).join(", "),
    icon: chosen ? "check" : active ? "circle-filled" : "circle-outline",
    context: "toolkit",
  };
}
