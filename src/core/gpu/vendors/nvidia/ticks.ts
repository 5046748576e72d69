import type { GpuReading } from "../../reading";
import type { GpuRow } from "./rows";

/**
 * Gathers rows of a query in loop mode into ticks. Rows follow in index order; a lost GPU's row may not even show its
 * index, then its place tells it. A tick is whole once as many rows came as the host has GPUs (field `count`), else
 * when the next one begins.
 */
export function createTicks() {
  let rows: GpuReading[] = [];
  let lastIndex = -1;
  let size: number | undefined;
  let timestamp: string | undefined;
  const identity = new Map<number, GpuReading["gpu"]>();

  function finish(): GpuReading[] | undefined {
    const tick = rows;
    rows = [];
    lastIndex = -1;
    timestamp = undefined;
    return tick.length > 0 ? tick : undefined;
  }

  function begins(row: GpuRow): boolean {
    if (rows.length === 0) return false;
    if (row.index !== undefined) return row.index <= lastIndex;
    if (row.lost) return size !== undefined && lastIndex + 1 >= size;
    const { busId, uuid } = row.reading(0).gpu;
    if (busId !== undefined) return rows.some((other) => other.gpu.busId === busId);
    if (uuid !== undefined) return rows.some((other) => other.gpu.uuid === uuid);
    return row.timestamp !== undefined && apart(timestamp, row.timestamp);
  }

  return {
    /** Takes a row and returns the ticks that it completed: the one before it, its own, or both. */
    push(row: GpuRow): GpuReading[][] {
      const complete: GpuReading[][] = [];
      if (begins(row)) {
        size ??= lastIndex + 1;
        const before = finish();
        if (before) complete.push(before);
      }
      lastIndex = row.index ?? lastIndex + 1;
      timestamp = row.timestamp ?? timestamp;
      rows.push(remember(row.reading(lastIndex)));
      size = row.count ?? size;
      if (row.count !== undefined || (row.lost && size !== undefined)) {
        if (size !== undefined && lastIndex + 1 >= size) {
          const own = finish();
          if (own) complete.push(own);
        }
      }
      return complete;
    },
    /** The rows of the tick that has not been completed, where the output has ended. */
    finish,
  };

  /** A GPU that fell off the bus stops saying who it is. */
  function remember(reading: GpuReading): GpuReading {
    const { index } = reading.gpu;
    if (!reading.lost) {
      identity.set(index, reading.gpu);
      return reading;
    }
    const { uuid, name, busId, driverVersion, memoryTotalBytes } = identity.get(index) ?? reading.gpu;
    const kept = Object.entries({ uuid, name, busId, driverVersion, memoryTotalBytes });
    return {
      ...reading,
      gpu: { ...Object.fromEntries(kept.filter(([, value]) => value !== undefined)), ...reading.gpu },
    };
  }
}

/** Rows of one tick carry times a few milliseconds apart at most. */
function apart(before: string | undefined, after: string): boolean {
  const milliseconds = (text: string): number => Date.parse(`${text.trim().replaceAll("/", "-").replace(" ", "T")}Z`);
  return before !== undefined && milliseconds(after) - milliseconds(before) > 90;
}
