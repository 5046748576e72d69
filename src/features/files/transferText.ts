import type { TransferResult, TransferWarning } from "../../core/transfer/transfer";
import type { UploadPlan } from "../../core/transfer/uploadPlan";
import { filesText, sizeText } from "../../core/words/size";
import { warningSentence } from "../../core/words/transfer";

export { filesText, sizeText };

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
