import type { StreamCommand } from "../../remote";
import type { Overlay } from "../overlay";
import { overlayScript } from "../overlayScript";
import frameworksText from "./frameworks.py";
import type { Framework, StepKind } from "./records";
import startPart from "./start.sh";
import stepsText from "./steps.py";
import supervisorText from "./supervisor.py";

/** What the program is to do. */
export interface SelfTestRequest {
  /** Absent: all that there are. */
  readonly frameworks?: readonly Exclude<Framework, "numpy">[];
  /** Seconds a step may take, by its kind. */
  readonly limits?: Readonly<Partial<Record<StepKind, number>>>;
  /** Processes that add numbers up on the CPU where there are fewer than two GPUs; the step is not tried without. */
  readonly cpuRanks?: number;
}

const endMark = "TENSORLINE_SELF_TEST_END";

/** One line of JSON text is a string of Python, too, as long as all of it is ASCII. */
const program = `STEPS = ${JSON.stringify(`${frameworksText}\n\n${stepsText}`)}\n${supervisorText}`;

const script = `{\n${startPart}"$tl_python" - 3<&3 <<'${endMark}'\n${program}\n${endMark}\nexit\n}\n`;

/**
 * The operation that runs the program with an environment's interpreter, in what the overlay makes of the shell.
 * @throws Failure `environmentNameUnusable` for an overlay that no shell can be given
 */
export function selfTestCommand(interpreter: string, overlay: Overlay, request: SelfTestRequest): StreamCommand {
  return {
    what: "testing the environment",
    script,
    parameters: [interpreter, JSON.stringify(request), ...overlayScript(overlay, "sh").split("\n")],
    deadlineMs: 30_000,
  };
}
