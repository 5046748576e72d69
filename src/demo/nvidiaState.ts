import { quoteWord } from "../core/remote";
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

/** What a driver knows; the same list for the same driver, since it is asked for at every moment. */
const fieldLists = new Map<string, readonly { readonly field: NvidiaField; readonly variable: string }[]>();

function known(driver: string) {
  const list =
    fieldLists.get(driver) ??
    nvidiaFields
      .filter((field) => field.since <= Number.parseInt(driver, 10))
      .map((field) => ({ field, variable: variableOf(field) }));
  fieldLists.set(driver, list);
  return list;
}

/** One assignment and a space; nothing for a value that never changes. */
function changing(field: NvidiaField, variable: string, gpu: ShownGpu): string {
  if (typeof field.cell === "string") return "";
  return `${variable}=${quoteWord(cellText(field, field.cell(gpu.view), gpu.lost))} `;
}

/** The first of these names that the driver knows, as a query may ask for it. */
export function knownName(driver: string, names: readonly string[]): string | undefined {
  return names.find((name) => known(driver).some(({ field }) => field.names.includes(name)));
}

/** A cell of `--query-gpu` without its unit; `name` is one that the driver knows. */
export function bareCell(driver: string, name: string, gpu: ShownGpu): string {
  const field = known(driver).find((candidate) => candidate.field.names.includes(name))?.field;
  if (field === undefined) return "[N/A]";
  const value = typeof field.cell === "string" ? field.cell : field.cell(gpu.view);
  return cellText({ ...field, unit: undefined }, value, gpu.lost);
}

function cellText(
  field: Pick<NvidiaField, "live" | "unit">,
  value: string | number | undefined,
  lost: boolean,
): string {
  if (lost && field.live) return "[GPU is lost]";
  if (value === undefined) return "[N/A]";
  return field.unit === undefined ? String(value) : `${value} ${field.unit}`;
}

/** A moment of all GPUs: for each one its fields as assignments, then calls that the tool defines: `mig`, `process`, `gpu`. */
export function stateText(gpus: readonly ShownGpu[], driver: string): string {
  const lines = gpus.flatMap((gpu, order) => [
    assignments({ gpu_order: order, gpu_lost: gpu.lost ? 1 : "" }),
    known(driver)
      .map(({ field, variable }) => changing(field, variable, gpu))
      .join(""),
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

/**
 * What the tool reads once: the values that never change, and a function that finds a field by any of its names
 * and sets `variable`, `canonical` and `unit`, or fails.
 */
export function fieldsText(driver: string): string {
  const constants = known(driver).flatMap(({ field, variable }) =>
    typeof field.cell === "string" ? [[variable, field.cell]] : [],
  );
  const cases = known(driver).map(({ field, variable }) => {
    const values = { variable, canonical: field.names[0], unit: field.unit ?? "" };
    return `    ${field.names.join(" | ")}) ${assignments(values)} ;;`;
  });
  const lookup = `field() {\n  case $1 in\n${cases.join("\n")}\n    *) return 1 ;;\n  esac\n}\n`;
  return `${assignments(Object.fromEntries(constants))}\n${lookup}`;
}

/** What `--help-query-gpu` prints. */
export function helpText(driver: string): string {
  const entries = known(driver).map(({ field }) => {
    return `${field.names.map((name) => `"${name}"`).join(" or ")}\n${field.help}\n\n`;
  });
  return `List of valid properties to query for the switch "--query-gpu":\n\n${entries.join("")}\n`;
}
