import type { Job } from "../../shared/jobs";
import type { Problem } from "../failure";
import type { JobRequest } from "./request";

/**
 * How jobs are run on a host. Every job, whichever back end runs it, is a folder `hosts/MACHINE/jobs/ID` on the host whose
 * files `scripts/place.sh` tells; all have the same supervisor (`scripts/supervise.sh`), log, status and end. A back end is
 * data: it says how the supervisor is started, and how a job is stopped and looked at beyond its own files. One file and one
 * line in `backends/index.ts`; `test/ssh/jobBackends.test.ts` runs the same suite over all of them.
 */
export interface JobBackend {
  /** Stands in the job's file `backend`: letters only. */
  readonly id: string;
  /** For people: `Plain process`, `tmux session`, `Slurm`. */
  readonly label: string;
  /** One line for the form: what it is good for. */
  readonly hint: string;
  /**
   * POSIX shell text that defines these functions; each is called in the job's folder, with the functions of `place.sh`.
   * - `ID_usable`: exit code 0 where this host can; else prints a word for `unusable`.
   * - `ID_launch N`: starts supervisor number N of this folder, apart from the connection, and returns once it runs or is
   *   queued; false where that failed, with the complaint in `$launched`. Its standard input holds nothing. Secrets are
   *   exported variables, their names in TENSORLINE_SECRETS. A later number than 1 starts a job again that had not begun.
   * - `ID_tell`: may correct `$state`, `$reason` and `$detail` of a job that has no end yet and whose supervisor does not
   *   live (`$lives` is empty); without it, such a job is lost.
   * - `ID_stop`: ends what the supervisor cannot: a job that has not begun. The supervisor itself is told by `look.sh`.
   * - `ID_forget`: what it remembers of its tool's answers is too old by now; called every 30 seconds by what runs for long.
   * - `ID_list`: prints records of jobs that Tensorline did not start, see `records.ts`; optional.
   */
  readonly script: string;
  /** Scripts of its own that lie in the job's folder, by name. */
  readonly files?: Readonly<Record<string, string>>;
  /** Lines for the file `backend.options` of the job, read by `ID_launch`; none where it needs none. */
  options?(request: JobRequest): readonly string[];
  /** Why a request cannot be run by it, before anything is sent. */
  refuse?(request: JobRequest): Problem | undefined;
  /** Words for what `ID_usable` printed. */
  unusable(word: string): string;
  /** Makes the message of a job's record from the words of the tool: a pending reason. */
  explain?(job: Job, detail: string): Pick<Job, "reason" | "message">;
}
