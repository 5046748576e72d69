import type { ProcessTrace } from "../../../shared/shapeTrace";
import { boundedText } from "../../boundedText";
import { Failure } from "../../failure";
import type { RemoteCommand } from "../../remote";
import readScript from "../scripts/readTraces.sh";
import { parseProcessTrace } from "./parse";

/** Reads what the processes of a run have traced so far, 32 of the newest at most; none where the folder is gone. */
export function readTraces(run: string): RemoteCommand<readonly ProcessTrace[]> {
  const what = "reading the shapes of a run";
  return {
    what,
    argv: ["sh", "-c", readScript, "sh", run],
    deadlineMs: 20_000,
    parse({ stdout, stderr, exitCode }) {
      if (exitCode === 0 || exitCode === 40) return stdout.split("\n").flatMap((line) => parseProcessTrace(line) ?? []);
      throw new Failure({ reason: "commandFailed", what, exitCode, detail: boundedText(stderr) });
    },
  };
}
