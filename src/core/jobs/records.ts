import * as v from "valibot";
import { type Job, type JobGpu, JobReasonSchema, JobStateSchema } from "../../shared/jobs";
import { boundedText } from "../boundedText";
import { backendOf } from "./backends";
import { jobsOfTickets, parseTickets } from "./gpus/tickets";
import { isJobId } from "./jobId";
import { newestFirst } from "./present";

const CardSchema = v.object({
  name: v.string(),
  backend: v.string(),
  command: v.optional(v.string()),
  folder: v.optional(v.string()),
  environment: v.optional(v.string()),
  /** Of a job that Tensorline did not start. */
  user: v.optional(v.string()),
});

/** The jobs of whoever asks, and those of other users. */
export interface JobLists {
  readonly jobs: readonly Job[];
  readonly others: readonly Job[];
}

/** Reads records, a line `tickets`, and the GPU tickets of all users. Newest first. */
export function parseLists(text: string): JobLists {
  const [records = "", tickets = ""] = text.split(/^tickets$/m);
  const known = parseJobs(records);
  return {
    jobs: known.filter(({ user }) => user === undefined).sort(newestFirst),
    others: [...known.filter(({ user }) => user !== undefined), ...jobsOfTickets(parseTickets(tickets))].sort(
      newestFirst,
    ),
  };
}

/**
 * Reads four lines for each job, as `tell` in `scripts/records.sh` prints them:
 * `ID STATE CODE SIGNAL SUBMITTED BEGAN ENDED REASON LOGBYTES LOST LEFT SCHEDULER`, each `-` where unknown; the card; what was
 * granted, or `-`; what it waits for, `AHEAD TEXT`, or nothing. What is no job is left out. In the order of the text.
 */
export function parseJobs(text: string): readonly Job[] {
  const lines = text.split("\n");
  const found: Job[] = [];
  for (let at = 0; at + 3 < lines.length; ) {
    const job = parseJob(lines[at] ?? "", lines[at + 1] ?? "", lines[at + 2] ?? "", lines[at + 3] ?? "");
    if (job) found.push(job);
    // A line that is no head of a job costs itself alone.
    at += job ? 4 : 1;
  }
  return found;
}

function parseJob(head: string, cardLine: string, granted: string, waiting: string): Job | undefined {
  const words = head.split(" ");
  const [id = "", stateWord, code = "", signal = "", submitted = "", began = "", ended = "", reasonWord] = words;
  const [logBytes = "", lost = "", left = "", scheduler = ""] = words.slice(8);
  const state = v.safeParse(JobStateSchema, stateWord);
  const card = v.safeParse(CardSchema, parsedJson(cardLine));
  if (words.length < 12 || !isJobId(id) || !state.success || !card.success || !isTime(submitted)) return undefined;
  const reason = v.safeParse(JobReasonSchema, reasonWord);
  const gpus = granted.split(" ").flatMap(parseGpu);
  const leftovers = left.split(",").filter(isCount).map(Number);
  const { name, backend, command, folder, environment, user } = card.output;
  const job: Job = {
    id,
    name: boundedText(name),
    state: state.output,
    ...(isCount(code) && Number(code) < 256 ? { exitCode: Number(code) } : {}),
    ...(/^SIG[A-Z0-9+-]{1,12}$/.test(signal) ? { signal } : {}),
    submittedAt: submitted,
    ...(isTime(began) ? { startedAt: began } : {}),
    ...(isTime(ended) ? { endedAt: ended } : {}),
    ...(reason.success ? { reason: reason.output } : {}),
    backend: boundedText(backend, 20),
    ...(user === undefined ? {} : { user: boundedText(user, 64) }),
    ...(command === undefined ? {} : { command: boundedText(command, 1000) }),
    ...(folder === undefined ? {} : { folder: boundedText(folder, 1000) }),
    ...(environment === undefined ? {} : { environment: boundedText(environment) }),
    ...(gpus.length === 0 ? {} : { gpus }),
    ...(isCount(logBytes) ? { logBytes: Number(logBytes) } : {}),
    ...(lost === "lost" ? { logIncomplete: true } : {}),
    ...(leftovers.length === 0 ? {} : { leftovers }),
    ...(/^[\w.+-]{1,40}$/.test(scheduler) && scheduler !== "-" ? { schedulerId: scheduler } : {}),
  };
  return { ...job, ...told(job, waiting) };
}

/** What it waits for, why it got no GPUs, or what its back end says of it. */
function told(job: Job, waiting: string): Partial<Job> {
  const detail = boundedText(waiting, 500);
  if (detail === "") return {};
  const explained = backendOf(job.backend)?.explain?.(job, detail);
  if (explained) return explained;
  if (job.state !== "queued" && job.reason !== "gpusUnavailable" && job.reason !== "couldNotStart") return {};
  const [ahead = ""] = detail.split(" ");
  const message = detail.slice(ahead.length + 1);
  return { ...(isCount(ahead) ? { ahead: Number(ahead) } : {}), ...(message === "" ? {} : { message }) };
}

/** `INDEX:UUID`, `-` for a half that is not known. */
function parseGpu(word: string): JobGpu[] {
  const found = /^(\d{1,4}|-):([A-Za-z0-9./_-]{1,80})$/.exec(word);
  if (!found || word === "-:-") return [];
  const [, index = "", uuid = ""] = found;
  return [{ ...(index === "-" ? {} : { index: Number(index) }), ...(uuid === "-" ? {} : { uuid }) }];
}

function parsedJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}

function isCount(text: string): boolean {
  return /^\d{1,15}$/.test(text);
}

function isTime(text: string): boolean {
  return /^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\dZ$/.test(text) && !Number.isNaN(Date.parse(text));
}
