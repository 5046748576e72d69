import type { Clock } from "../../core/clock";
import { type Problem, problemOf } from "../../core/failure";
import type { GpuWatches } from "../../core/gpu/watch";
import type { Jobs } from "../../core/jobs/jobs";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { quoteArgv } from "../../core/remote";
import type { ExplainedJob } from "../../core/tensors/explainJob";
import type { JobCause, JobContents, JobPanelApi, JobTab } from "../../shared/jobPanel";
import type { JobSettings } from "../../shared/jobSettings";
import { hasEnded, type Job } from "../../shared/jobs";
import type { NotificationName, ParamsOf } from "../../shared/protocol";
import type { GpuLives } from "./gpuLives";
import { createJobGpus } from "./jobGpus";
import { createJobLog, type JobLog } from "./jobLog";
import type { JobReaders } from "./jobReaders";
import { settingsIn, wireExplanation, wireProblem, wireSeries, wireValue } from "./jobTold";
import { createThrottle } from "./throttle";
import { createUrlReader, type ServedUrl } from "./urlsInLog";

/** What a job's panel stands on. */
export interface JobSessionParts {
  readonly jobs: Pick<Jobs, "state" | "onChange" | "look" | "get" | "follow" | "readLog" | "logIndex">;
  readonly gpus: Pick<GpuWatches, "watch">;
  readonly gpuLives: Pick<GpuLives, "of">;
  readonly readers: JobReaders;
  readonly clock: Clock;
  /** The words that attach a terminal of the host to it; undefined where its back end has none. */
  attachArgv(job: Job): readonly string[] | undefined;
  /** Milliseconds between readings of GPUs that somebody looks at. */
  gpuBeatMs(): number;
  /** Why it failed, where tensors are why. @throws Failure */
  explain(host: HostRef, job: Job, signal: AbortSignal): Promise<ExplainedJob | undefined>;
  /** What lies in the job's folder on the host. @throws Failure */
  contents(host: HostRef, id: string, signal: AbortSignal): Promise<JobContents>;
}

/** Tells the page. */
export type NotifyJobPage = <K extends NotificationName<typeof JobPanelApi>>(
  method: K,
  params: ParamsOf<typeof JobPanelApi, K>,
) => void;

/** One job as its panel sees it, apart from the editor: what is read while the page is there, and what it is told. */
export interface JobSession extends Disposable {
  readonly log: Pick<JobLog, "taken" | "go">;
  job(): Job | undefined;
  settings(): JobSettings | undefined;
  explained(): ExplainedJob | undefined;
  /** Addresses that the job said it serves. */
  urls(): readonly ServedUrl[];
  /** The page is there and knows nothing yet. */
  show(): void;
  /** The page has gone, or nobody sees it. */
  hide(): void;
  look(tab: JobTab): void;
  /** Tries again what failed. */
  retry(): void;
  readContents(): void;
}

const stateEveryMs = 250;
const metricsEveryMs = 1000;
/** The cause of a failure stands in the last lines. */
const causeBytes = 64 * 1024;

