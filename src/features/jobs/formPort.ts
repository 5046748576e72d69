import type { Event } from "../../core/event";
import type { LaunchPlan, LaunchProgress } from "../../core/jobs/launch/launch";
import type { Choice, FormChoices, JobForm } from "../../shared/jobForm";
import type { JobSettings } from "../../shared/jobSettings";

/** What the job form stands on: everything that it shows and does for one file. */
export interface JobFormPort {
  /** What runs, for the title: `train.py`. */
  readonly file: string;
  readonly place: JobForm["place"];
  /** Remembered for this file, else the defaults. */
  readonly settings: JobSettings;
  /** Hosts to choose from, the likeliest first. Without reading anything. */
  hosts(): readonly Choice[];
  /** Hosts or presets are others now. */
  readonly onChange: Event<void>;
  presets(): JobForm["presets"];
  /** What a host has to choose from; without a host, what the hosts have that any of them may be. @throws Failure */
  choices(host: string | undefined, signal: AbortSignal): Promise<Omit<FormChoices, "host" | "isReading" | "problem">>;
  /** Changes nothing on the host. @throws Failure */
  plan(settings: JobSettings, signal: AbortSignal): Promise<LaunchPlan>;
  /** Which of these secrets have no value here. */
  missingSecrets(names: readonly string[]): Promise<readonly string[]>;
  /** Asks for the value; resolves when it has been entered or refused. */
  enterSecret(name: string): Promise<void>;
  /** Asks for secrets that are missing; resolves once the job is submitted. What shows it then is the port's matter. @throws Failure */
  run(
    plan: LaunchPlan,
    options: { readonly signal: AbortSignal; onProgress(progress: LaunchProgress): void },
  ): Promise<void>;
  /** Asks for the name and keeps it. @throws Failure */
  savePreset(settings: JobSettings): Promise<void>;
  /** For the next time this file runs. */
  remember(settings: JobSettings): void;
}
