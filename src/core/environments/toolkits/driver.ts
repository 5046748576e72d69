import type { Driver, GpuArchitecture } from "../../../shared/environments";
import { boundedText } from "../../boundedText";
import { readCount, readWords } from "../../gpu/values";
import { computeCapabilityOf, cudaOfDriver } from "./cards";
import type { SurveyRecord } from "./records";
import { present, readVersion } from "./versions";

/** What the script found out about drivers and GPUs. */
export interface DriverFacts {
  readonly driver?: Driver;
  readonly gpus: readonly GpuArchitecture[];
  /** `nvidia-smi` gave no answer in time, or none that can be read, or failed. */
  readonly trouble?: "late" | "unreadable" | "failed";
}

/** The NVIDIA driver where there is one, else AMD's. */
export function readDriver(records: readonly SurveyRecord[]): DriverFacts {
  const first = (type: string) => records.find((record) => record.type === type)?.fields;
  const kernel = kernelModule(first("kernel")?.[0]);
  const [code, table] = first("smi") ?? [];
  const rows = code === "0" ? readRows(table) : [];
  const version = kernel ?? rows.find((row) => row.driver)?.driver;
  const trouble = troubleOf(code, rows.length);
  if (version === undefined && rows.length === 0) return readAmd(records, trouble);
  const gpus = rows.length > 0 ? rows.map(({ gpu }) => gpu) : cards(records);
  const cudaVersion = version === undefined ? undefined : (toolLimit(first("limit")) ?? cudaOfDriver(version));
  return present<DriverFacts>({
    driver: version === undefined ? undefined : present<Driver>({ vendor: "nvidia", version, cudaVersion }),
    gpus,
    trouble,
  });
}

function troubleOf(code: string | undefined, rows: number): DriverFacts["trouble"] {
  if (code === undefined || rows > 0) return undefined;
  if (code === "late") return "late";
  return code === "0" ? "unreadable" : "failed";
}

/** `NVRM version: NVIDIA UNIX Open Kernel Module for x86_64  580.95.05  Release Build …`. */
function kernelModule(line: string | undefined): string | undefined {
  return readVersion(/Kernel Module(?: for \S+)?\s+(\d+\.\d+(?:\.\d+)?)\b/.exec(line ?? "")?.[1]);
}

/** `CUDA Version        : 13.2`, of `nvidia-smi --version`. */
function toolLimit(fields: readonly string[] | undefined): string | undefined {
  if (fields?.[0] !== "0") return undefined;
  return readVersion(/^CUDA\b.*\bVersion\s*:\s*(\d+\.\d+)\s*$/m.exec(fields[1] ?? "")?.[1]);
}

function readRows(table: string | undefined): readonly { gpu: GpuArchitecture; driver: string | undefined }[] {
  return (table ?? "").split("\n").flatMap((line) => {
    const cells = line.split(",").map((cell) => cell.trim());
    const index = readCount(cells[0]);
    if (index === undefined || cells.length < 3) return [];
    const name = readWords(cells[1]);
    const told = cells[3] !== undefined && /^\d{1,2}\.\d$/.test(cells[3]) ? cells[3] : undefined;
    const computeCapability = told ?? computeCapabilityOf(name);
    return [{ gpu: present<GpuArchitecture>({ index, name, computeCapability }), driver: readVersion(cells[2]) }];
  });
}

/** From the kernel's own list, where the tool does not answer. Its order is the tool's: by bus address. */
function cards(records: readonly SurveyRecord[]): readonly GpuArchitecture[] {
  return records
    .filter(({ type }) => type === "card")
    .map(({ fields }, index) => {
      const name = readWords(fields[0]);
      return present<GpuArchitecture>({ index, name, computeCapability: computeCapabilityOf(name) });
    });
}

function readAmd(records: readonly SurveyRecord[], trouble: DriverFacts["trouble"]): DriverFacts {
  const version = records.find(({ type }) => type === "amdgpu")?.fields[0];
  const nodes = records.flatMap(({ type, fields: [node, target, name] }) => {
    const gfx = gfxOf(/^\d+/.exec(target ?? "")?.[0]);
    const number = readCount(node);
    return type === "kfd" && gfx !== undefined && number !== undefined ? [{ number, gfx, name: readWords(name) }] : [];
  });
  const gpus = nodes
    .sort((a, b) => a.number - b.number)
    .map(({ gfx, name }, index) => present<GpuArchitecture>({ index, name, gfx }));
  const known = version === undefined ? undefined : boundedText(version, 40);
  return present<DriverFacts>({ driver: known ? { vendor: "amd", version: known } : undefined, gpus, trouble });
}

/**
 * `gfx942` of 90402: major times 10000, minor times 100 and step, of which the last two are hexadecimal in the name
 * (`gfx_target_version` of the kernel's amdkfd). A CPU's node says 0.
 */
export function gfxOf(target: string | undefined): string | undefined {
  const code = readCount(target);
  if (code === undefined || code < 10_000) return undefined;
  const minor = Math.floor(code / 100) % 100;
  return `gfx${Math.floor(code / 10_000)}${minor.toString(16)}${(code % 100).toString(16)}`;
}