export function createJobSession(host: HostRef, id: string, parts: JobSessionParts, notify: NotifyJobPage): JobSession {
  const { jobs, clock } = parts;
  const store = new DisposableStore();
  const looking = store.add(new MutableDisposable<Disposable>());
  const readingContents = store.add(new MutableDisposable<Disposable>());
  let tab: JobTab = "log";
  let job: Job | undefined;
  let settings: JobSettings | undefined;
  let cause: JobCause | undefined;
  let problem: Problem | undefined;
  let interrupted: Problem | undefined;
  let output = parts.readers.output();
  let urls = createUrlReader();
  let readFrom = 0;
  let contents: JobContents | undefined;
  let explained: ExplainedJob | undefined;
  let isExplaining = false;
  let isBeginning = false;
  /** Fires when nobody looks any more. */
  let gone = AbortSignal.abort();

  const isVisible = () => looking.value !== undefined;

  const sendState = () => {
    if (!isVisible()) return;
    const progress = output.progress();
    const { brokenLoss } = output.alarms();
    const trouble = problem ?? jobs.state(host).problem;
    notify("state", {
      host: host.name,
      ...(job ? { job } : {}),
      ...(progress ? { progress } : {}),
      ...(brokenLoss ? { brokenLoss: { ...brokenLoss, value: wireValue(brokenLoss.value) } } : {}),
      ...(cause ? { cause } : {}),
      ...(explained ? { explanation: wireExplanation(explained) } : {}),
      ...(trouble ? { problem: wireProblem(trouble) } : {}),
      ...(interrupted ? { interrupted: wireProblem(interrupted) } : {}),
      ports: [...urls.current()],
    });
  };
  const sendMetrics = () => {
    if (isVisible() && tab === "metrics") notify("metrics", { series: wireSeries(output.metrics()), from: readFrom });
  };
  const state = store.add(createThrottle(clock, stateEveryMs, sendState));
  const metrics = store.add(createThrottle(clock, metricsEveryMs, sendMetrics));

  const gpus = store.add(
    createJobGpus(host, { gpus: parts.gpus, lives: parts.gpuLives, clock, beatMs: parts.gpuBeatMs }, (told) =>
      notify("gpus", told),
    ),
  );

  const log = store.add(
    createJobLog(
      {
        follow: (from, sink, signal) => jobs.follow(host, id, from, sink, signal),
        readLog: (from, length, signal) => jobs.readLog(host, id, from, length, signal),
        logIndex: (signal) => jobs.logIndex(host, id, signal),
      },
      clock,
      {
        view: (view) => notify("logView", view),
        bytes: (view, bytes) => notify("logBytes", { view, bytes }),
        begins(from) {
          output = parts.readers.output();
          if (from > 0) output.gap();
          urls = createUrlReader();
          readFrom = from;
        },
        read(chunk) {
          output.feed(chunk);
          urls.feed(chunk);
          state.ask();
          metrics.ask();
        },
        interrupted(why) {
          interrupted = why;
          state.ask();
        },
        ended: learn,
        failed(error) {
          problem = problemOf(error);
          state.ask();
        },
      },
    ),
  );

  function learn(next: Job): void {
    const endedNow = job !== undefined && !hasEnded(job) && hasEnded(next);
    job = next;
    const isBad = next.state === "failed" || next.state === "lost";
    cause = isBad ? parts.readers.cause(next, new TextDecoder().decode(log.tail(causeBytes))) : undefined;
    if (isBad) explain(next);
    if (isVisible()) gpus.look(job, tab === "gpu");
    if (endedNow && contents) readContents();
    state.ask();
  }

  /** Once: how a job ended stays as it is. What cannot be read now is asked for when the page comes back. */
  function explain(failed: Job): void {
    if (explained || isExplaining || gone.aborted) return;
    isExplaining = true;
    parts.explain(host, failed, gone).then(
      (found) => {
        explained = found;
        state.ask();
      },
      () => {
        isExplaining = false;
      },
    );
  }

  async function begin(signal: AbortSignal): Promise<void> {
    isBeginning = true;
    try {
      const found = await jobs.get(host, id, signal);
      if (signal.aborted) return;
      problem = undefined;
      settings = settingsIn(found.settings);
      learn(found.job);
      const attach = parts.attachArgv(found.job);
      notify("settings", { ...(settings ? { settings } : {}), ...(attach ? { attach: quoteArgv(attach) } : {}) });
      log.show(found.job.logBytes ?? 0);
    } catch (error) {
      if (signal.aborted) return;
      problem = problemOf(error);
      state.ask();
    } finally {
      isBeginning = false;
    }
  }

  function readContents(): void {
    const abort = new AbortController();
    readingContents.replace(toDisposable(() => abort.abort()));
    if (!contents) notify("contents", { kind: "reading" });
    parts.contents(host, id, abort.signal).then(
      (read) => {
        if (abort.signal.aborted) return;
        contents = read;
        notify("contents", { kind: "read", contents: read });
      },
      (error: unknown) => {
        if (!abort.signal.aborted) notify("contents", { kind: "unreadable", problem: wireProblem(problemOf(error)) });
      },
    );
  }

  function show(): void {
    const abort = new AbortController();
    const look = jobs.look(host);
    looking.replace(
      toDisposable(() => {
        abort.abort();
        look.dispose();
      }),
    );
    gone = abort.signal;
    sendState();
    void begin(gone);
  }

  store.add(
    jobs.onChange((changed) => {
      if (!isVisible() || hostId(changed) !== hostId(host)) return;
      const found = jobs.state(host).jobs?.find((one) => one.id === id);
      // The host is back: what failed is tried again, unless it has told that there is no such job.
      const isBack = jobs.state(host).problem === undefined;
      if (problem && problem.reason !== "jobUnknown" && isBack && !isBeginning) void begin(gone);
      if (found) learn(found);
      else state.ask();
    }),
  );

  return {
    log,
    job: () => job,
    settings: () => settings,
    explained: () => explained,
    urls: () => urls.current(),
    show,
    hide() {
      looking.replace(undefined);
      log.hide();
      gpus.rest();
    },
    look(next) {
      tab = next;
      gpus.look(job, tab === "gpu");
      if (tab === "metrics") sendMetrics();
      if (tab === "files" || tab === "settings") {
        if (contents) notify("contents", { kind: "read", contents });
        else readContents();
      }
    },
    retry: show,
    readContents,
    dispose: () => store.dispose(),
  };
}
