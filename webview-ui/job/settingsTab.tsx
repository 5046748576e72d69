import type { JobSettings } from "../../src/shared/jobSettings";
import { hasEnded, type Job } from "../../src/shared/jobs";
import { plainText } from "../lib/format";
import { IconButton } from "../lib/icon";
import type { Store } from "./store";
import { localTime } from "./words";

/** What exactly was run, each line to copy, and how to run it again. */
export function SettingsTab({ store }: { store: Store }) {
  const panel = store.panel.value;
  const contents = store.contents.value;
  const job = panel?.job;
  if (!panel || !job) return <p class="hint">Reading the job…</p>;
  const script = contents?.kind === "read" ? contents.contents.script : undefined;
  return (
    <div class="settings">
      <dl>
        {rowsOf(panel.host, job, store.settings.value, store.attach.value).map(([name, value]) => (
          <div key={name}>
            <dt>{name}</dt>
            <dd>
              <code class="foreign">{plainText(value, 4000)}</code>
              <IconButton icon="copy" label={`Copy: ${name}`} onClick={() => store.send("copy", { text: value })} />
            </dd>
          </div>
        ))}
      </dl>
      {script !== undefined && (
        <section aria-labelledby="script-title">
          <div class="section-head">
            <h2 id="script-title">Script on the host</h2>
            <IconButton icon="copy" label="Copy: script" onClick={() => store.send("copy", { text: script })} />
          </div>
          <pre class="script">{printable(script)}</pre>
        </section>
      )}
      {job.user === undefined && (
        <div class="actions">
          <button
            type="button"
            class="button secondary"
            onClick={() => store.send("act", { action: "runAgainWithChanges" })}
          >
            Run again with changes…
          </button>
          {hasEnded(job) && (
            <button type="button" class="button secondary" onClick={() => store.send("act", { action: "delete" })}>
              Delete job…
            </button>
          )}
        </div>
      )}
    </div>
  );
}

function rowsOf(
  host: string,
  job: Job,
  settings: JobSettings | undefined,
  attach: string | undefined,
): (readonly [string, string])[] {
  const gpus = job.gpus
    ?.map(({ index, uuid }) => [index, uuid].filter((part) => part !== undefined).join(" "))
    .join(", ");
  const variables = Object.entries(settings?.variables ?? {}).map(([name, value]) => `${name}=${value}`);
  const rows: (readonly [string, string | undefined])[] = [
    ["Command", job.command],
    ["Folder", job.folder],
    ["Host", host],
    ["Environment", job.environment],
    ["Toolkit", settings?.toolkit],
    ["GPUs", gpus],
    ["Variables", variables.length === 0 ? undefined : variables.join("\n")],
    ["Secrets, by name", settings?.secrets?.join(", ")],
    ["Time limit", settings?.timeLimit],
    ["Back end", job.backend],
    ["In any terminal", job.state === "running" ? attach : undefined],
    ["Scheduler’s number", job.schedulerId],
    ["Job", job.id],
    ["Submitted", localTime(job.submittedAt)],
    ["Began", localTime(job.startedAt)],
    ["Ended", localTime(job.endedAt)],
    ["Exit code", job.exitCode === undefined ? undefined : String(job.exitCode)],
    ["Signal", job.signal],
  ];
  return rows.flatMap(([name, value]) => (value === undefined || value === "" ? [] : [[name, value] as const]));
}

/** Text of several lines from a host: control characters stand as what they are not. */
function printable(text: string): string {
  return text.replace(/[\u0000-\u0008\u000b-\u001f\u007f-\u009f\u202a-\u202e\u2066-\u2069]/g, "\ufffd");
}
