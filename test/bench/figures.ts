import { ask } from "../host/harness/control";

/** One line of the table: what was measured, the target where there is one, and how it was read. */
export interface Figure {
  readonly figure: string;
  readonly target?: string;
  readonly measured: string;
  /** Whether the target is reached; absent without one, or where the reading is not valid. */
  readonly met?: boolean;
  readonly method: string;
}

/** Adds a line to the table of this run. */
export async function report(figure: Figure): Promise<void> {
  await ask("figure", figure);
}

/** The value below which the share `q` of the values lies; NaN without values. */
export function quantile(values: readonly number[], q: number): number {
  const sorted = [...values].sort((a, b) => a - b);
  return sorted[Math.min(sorted.length - 1, Math.floor(q * sorted.length))] ?? Number.NaN;
}

export const median = (values: readonly number[]): number => quantile(values, 0.5);

/** `12.3 ms` */
export const ms = (value: number, digits = 0): string => `${value.toFixed(digits)} ms`;
