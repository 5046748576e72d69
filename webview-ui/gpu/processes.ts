import type { GpuProcess, HostReport } from "../../src/shared/gpu";
import { gpuOf } from "../../src/shared/gpuUse";
import { idOf } from "./model";

/** One line of the process table. */
export interface ProcessRow extends GpuProcess {
  /** Unique in the table: one process may use several GPUs. */
  readonly key: string;
  /** The GPU's id; absent where it is not known. */
  readonly gpuId?: string;
  readonly mine: boolean;
  /** Gone from the host, kept in place while the reader points at the table. */
  readonly ended: boolean;
}

export type Column = "pid" | "user" | "gpu" | "memory" | "time" | "command";

/** Absent: the reader's own first, then by memory. */
export type Sort = { readonly column: Column; readonly descending: boolean } | undefined;

/** Whose processes: everybody's, the reader's, or those of the selected GPU. */
export type Scope = "all" | "mine" | "gpu";

export interface Filter {
  readonly scope: Scope;
  readonly text: string;
  readonly gpuId: string | undefined;
}

/** The report's processes as rows. */
export function rowsOf(report: HostReport, me: string | undefined): ProcessRow[] {
  const seen = new Map<string, number>();
  return report.processes.map((process) => {
    const gpu = gpuOf(process, report.gpus);
    const gpuId = gpu && idOf(gpu);
    const gpuIndex = gpu?.index ?? process.gpuIndex;
    const place = `${process.pid}/${gpuId ?? gpuIndex ?? ""}/${process.migId ?? ""}`;
    const twin = seen.get(place) ?? 0;
    seen.set(place, twin + 1);
    const mine = me !== undefined && process.user === me;
    return { ...process, gpuIndex, gpuId, key: `${place}/${twin}`, mine, ended: false };
  });
}

/** What a row's command column says: the command line, else the process name. */
export function commandOf(row: GpuProcess): string | undefined {
  return row.command || row.name;
}

/** GPU column: `0`, or `2 · 1g.10gb`'s instance as `2:5`. */
export function placeOf(row: GpuProcess): string | undefined {
  if (row.gpuIndex === undefined) return undefined;
  return row.migId === undefined ? `${row.gpuIndex}` : `${row.gpuIndex}:${row.migId}`;
}

/** Rows that pass the filter; the text is looked for in user, PID, GPU and command, in any case. */
export function filtered(rows: readonly ProcessRow[], { scope, text, gpuId }: Filter): ProcessRow[] {
  const wanted = text.trim().toLowerCase();
  return rows.filter((row) => {
    if (scope === "mine" && !row.mine) return false;
    if (scope === "gpu" && row.gpuId !== gpuId) return false;
    if (wanted === "") return true;
    return [row.user, String(row.pid), placeOf(row), commandOf(row)].some((part) =>
      part?.toLowerCase().includes(wanted),
    );
  });
}

type Key = number | string | undefined;

function keyOf(row: ProcessRow, column: Column): Key {
  switch (column) {
    case "pid":
      return row.pid;
    case "user":
      return row.user;
    case "gpu":
      return row.gpuIndex;
    case "memory":
      return row.memoryBytes;
    case "time": {
      const started = Date.parse(row.startedAt ?? "");
      return Number.isNaN(started) ? undefined : -started;
    }
    case "command":
      return commandOf(row);
  }
}

/** Unknown comes last in either direction. */
function compare(a: Key, b: Key, descending: boolean): number {
  if (a === undefined || b === undefined) return Number(a === undefined) - Number(b === undefined);
  if (a === b) return 0;
  return a < b !== descending ? -1 : 1;
}

/** A new array in the wanted order; equal rows stay in order of PID. */
export function sorted(rows: readonly ProcessRow[], sort: Sort): ProcessRow[] {
  return [...rows].sort((a, b) => {
    const first = sort
      ? compare(keyOf(a, sort.column), keyOf(b, sort.column), sort.descending)
      : Number(b.mine) - Number(a.mine) || compare(a.memoryBytes, b.memoryBytes, true);
    return first || a.pid - b.pid || compare(a.gpuIndex, b.gpuIndex, false);
  });
}

/** Keeps `shown` where it is: news in place, newcomers last, the gone marked as ended, so that no click meets another row. */
export function held(shown: readonly ProcessRow[], rows: readonly ProcessRow[]): ProcessRow[] {
  const news = new Map(rows.map((row) => [row.key, row]));
  const old = new Set(shown.map((row) => row.key));
  return [
    ...shown.map((row) => news.get(row.key) ?? { ...row, ended: true }),
    ...rows.filter((row) => !old.has(row.key)),
  ];
}

/** The order after a press on a column's header: its natural order, the reverse, then the default again. */
export function nextSort(sort: Sort, column: Column): Sort {
  const largestFirst = column === "memory" || column === "time";
  if (sort?.column !== column) return { column, descending: largestFirst };
  return sort.descending === largestFirst ? { column, descending: !largestFirst } : undefined;
}
