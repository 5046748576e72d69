import type { JobGpu, JobState } from "../../src/shared/jobs";
import { UNKNOWN } from "../lib/format";

/** The word and the picture of each state. */
export const stateWords: Readonly<Record<JobState, { readonly word: string; readonly icon: string }>> = {
  queued: { word: "Waiting", icon: "clock" },
  running: { word: "Running", icon: "play-circle" },
  succeeded: { word: "Succeeded", icon: "pass" },
  failed: { word: "Failed", icon: "error" },
  stopped: { word: "Stopped", icon: "circle-slash" },
  lost: { word: "Lost", icon: "question" },
};

/** Decimal units, as disks and networks count: `850 B`, `12.4 kB`, `1.02 GB`. */
export function fileSize(bytes: number | undefined): string {
  if (bytes === undefined) return UNKNOWN;
  if (bytes < 1000) return `${bytes} B`;
  const unit = bytes < 1e6 ? "kB" : bytes < 1e9 ? "MB" : "GB";
  const scaled = bytes / { kB: 1e3, MB: 1e6, GB: 1e9 }[unit];
  return `${scaled < 10 ? scaled.toFixed(2) : scaled < 100 ? scaled.toFixed(1) : scaled.toFixed(0)} ${unit}`;
}

/** The two largest units: `42 s`, `12 min 5 s`, `3 h 12 min`, `2 d 4 h`. */
export function duration(seconds: number | undefined): string {
  if (seconds === undefined || !Number.isFinite(seconds)) return UNKNOWN;
  const whole = Math.max(0, Math.floor(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return `${Math.floor(whole / 60)} min ${whole % 60} s`;
  if (whole < 86_400) return `${Math.floor(whole / 3600)} h ${Math.floor((whole % 3600) / 60)} min`;
  return `${Math.floor(whole / 86_400)} d ${Math.floor((whole % 86_400) / 3600)} h`;
}

/** `GPU 0, 1`; a GPU without an index by the beginning of its UUID. */
export function gpuNames(gpus: readonly JobGpu[] | undefined): string | undefined {
  if (!gpus || gpus.length === 0) return undefined;
  return `GPU ${gpus.map(({ index, uuid }) => index ?? uuid?.slice(0, 12) ?? UNKNOWN).join(", ")}`;
}

/** Steps a second, or seconds a step where that is the larger number. */
export function rateOf(rate: number | undefined): string | undefined {
  if (rate === undefined || !Number.isFinite(rate) || rate <= 0) return undefined;
  if (rate >= 1) return `${round(rate)} a second`;
  return rate > 1 / 60 ? `${round(1 / rate)} s each` : `${duration(1 / rate)} each`;
}

/** Three digits that carry something. */
export function round(value: number): string {
  return Math.abs(value) >= 100 ? value.toFixed(0) : String(Number(value.toPrecision(3)));
}

/** A measured value: `0.0123`, `3.2e-5`, `1 240`. */
export function metricValue(value: number): string {
  if (value === 0) return "0";
  const size = Math.abs(value);
  if (size >= 1e6 || size < 1e-3) return value.toExponential(2);
  return String(Number(value.toPrecision(4)));
}

/** A date and time on the reader's clock; undefined where it cannot be read. */
export function localTime(iso: string | undefined): string | undefined {
  const time = iso === undefined ? Number.NaN : Date.parse(iso);
  return Number.isNaN(time) ? undefined : new Date(time).toLocaleString();
}
