import { mkdir, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { Job } from "../../../shared/jobs";
import { boundedText } from "../../boundedText";
import type { HostLease } from "../../connections";
import { Failure } from "../../failure";
import placePart from "../../operations/scripts/place.sh";
import type { HostRef } from "../../ports";
import type { RemoteCommand, Runner } from "../../remote";
import type { DownloadPlan } from "../../transfer/downloadPlan";
import type { TransferOptions, TransferResult } from "../../transfer/transfer";
import type { Transfers } from "../../transfer/transfers";
import { isJobId } from "../jobId";
import outScript from "../scripts/out.sh";
import type { CodePlace } from "./launch";

export interface ResultsDeps {
  readonly transfers: Transfers;
  acquire(host: HostRef): HostLease;
}

export interface BringOptions extends TransferOptions {
  /** Asked where files here were changed later than those of the job, by their paths; false: they stay as they are. */
  mayReplace(newerHere: readonly string[]): Promise<boolean>;
}

/** `kept`: files here that were changed later and stayed. */
export interface BroughtResults extends TransferResult {
  readonly kept: number;
}

/** Where results go when nobody says where; undefined where the code is not on this computer. */
export function resultsFolder({ kind, folder }: CodePlace, { id, name }: Pick<Job, "id" | "name">): string | undefined {
  if (kind !== "client") return undefined;
  // The name may come from a host and becomes a folder's: nothing but letters, digits, dots, dashes.
  const safe =
    name
      .replace(/[^A-Za-z0-9._-]+/g, "_")
      .replace(/^[._]+/, "")
      .slice(0, 40) || "job";
  return join(folder, ".tensorline", "out", `${safe}-${id}`);
}

/** What bringing the results would move. @throws Failure `jobUnknown`, those of `planDownload` */
async function planResults(
  { transfers }: Pick<ResultsDeps, "transfers">,
  runner: Runner,
  host: HostRef,
  id: string,
  to: string,
  signal: AbortSignal,
): Promise<DownloadPlan> {
  const folder = await runner.run(jobFolderCommand(host, id), signal);
  return transfers.planDownload(runner, { from: `${folder}/out`, to }, signal);
}

/**
 * Brings what is in the job's $TENSORLINE_OUT to a folder here; what is here already does not move again. The job may still
 * run: then it is what is there now.
 * @throws Failure `jobUnknown`, those of a download
 */
export async function bringResults(
  deps: ResultsDeps,
  host: HostRef,
  { id }: Pick<Job, "id">,
  to: string,
  options: BringOptions,
): Promise<BroughtResults> {
  const lease = deps.acquire(host);
  try {
    const runner = await lease.connected(options.signal);
    const whole = await planResults(deps, runner, host, id, to, options.signal);
    const { newerHere } = whole;
    const isKept = newerHere.length > 0 && !(await options.mayReplace(newerHere));
    const plan = isKept ? withoutNewer(whole) : whole;
    const kept = isKept ? newerHere.length : 0;
    // Without results no empty folder appears.
    if (plan.download.length + plan.folders.length + plan.links.length === 0)
      return { files: 0, bytes: 0, deleted: 0, warnings: plan.warnings, kept };
    await hideFromGit(dirname(to));
    return { ...(await deps.transfers.runDownload(runner, plan, options)), kept };
  } finally {
    lease.dispose();
  }
}

function withoutNewer(plan: DownloadPlan): DownloadPlan {
  const newer = new Set(plan.newerHere);
  const download = plan.download.filter(({ path }) => !newer.has(path));
  return { ...plan, download, bytes: download.reduce((sum, { size }) => sum + size, 0) };
}

/** Results beside the code are nothing to commit. What cannot be written is no reason to have no results. */
async function hideFromGit(folder: string): Promise<void> {
  if (!folder.endsWith(join(".tensorline", "out"))) return;
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(join(folder, ".gitignore"), "*\n", { flag: "wx" }))
    .catch(() => {});
}

/** The job's folder on its host. @throws Failure `jobUnknown`; in `parse` also `unreadable` */
function jobFolderCommand({ name }: HostRef, id: string): RemoteCommand<string> {
  const unknown = () => new Failure({ reason: "jobUnknown", host: name, id });
  if (!isJobId(id)) throw unknown();
  return {
    what: "looking for the results",
    argv: ["sh", "-c", `kind=jobs\n${placePart}${outScript}`, "sh", id],
    deadlineMs: 30_000,
    parse({ stdout, exitCode }) {
      if (exitCode !== 0) throw unknown();
      const path = stdout.replace(/\n$/, "");
      if (!path.startsWith("/")) {
        throw new Failure({ reason: "unreadable", what: "place of the results", detail: boundedText(stdout) });
      }
      return path;
    },
  };
}
