import { boundedText } from "../core/boundedText";
import type { Driver, GpuArchitecture, Toolkit, ToolkitReport } from "../shared/environments";
import type { CommandLine } from "./arguments";
import { places } from "./hostEnvironments";
import { type Column, tableLines } from "./table";
import { ExitCode, type TerminalIo } from "./terminal";
import { withHost } from "./withHost";

type CudaLine = Extract<CommandLine, { command: "cuda" }>;

const columns: readonly Column[] = [
  { heading: "" },
  { heading: "TOOLKIT" },
  { heading: "NVCC" },
  { heading: "LIBRARIES" },
  { heading: "FROM" },
  { heading: "PATH" },
];

/** `tensorline cuda HOST`: driver, GPUs and toolkits; `*` marks what a new shell would take. */
export async function runCuda(line: CudaLine, io: TerminalIo): Promise<ExitCode> {
  const report = await withHost(line, io, async (runner, engine) => {
    const parts = engine.environments.parts();
    const signal = AbortSignal.timeout(180_000);
    const survey = await parts.survey(runner, places, signal);
    return parts.surveyToolkits(runner, survey, signal);
  });
  const { driver, gpus, toolkits, warnings } = report;
  if (line.json) io.printJson({ ...(driver && { driver }), gpus, toolkits, warnings }, true);
  else io.print(toolkitLines(report).join("\n"));
  return ExitCode.done;
}

/** A host's toolkits as a person reads them. */
export function toolkitLines({ driver, gpus, toolkits, warnings }: ToolkitReport): string[] {
  return [
    driver ? driverText(driver) : "no GPU driver",
    ...gpus.map(gpuText),
    "",
    ...(toolkits.length > 0 ? tableLines(columns, toolkits.map(cells)) : ["no CUDA toolkits and no ROCm"]),
    ...warnings.map(({ message }) => `  ! ${boundedText(message, 300)}`),
  ];
}

function driverText({ vendor, version, cudaVersion }: Driver): string {
  const limit = cudaVersion === undefined ? "" : `, up to CUDA ${boundedText(cudaVersion, 10)}`;
  return `${vendor === "nvidia" ? "NVIDIA" : "AMD"} driver ${boundedText(version, 30)}${limit}`;
}

function gpuText({ index, name, computeCapability, gfx }: GpuArchitecture): string {
  const architecture = gfx ?? (computeCapability && `compute capability ${computeCapability}`);
  return `GPU ${index}: ${[name, architecture].flatMap((text) => (text ? [boundedText(text, 60)] : [])).join(", ") || "–"}`;
}

const sources: Readonly<Record<Toolkit["source"], string>> = {
  folder: "system",
  module: "module",
  hpcSdk: "HPC SDK",
  conda: "conda environment",
  pip: "pip packages",
};

function cells({ active, kind, version, nvcc, libraries, source, module, path }: Toolkit): string[] {
  return [
    active ? "*" : "",
    `${kind === "cuda" ? "CUDA" : "ROCm"} ${boundedText(version, 20)}`,
    boundedText(nvcc ?? "–", 20),
    libraries.map((library) => `${libraryNames[library.name]} ${boundedText(library.version, 20)}`).join(", ") || "–",
    module === undefined ? sources[source] : `module ${boundedText(module, 40)}`,
    boundedText(path, 120),
  ];
}

const libraryNames = { cudnn: "cuDNN", nccl: "NCCL", tensorrt: "TensorRT" } as const;
