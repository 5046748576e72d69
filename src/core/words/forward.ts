import type { ForwardProblem } from "../failure";
import { detail, quoted, says, type Words } from "./say";

/** Forwarded ports. */
export const forwardWords: Words<ForwardProblem> = {
  forwardProhibited: (problem) =>
    says(
      `${quoted(problem.host)} does not allow ports to be forwarded.`,
      "Everything else works; its administrator can allow it with AllowTcpForwarding.",
    ),
  forwardRefused: (problem) =>
    says(
      `${quoted(problem.host)} could not connect to ${quoted(problem.target)}${detail(problem.detail)}.`,
      "Check that something listens there.",
    ),
};
