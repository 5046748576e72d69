import { type NvidiaField, type NvidiaView, nvidiaFields } from "./nvidiaFields";
import { assignments, call } from "./shellText";

/** What runs on a GPU, as the tool shows it. `gpuInstance` where it sits on a MIG instance. */
export interface ShownProcess {
  readonly pid: number;
  readonly name: string;
  readonly memoryMiB: number;
  readonly gpuInstance?: number;
}

export interface ShownMig {
  readonly gpuInstance: number;
  readonly profile: string;
  readonly uuid: string;
  readonly multiprocessors: number;
  readonly slices: number;
  readonly usedMiB: number;
  readonly totalMiB: number;
}

export interface ShownGpu {
  readonly view: NvidiaView;
  readonly lost: boolean;
  readonly mig: readonly ShownMig[];
  readonly processes: readonly ShownProcess[];
}

/** The shell variable that carries a field from the state to the tool. */
function variableOf(field: NvidiaField): string {
  return `gpu_${field.names[0].replaceAll(".", "_")}`;
}

function known(driver: string): readonly NvidiaField[] {
  const major = Number.parseInt(driver, 10);
  return nvidiaFields.filter((field) => field.since <= major);
}

function cellText(field: NvidiaField, gpu: ShownGpu): string {
  if (gpu.lost && field.live) return "[GPU is lost]";
  const value = field.cell(gpu.view);
  if (value === undefined) return "[N/A]";
  return field.unit === undefined ? String(value) : `${value} ${field.unit}`;
}

/** A moment of all GPUs: for each one its fields as assignments, then calls that the tool defines: `mig`, `process`, `gpu`. */
export function stateText(gpus: readonly ShownGpu[], driver: string): string {
  const fields = known(driver);
  const lines = gpus.flatMap((gpu, order) => [
    assignments({
      gpu_order: order,
      gpu_lost: gpu.lost ? 1 : "",
      ...Object.fromEntries(fields.map((field) => [variableOf(field), cellText(field, gpu)])),
    }),
    ...gpu.mig.map((mig, number) =>
      call(
        "mig",
        number,
        mig.gpuInstance,
        mig.profile,
        mig.uuid,
        mig.usedMiB,
        mig.totalMiB,
        mig.multiprocessors,
        mig.slices,
      ),
    ),
    ...gpu.processes.map((shown) =>
      call("process", shown.pid, shown.gpuInstance ?? "N/A", shown.memoryMiB, shown.name),
    ),
    "gpu",
  ]);
  return `${lines.join("\n")}\n`;
}

/** A shell function that finds a field by any of its names: sets `variable`, `canonical` and `unit`, or fails. */
export function fieldsText(driver: string): string {
  const cases = known(driver).map((field) => {
    const values = { variable: variableOf(field), canonical: field.names[0], unit: field.unit ?? "" };
    return `    ${field.names.join(" | ")}) ${assignments(values)} ;;`;
  });
  return `field() {\n  case $1 in\n${cases.join("\n")}\n    *) return 1 ;;\n  esac\n}\n`;
}

/** What `--help-query-gpu` prints. */
export function helpText(driver: string): string {
  const entries = known(driver).map((field) => {
    return `${field.names.map((name) => `"${name}"`).join(" or ")}\n${field.help}\n\n`;
  });
  return `List of valid properties to query for the switch "--query-gpu":\n\n${entries.join("")}\n`;
}
