import type { Runner } from "../remote";
import { runDownload } from "./download";
import { type DownloadPlan, type DownloadRequest, planDownload } from "./downloadPlan";
import type { TransferDeps, TransferOptions, TransferResult } from "./transfer";
import { runUpload } from "./upload";
import { planUpload, type UploadPlan, type UploadRequest } from "./uploadPlan";

/**
 * Moves files between this machine and a host. A plan says what would move; carrying it out moves that. After a lost
 * connection a new plan of the same files goes on where the last one stopped.
 */
export interface Transfers {
  planUpload(runner: Runner, request: UploadRequest, signal: AbortSignal): Promise<UploadPlan>;
  runUpload(runner: Runner, plan: UploadPlan, options: TransferOptions): Promise<TransferResult>;
  planDownload(runner: Runner, request: DownloadRequest, signal: AbortSignal): Promise<DownloadPlan>;
  runDownload(runner: Runner, plan: DownloadPlan, options: TransferOptions): Promise<TransferResult>;
  /** Plan and carry out. */
  upload(runner: Runner, request: UploadRequest, options: TransferOptions): Promise<TransferResult>;
  /** An upload that sends only what changed and heeds the ignore files. */
  sync(runner: Runner, request: UploadRequest, options: TransferOptions): Promise<TransferResult>;
  download(runner: Runner, request: DownloadRequest, options: TransferOptions): Promise<TransferResult>;
}

export function createTransfers(deps: TransferDeps): Transfers {
  const upload: Transfers["upload"] = async (runner, request, options) =>
    runUpload(deps, runner, await planUpload(deps, runner, request, options.signal), options);
  return {
    planUpload: (runner, request, signal) => planUpload(deps, runner, request, signal),
    runUpload: (runner, plan, options) => runUpload(deps, runner, plan, options),
    planDownload: (runner, request, signal) => planDownload(deps, runner, request, signal),
    runDownload: (runner, plan, options) => runDownload(deps, runner, plan, options),
    upload,
    sync: (runner, request, options) => upload(runner, { ...request, ignore: true }, options),
    download: async (runner, request, options) =>
      runDownload(deps, runner, await planDownload(deps, runner, request, options.signal), options),
  };
}
