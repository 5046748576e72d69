import type { InternalProblem, Problem } from "./failure";
import { connectionWords } from "./words/connection";
import { environmentWords } from "./words/environments";
import { forwardWords } from "./words/forward";
import { gpuWords } from "./words/gpu";
import { hostsFileWords } from "./words/hostsFile";
import { jobWords } from "./words/jobs";
import { keyLoginWords } from "./words/keyLogin";
import { operationWords } from "./words/operations";
import { type Description, detail, says, type Words } from "./words/say";
import { transferWords } from "./words/transfer";

export type { Description };

const internalWords: Words<InternalProblem> = {
  internal: (problem) =>
    says(
      `Something went wrong inside Tensorline${detail(problem.detail)}.`,
      "Report it with the editor’s diagnostics or with what --verbose prints.",
    ),
};

const words: Words<Problem> = {
  ...connectionWords,
  ...environmentWords,
  ...forwardWords,
  ...gpuWords,
  ...hostsFileWords,
  ...jobWords,
  ...keyLoginWords,
  ...operationWords,
  ...transferWords,
  ...internalWords,
};

/** Message and remedy in one line. */
export function sentence(problem: Problem): string {
  const { message, remedy } = describe(problem);
  return remedy === undefined ? message : `${message} ${remedy}`;
}

/** Turns every reason into words. The only place that does. */
export function describe(problem: Problem): Description {
  // Each reason's function takes exactly the problems of that reason, which the type of the table cannot say by itself.
  return (words[problem.reason] as (problem: Problem) => Description)(problem);
}
