import type { TransferWarning } from "../../transfer/transfer";
import { filesText, sizeText } from "../../words/size";
import { warningSentence } from "../../words/transfer";
import { fitsNow, type GpuOutlook } from "../gpus/outlook";
import type { GpuWish } from "../request";
import type { LaunchPlan } from "./launch";

export interface SummaryParts {
  readonly host: string;
  readonly wish: GpuWish;
  readonly outlook?: GpuOutlook | undefined;
  readonly sync?: LaunchPlan["sync"] | undefined;
  readonly environment?: string | undefined;
}

/** `lab1 GPU 1 (free 12 min) · sync 3 files (18 kB) · torch-2.13`. */
export function summaryLine({ host, wish, outlook, sync, environment }: SummaryParts): string {
  const gpus = gpusText(wish, outlook);
  return [
    gpus === "" ? host : `${host} ${gpus}`,
    ...(sync ? [syncText(sync)] : []),
    ...(environment ? [environment] : []),
  ].join(" · ");
}

function gpusText(wish: GpuWish, outlook: GpuOutlook | undefined): string {
  if (wish.kind === "none") return "";
  if (wish.kind === "given") return "GPUs as given";
  const wanted = wish.kind === "any" ? wish.count : wish.ids.length;
  const chosen = outlook?.chosen ?? [];
  if (!outlook || !fitsNow(outlook)) {
    const count = wanted === 1 ? "1 GPU" : `${wanted} GPUs`;
    if (!outlook) return count;
    return outlook.ahead > 0 ? `${count} (waits behind ${outlook.ahead})` : `${count} (waits)`;
  }
  const names = chosen.map(({ gpu, slice }) => (slice ? `${gpu.index}/${slice.id}` : gpu.index)).join(", ");
  const free = chosen.map(({ freeMs }) => freeMs);
  const known = free.every((ms) => ms !== undefined) ? Math.min(...free.map((ms) => ms ?? 0)) : undefined;
  return `GPU ${names}${known === undefined ? "" : ` (free ${spanText(known)})`}`;
}

function syncText({ files, bytes, deletes }: NonNullable<LaunchPlan["sync"]>): string {
  if (files + deletes === 0) return "code unchanged";
  const deleted = deletes === 0 ? "" : `${files === 0 ? "" : ", "}delete ${filesText(deletes)}`;
  return `sync ${files === 0 ? "" : `${filesText(files)} (${sizeText(bytes)})`}${deleted}`;
}

/** `40 s`, `12 min`, `3 h`. */
function spanText(ms: number): string {
  const seconds = Math.round(ms / 1000);
  if (seconds < 90) return `${seconds} s`;
  return seconds < 5400 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3600)} h`;
}

/** Sentences for what does not go to the host; a long list is only counted. */
export function leftOutWords(warnings: readonly TransferWarning[]): readonly string[] {
  if (warnings.length <= 3) return warnings.map(warningSentence);
  return [...warnings.slice(0, 2).map(warningSentence), `${warnings.length - 2} more files were left out.`];
}
