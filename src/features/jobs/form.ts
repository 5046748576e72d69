import type { RunTarget } from "./codeTarget";
import type { JobsFeature } from "./feature";

/** What the form opens with. */
export interface FormStart {
  readonly feature: JobsFeature;
  readonly target: RunTarget;
}
