import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import { isFailure } from "../../core/failure";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { showProblem } from "../../platform/problems";
import { hasEnded } from "../../shared/jobs";
import { changeJob, restartJob } from "./again";
import { createFormPort } from "./createFormPort";
import { showShapes } from "./failures";
import type { JobsFeature } from "./feature";
import { openJobForm } from "./formPage";
import type { GpuLives } from "./gpuLives";
import { createJobPanels, type JobPanelActions } from "./jobPage";
import { openJobPort, openServed } from "./jobPort";
import { openResult, openSource } from "./open";
import type { JobParts } from "./parts";
import { deleteJobs } from "./remove";
import { bringResults } from "./results";
import { stopJob } from "./stop";
import type { JobTarget } from "./targets";

/** The job panels and the form, and how they act. `feature` is asked for when something is done, not before. */
export function createPages(
  app: App,
  parts: Omit<JobParts, "openForm" | "openPanel" | "closePanel">,
  gpuLives: GpuLives,
  feature: () => JobsFeature,
): Pick<JobParts, "openForm" | "openPanel" | "closePanel"> & Disposable {
  const store = new DisposableStore();
  const panels = store.add(
    createJobPanels(app, {
      jobs: parts.jobs,
      gpus: app.engine.gpus,
      gpuLives,
      readers: parts.readers,
      clock: systemClock,
      gpuBeatMs: () => app.settings.gpuBeatMs(),
      explain: parts.explain,
      contents: parts.contents,
      attachArgv: parts.attachArgv,
      actions: panelActions(app, feature),
    }),
  );
  return {
    openPanel: (host, job) => panels.open(host, job.id, `${job.name} on ${host.name}`),
    closePanel: (host, id) => panels.close(host, id),
    async openForm(target) {
      openJobForm(app, await createFormPort(feature(), target));
    },
    dispose: () => store.dispose(),
  };
}

/** What goes wrong is said: a page has no place for it. */
function panelActions(app: App, feature: () => JobsFeature): JobPanelActions {
  const safely =
    <A extends readonly unknown[]>(act: (feature: JobsFeature, target: JobTarget, ...more: A) => Promise<unknown>) =>
    async (target: JobTarget, ...more: A): Promise<void> => {
      try {
        await act(feature(), target, ...more);
      } catch (error) {
        if (isFailure(error, "cancelled")) return;
        app.log.error(`${target.job.name}: something asked for in its panel failed`, error);
        await showProblem(error);
      }
    };
  return {
    stop: safely(stopJob),
    runAgain: safely(restartJob),
    runAgainWithChanges: safely(changeJob),
    bringResults: safely(bringResults),
    openResult: safely(openResult),
    openSource: safely(openSource),
    showShapes: safely(showShapes),
    delete: safely(async (own, target) => (hasEnded(target.job) ? deleteJobs(own, [target]) : stopJob(own, target))),
    openPort: safely((own, target, url: string | undefined) =>
      url === undefined ? openJobPort(own, target) : openServed(own, target, { url, port: Number(new URL(url).port) }),
    ),
  };
}
