import type { Driver, GpuArchitecture, TableRow, Toolkit, Verdict } from "../../../shared/environments";
import { integrated } from "./tables";
import type { Sourced } from "./tableTypes";
import { isVersion } from "./versions";

/** What a host has to run GPU code with. */
export interface Machine {
  readonly driver?: Driver;
  readonly gpus: readonly GpuArchitecture[];
  readonly toolkits: readonly Toolkit[];
  /** As `uname -m` says; `x86_64` is taken where it is absent. */
  readonly architecture?: string;
}

/** What one rule says about one framework. */
export interface Finding {
  readonly grade: Verdict["grade"];
  readonly why: string;
  readonly rows: readonly TableRow[];
  readonly fix?: string;
}

/** A row of a table in words. */
export const row = (text: string, { page }: Sourced): TableRow => ({ text, source: page.url, date: page.date });

export const unknown = (why: string): Finding => ({ grade: "unknown", why, rows: [] });

/** What a build for the CPU is worth here. */
export function checkCpuBuild({ gpus, driver }: Machine, fix?: string): Finding {
  if (gpus.length === 0 && !driver)
    return { grade: "works", why: "It is a build for the CPU, and this machine has no GPU.", rows: [] };
  const why = "It is a build for the CPU only: it never uses the GPUs.";
  return { grade: "limited", why, rows: [], ...(fix === undefined ? {} : { fix }) };
}

/** Without any GPU or driver a build for GPUs still computes, on the CPU. */
export function withoutGpu({ driver }: Machine): Finding {
  if (driver) return unknown("A GPU driver answers, but it shows no GPU.");
  return { grade: "limited", why: "This machine shows neither a GPU nor a driver: it computes on the CPU.", rows: [] };
}

/** For what cannot compute on the CPU. */
export const needsGpu = (what: string, missing: Finding): Finding =>
  missing.grade === "limited"
    ? { ...missing, grade: "fails", why: `${what} needs a GPU, and there is none.` }
    : missing;

const severity: readonly Verdict["grade"][] = ["fails", "unknown", "limited", "works"];

/** The worst that was found, with the reasons for just that; at most two of them. */
export function verdict(subject: string, findings: readonly Finding[]): Verdict {
  const grade = severity.find((candidate) => findings.some((finding) => finding.grade === candidate)) ?? "unknown";
  const decisive = findings.filter((finding) => finding.grade === grade).slice(0, 2);
  const fix = decisive.find((finding) => finding.fix !== undefined)?.fix;
  return {
    subject,
    grade,
    why: decisive.map((finding) => finding.why).join(" "),
    rows: decisive.flatMap((finding) => finding.rows),
    ...(fix !== undefined && grade !== "works" ? { fix } : {}),
  };
}

export const nvidiaGpus = ({ gpus, driver }: Machine): readonly GpuArchitecture[] =>
  gpus.filter((gpu) => gpu.computeCapability !== undefined || (gpu.gfx === undefined && driver?.vendor === "nvidia"));

export const amdGpus = ({ gpus, driver }: Machine): readonly GpuArchitecture[] =>
  gpus.filter((gpu) => gpu.gfx !== undefined || (gpu.computeCapability === undefined && driver?.vendor === "amd"));

/** Built into a Jetson's processor: neither its driver nor its code is what other machines have. */
export const isIntegrated = ({ computeCapability, name }: GpuArchitecture): boolean =>
  (computeCapability !== undefined && integrated.computeCapabilities.includes(computeCapability)) ||
  integrated.names.test(name ?? "");

/** `GPU 1 (Tesla P100, compute capability 6.0)` */
export function gpuText({ index, name, computeCapability, gfx }: GpuArchitecture): string {
  const kind = isVersion(computeCapability) ? `compute capability ${computeCapability}` : gfx;
  const facts = [name, kind].filter((fact) => fact !== undefined);
  return `GPU ${index}${facts.length > 0 ? ` (${facts.join(", ")})` : ""}`;
}

/** `A`, `A and B`, `A, B and 6 more` */
export function listed<T>(items: readonly T[], text: (item: T) => string = String): string {
  if (items.length > 3) return `${items.slice(0, 2).map(text).join(", ")} and ${items.length - 2} more`;
  const words = items.map(text);
  return words.length < 2 ? (words[0] ?? "") : `${words.slice(0, -1).join(", ")} and ${words.at(-1)}`;
}

/**
 * Computes something once for a machine: a hundred environments ask the same. It must depend on nothing but driver, GPUs and
 * architecture, and is kept as long as the list of GPUs lives.
 */
export function remember<T>(compute: (machine: Machine) => T): (machine: Machine) => T {
  const known = new WeakMap<Machine["gpus"], Map<string, T>>();
  return (machine) => {
    const { gpus, driver, architecture = "" } = machine;
    const ofGpus = known.get(gpus) ?? new Map<string, T>();
    known.set(gpus, ofGpus);
    const key = [driver?.vendor, driver?.version, driver?.cudaVersion, architecture].join(" ");
    const found = ofGpus.get(key) ?? compute(machine);
    ofGpus.set(key, found);
    return found;
  };
}
