import type { TransferResult, TransferWarning } from "../../core/transfer/transfer";
import type { UploadPlan } from "../../core/transfer/uploadPlan";
import { warningSentence } from "../../core/words/transfer";

/** `18 kB`, `1.2 GB`; 1 kB is 1000 bytes. */
export function sizeText(bytes: number): string {
  const units = ["B", "kB", "MB", "GB", "TB"];
  let value = bytes;
  let unit = 0;
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit++;
  }
  return `${unit > 2 && value < 9.95 ? value.toFixed(1) : Math.round(value)} ${units[unit]}`;
}

/** `1 file`, `10 files`. */
export const filesText = (count: number): string => `${count} ${count === 1 ? "file" : "files"}`;

/** `3 files (18 kB)`. */
export function planText({ upload, arrived, bytes }: Pick<UploadPlan, "upload" | "arrived" | "bytes">): string {
  return `${filesText(upload.length + arrived.length)} (${sizeText(bytes)})`;
}

/** What a finished transfer says: `Uploaded 3 files (18 kB) to lab1 in 2 s.` */
export function doneText(verb: string, where: string, result: TransferResult, milliseconds: number): string {
  const deleted = result.deleted > 0 ? `, deleted ${filesText(result.deleted)} there` : "";
  const left = result.warnings.length > 0 ? ` ${leftOut(result.warnings)}` : "";
  if (result.files + result.deleted === 0) return `Everything was there already (${where}).${left}`;
  const what = `${filesText(result.files)} (${sizeText(result.bytes)})`;
  return `${verb} ${what} ${where}${deleted}, in ${timeText(milliseconds)}.${left}`;
}

function leftOut(warnings: readonly TransferWarning[]): string {
  const [first] = warnings;
  if (first && warnings.length === 1) return warningSentence(first);
  return `${warnings.length} others need a look; the log names them.`;
}

function timeText(milliseconds: number): string {
  const seconds = Math.max(1, Math.round(milliseconds / 1000));
  return seconds < 120 ? `${seconds} s` : `${Math.round(seconds / 60)} min`;
}
