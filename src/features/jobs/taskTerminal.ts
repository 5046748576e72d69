import * as vscode from "vscode";
import { problemOf } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import type { Job } from "../../shared/jobs";
import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";
import { took } from "./jobWords";
import { launchText, submitPlan, withDefaults } from "./launch";
import { stopNow } from "./stop";
import { createTaskText, endCode } from "./taskText";

/** What the task's terminal is about; `target` throws where the task cannot be understood. */
export interface TaskRun {
  readonly name: string;
  target(): Promise<RunTarget>;
}

const explainMs = 10_000;

/**
 * Submits, shows the log and ends with the job's own code. Ctrl-C stops the job; closing the terminal does not: the job
 * goes on, and one click stops it.
 */
export function createTaskTerminal(feature: JobsFeature, run: TaskRun): vscode.Pseudoterminal {
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number>();
  const aborted = new AbortController();
  let running: { readonly host: HostRef; readonly job: Job } | undefined;
  let isStopping = false;
  let columns = 80;

  const note = (text: string) => written.fire(`\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);

  const work = async (): Promise<number> => {
    const { signal } = aborted;
    const target = await run.target();
    let said = "";
    const onProgress = (progress: Parameters<typeof launchText>[0]) => {
      const text = launchText({ step: progress.step });
      if (text !== said) note(text);
      said = text;
    };
    const plan = await feature.parts
      .launcher()
      .plan(withDefaults(feature.app, target), target.place, { signal, onProgress });
    for (const caution of plan.cautions) note(caution);
    const job = await submitPlan(feature, target.key, plan, signal, onProgress);
    const { host } = plan;
    running = { host, job };
    note(`${plan.summary}\nThe job goes on when this terminal is closed. Ctrl-C stops it.`);
    const text = createTaskText(
      target.place.kind === "client" ? { jobId: job.id, folder: target.place.folder } : undefined,
    );
    const sink = {
      data: (chunk: Uint8Array) => written.fire(text.write(chunk)),
      interrupted: () => note("\nThe connection was lost. The job goes on there, and here when the host is back."),
    };
    const ended = await feature.parts.jobs.follow(host, job.id, 0, sink, signal);
    running = undefined;
    written.fire(text.end());
    await explain(host, ended);
    note(`\r\n${endText(host, ended)}`);
    return endCode(ended);
  };

  /** Under the log, as in a tensor terminal; the job has ended as it has, whatever can be found out about that. */
  const explain = async (host: HostRef, ended: Job): Promise<void> => {
    const { app, parts } = feature;
    if (!app.settings.explainInTerminal()) return;
    const signal = AbortSignal.any([aborted.signal, AbortSignal.timeout(explainMs)]);
    const found = await parts.explain(host, ended, signal).catch(() => undefined);
    if (!found) return;
    const look = { columns, colour: true, clickable: false };
    for (const line of app.tensorParts().renderExplanation(found.explanation, look)) written.fire(`${line}\r\n`);
  };

  const stop = async (): Promise<void> => {
    if (isStopping || !running) return aborted.abort();
    isStopping = true;
    note("\r\nStopping the job…");
    await stopNow(feature, running).catch((error: unknown) => note(sentence(problemOf(error))));
    isStopping = false;
  };

  return {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open(size) {
      columns = size?.columns ?? columns;
      work().then(
        (code) => closed.fire(code),
        (error: unknown) => {
          note(sentence(problemOf(error)));
          closed.fire(255);
        },
      );
    },
    setDimensions(size) {
      columns = size.columns;
    },
    handleInput(data) {
      if (data.includes("\x03")) void stop();
    },
    close() {
      aborted.abort();
      if (running && !isStopping) void offerStop(feature, running);
    },
  };
}

async function offerStop(feature: JobsFeature, running: { readonly host: HostRef; readonly job: Job }): Promise<void> {
  const stop = "Stop It";
  const show = "Show Job";
  const text = `${running.job.name} goes on running on ${running.host.name}.`;
  const answer = await vscode.window.showInformationMessage(text, show, stop);
  if (answer === show) feature.parts.openPanel(running.host, running.job);
  if (answer === stop) await stopNow(feature, running);
}

function endText(host: HostRef, job: Job): string {
  const time = took(job);
  const how = { succeeded: "finished", stopped: "was stopped", lost: "was lost" } as const;
  const word = job.state in how ? how[job.state as keyof typeof how] : "failed";
  return [`${job.name} ${word} on ${host.name}${time === undefined ? "" : ` after ${time}`}.`, job.message]
    .filter(Boolean)
    .join(" ");
}
