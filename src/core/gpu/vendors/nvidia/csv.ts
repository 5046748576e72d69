import type { GpuProcess } from "../../../../shared/gpu";
import { Failure, type Problem } from "../../../failure";
import type { GpuReading, Reading } from "../../reading";
import { known } from "../../reading";
import { readBusId, readWords } from "../../values";
import { classifyNvidiaFailure } from "./failures";
import { type Columns, columnsOf, readGpuRow, readProcessRow } from "./rows";
import { createTicks } from "./ticks";

const what = "nvidia-smi CSV";

/** One of these makes a line of field names a header. */
const gpuFields = /^(index|uuid|name|pci\.bus_id|utilization\.|memory\.|temperature\.|power\.|clocks|fan\.|pstate)/;
const fieldName = /^[a-z][A-Za-z0-9_.]*(?: \[[^\]]{0,20}\])?$/;

/**
 * Reads what `nvidia-smi --query-gpu` and `--query-compute-apps` print with `--format=csv`, with or without units, one or
 * several tables in a row, once or in loop mode (the last whole tick counts). Throws `unreadable` without a header.
 */
export function parseNvidiaCsv(text: string): Reading {
  const gpus = new Map<number, GpuReading>();
  const processes = new Map<string, ProcessRow>();
  const others: string[] = [];
  let table: Table | undefined;
  const lines = text.split(/\r?\n/).filter((line) => line.trim() !== "");
  for (const [at, line] of lines.entries()) {
    const header = headerOf(line, at === 0);
    if (header) {
      closeTable(table, gpus, processes);
      table = header;
    } else if (!table?.take(line)) others.push(line);
  }
  const problems = failuresIn(others, table !== undefined);
  if (!table && problems.length === 0) throw unreadable(lines.length);
  closeTable(table, gpus, processes);
  const readings = [...gpus.values()].sort((a, b) => a.gpu.index - b.gpu.index);
  return { gpus: readings, processes: [...processes.values()].map((process) => place(process, readings)), problems };
}

/** A tool that failed wholly prints a few lines; beside a table each line speaks for itself. */
function failuresIn(lines: readonly string[], besideTable: boolean): Problem[] {
  const texts = besideTable ? lines : lines.length <= 12 ? [lines.join("\n")] : [];
  const problems = texts.map((text) => classifyNvidiaFailure(text)).filter((problem) => problem !== undefined);
  return [...new Map(problems.map((problem) => [JSON.stringify(problem), problem])).values()];
}

function unreadable(lines: number): Failure {
  const detail =
    lines === 0
      ? "it is empty"
      : "there is no header line with field names; record it without noheader (--format=csv or --format=csv,nounits)";
  return new Failure({ reason: "unreadable", what, detail });
}

interface Table {
  /** False: the line is no row of this table. */
  take(line: string): boolean;
  readonly gpus: () => readonly GpuReading[];
  readonly processes: () => readonly ProcessRow[] | undefined;
}

type ProcessRow = GpuProcess & { readonly busId?: string };

function headerOf(line: string, isFirst: boolean): Table | undefined {
  const separator = line.includes(", ") ? ", " : ",";
  const fields = line.split(separator).map((field) => field.trim());
  if (!fields.every((field) => fieldName.test(field))) return undefined;
  const columns = columnsOf(fields);
  if (columns.names.some((name) => otherQueries.test(name))) return { ...nothing, take: () => true };
  if (columns.names.includes("pid")) return processTable(columns, separator);
  // One word alone is a header only where the output begins with it.
  const enough = fields.length > 1 || isFirst;
  return enough && columns.names.some((name) => gpuFields.test(name)) ? gpuTable(columns, separator) : undefined;
}

/** Columns of the queries for accounted processes and retired pages, which tell nothing of the present. */
const otherQueries = /^(max_memory_usage|retired_pages\.(address|timestamp|cause))$/;

const nothing: Table = { take: () => false, gpus: () => [], processes: () => undefined };

function gpuTable(columns: Columns, separator: string): Table {
  const ticks = createTicks();
  let last: readonly GpuReading[] = [];
  return {
    take(line) {
      const row = readGpuRow(columns, line.split(separator));
      if (!row) return false;
      for (const tick of ticks.push(row)) last = tick;
      return true;
    },
    gpus() {
      const rest = ticks.finish() ?? [];
      return rest.length >= last.length ? rest : last;
    },
    processes: () => undefined,
  };
}

function processTable(columns: Columns, separator: string): Table {
  let rows: ProcessRow[] = [];
  const keys = new Set<string>();
  return {
    take(line) {
      const cells = line.split(separator);
      const process = readProcessRow(columns, cells, separator);
      if (!process) return false;
      const busId = readBusId(cells[columns.names.indexOf("pci.bus_id")]);
      const key = `${process.gpuUuid} ${busId} ${process.pid}`;
      // The same process again: in loop mode another tick has begun.
      if (keys.has(key)) {
        rows = [];
        keys.clear();
      }
      keys.add(key);
      rows.push({ ...process, ...known({ busId }) });
      return true;
    },
    gpus: () => [],
    processes: () => rows,
  };
}

function closeTable(table: Table | undefined, gpus: Map<number, GpuReading>, processes: Map<string, ProcessRow>): void {
  for (const reading of table?.gpus() ?? []) {
    const before = gpus.get(reading.gpu.index);
    gpus.set(reading.gpu.index, before ? { ...before, ...reading, gpu: { ...before.gpu, ...reading.gpu } } : reading);
  }
  const rows = table?.processes();
  if (!rows) return;
  processes.clear();
  for (const row of rows) processes.set(`${row.gpuUuid} ${row.busId} ${row.pid}`, row);
}

/** Gives the process the index of its GPU where exactly one GPU has its address or uuid. */
function place({ busId, ...process }: ProcessRow, gpus: readonly GpuReading[]): GpuProcess {
  const byBus = gpus.filter(({ gpu }) => busId !== undefined && gpu.busId === busId);
  const byUuid = gpus.filter(({ gpu }) => gpu.uuid !== undefined && gpu.uuid === readWords(process.gpuUuid));
  const found = byBus.length === 1 ? byBus[0] : byUuid.length === 1 ? byUuid[0] : undefined;
  return { ...process, ...known({ gpuIndex: found?.gpu.index }) };
}
