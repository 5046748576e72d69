import type { JobPanelState, JobProgress } from "../../src/shared/jobPanel";
import { hasEnded, type Job } from "../../src/shared/jobs";
import { plainText, UNKNOWN } from "../lib/format";
import { Icon } from "../lib/icon";
import type { Store } from "./store";
import { duration, gpuNames, localTime, rateOf, round, stateWords } from "./words";

/** What it is, how it stands, how far it is, and what can be done with it. */
export function Header({ store }: { store: Store }) {
  const panel = store.panel.value;
  if (!panel) return null;
  const { job } = panel;
  return (
    <header class="head">
      <div class="head-top">
        <h1 title={plainText(job?.command ?? job?.name ?? "")}>{job ? plainText(job.name, 200) : "Job"}</h1>
        {job && <HeadActions store={store} job={job} panel={panel} />}
      </div>
      {job ? <Facts store={store} panel={panel} job={job} /> : <p class="muted">Reading the job…</p>}
      {job?.state === "queued" && <p class="waits">{waits(job)}</p>}
      {panel.progress && job && <Progress progress={panel.progress} job={job} />}
    </header>
  );
}

function Facts({ store, panel, job }: { store: Store; panel: JobPanelState; job: Job }) {
  const { word, icon } = stateWords[job.state];
  const facts = [
    plainText(panel.host, 80),
    gpuNames(job.gpus),
    job.environment === undefined ? undefined : plainText(job.environment, 60),
  ].filter((fact) => fact !== undefined);
  return (
    <ul class="facts">
      <li class="state" data-state={job.state}>
        <Icon name={icon} />
        {word}
      </li>
      {facts.map((fact) => (
        <li key={fact} class="foreign">
          {fact}
        </li>
      ))}
      <li title={times(job)}>{elapsed(job, store.now.value)}</li>
      {job.user !== undefined && <li class="foreign">of {plainText(job.user, 40)}</li>}
    </ul>
  );
}

function Progress({ progress, job }: { progress: JobProgress; job: Job }) {
  const percent = Math.floor(Math.min(1, Math.max(0, progress.fraction)) * 100);
  const eta = !hasEnded(job) && progress.etaSeconds !== undefined ? `${duration(progress.etaSeconds)} left` : undefined;
  const rate = rateOf(progress.rate);
  const steps =
    progress.total === undefined ? round(progress.done) : `${count(progress.done)} of ${count(progress.total)}`;
  const label = plainText(progress.label ?? "", 60).replace(/:\s*$/, "");
  return (
    <div class="progress">
      <progress max={100} value={percent} aria-label="Progress" />
      <p>
        <strong>{percent} %</strong>
        <span class="foreign">{label === "" ? steps : `${label} ${steps}`}</span>
        {rate !== undefined && <span>{rate}</span>}
        {eta !== undefined && <span>{eta}</span>}
      </p>
    </div>
  );
}

function HeadActions({ store, job, panel }: { store: Store; job: Job; panel: JobPanelState }) {
  const isMine = job.user === undefined;
  const newest = panel.ports.at(-1);
  return (
    <div class="actions">
      {newest && job.state === "running" && (
        <button type="button" class="button secondary" onClick={() => store.send("openPort", { url: newest.url })}>
          Open port {newest.port}
        </button>
      )}
      {!newest && job.state === "running" && (
        <button type="button" class="button secondary" onClick={() => store.send("act", { action: "openPort" })}>
          Open port…
        </button>
      )}
      {isMine && !hasEnded(job) && (
        <button type="button" class="button secondary" onClick={() => store.send("act", { action: "stop" })}>
          Stop…
        </button>
      )}
      {isMine && hasEnded(job) && (
        <button type="button" class="button" onClick={() => store.send("act", { action: "runAgain" })}>
          Run again
        </button>
      )}
    </div>
  );
}

const count = (value: number) =>
  Number.isInteger(value) ? value.toLocaleString("en").replaceAll(",", "\u202f") : round(value);

/** How long it has run, or waited where it has not begun. The host's clock may differ from ours a little. */
function elapsed(job: Job, now: number): string {
  const began = Date.parse(job.startedAt ?? job.submittedAt);
  const until = job.endedAt === undefined ? now : Date.parse(job.endedAt);
  if (hasEnded(job) && job.endedAt === undefined) return UNKNOWN;
  const length = duration((until - began) / 1000);
  return job.state === "queued" ? `for ${length}` : length;
}

function times(job: Job): string {
  const lines = [
    ["Submitted", localTime(job.submittedAt)],
    ["Began", localTime(job.startedAt)],
    ["Ended", localTime(job.endedAt)],
  ];
  return lines.flatMap(([word, time]) => (time === undefined ? [] : [`${word} ${time}`])).join("\n");
}

function waits(job: Job): string {
  const what = plainText(job.message ?? "", 400);
  if (what !== "") return what;
  if (job.ahead !== undefined && job.ahead > 0)
    return `It waits for GPUs; ${job.ahead} ${job.ahead === 1 ? "job was" : "jobs were"} there first.`;
  return job.reason === "waitingForScheduler" ? "It waits for the scheduler." : "It waits for its turn.";
}
