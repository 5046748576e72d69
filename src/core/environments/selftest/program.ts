import type { StreamCommand } from "../../remote";
import type { Overlay } from "../overlay";
import frameworksText from "./frameworks.py";
import startPart from "./start.sh";
import stepsText from "./steps.py";
import supervisorText from "./supervisor.py";

/** What the program is to do. */
export interface SelfTestRequest {
  readonly frameworks?: readonly string[];
  /** Seconds a step may take, by its kind. */
  readonly limits?: Readonly<Record<string, number>>;
  /** Processes that add numbers up on the CPU where there are fewer than two GPUs; the step is not tried without. */
  readonly cpuRanks?: number;
}

const endMark = "TENSORLINE_SELF_TEST_END";

/** One line of JSON text is a string of Python, too, as long as all of it is ASCII. */
const program = `STEPS = ${JSON.stringify(`${frameworksText}\n\n${stepsText}`)}\n${supervisorText}`;

const script = `{\n${startPart}"$tl_python" - 3<&3 <<'${endMark}'\n${program}\n${endMark}\nexit\n}\n`;

/** The operation that runs the program with an environment's interpreter, in what the overlay makes of the shell. */
export function selfTestCommand(interpreter: string, overlay: Overlay, request: SelfTestRequest): StreamCommand {
  return {
    what: "testing the environment",
    script,
    parameters: [interpreter, JSON.stringify(request), ...overlayWords(overlay)],
    deadlineMs: 30_000,
  };
}

function overlayWords({ source, set, unset, prepend }: Overlay): string[] {
  const names = [...Object.keys(set), ...Object.keys(prepend), ...unset];
  if (!names.every((name) => /^[A-Za-z_][A-Za-z0-9_]*$/.test(name))) throw new RangeError("no name of a variable");
  return [
    ...source.flatMap((file) => ["source", file]),
    ...unset.flatMap((name) => ["unset", name]),
    ...Object.entries(set).flatMap(([name, value]) => ["set", name, value]),
    ...Object.entries(prepend).flatMap(([name, folders]) => ["prepend", name, folders.join(":")]),
  ];
}
