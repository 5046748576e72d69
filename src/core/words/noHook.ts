import type { Problem } from "../failure";
import { sentence } from "../words";

/** A job runs without the hook, and why. */
export const noHookWords = (host: string, problem: Problem): string =>
  `${sentence(problem)} Jobs on ${host} run all the same, but what fails in them is explained from their log alone.`;
