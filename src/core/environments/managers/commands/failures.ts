import { boundedText } from "../../../boundedText";
import type { Problem } from "../../../failure";
import { condaProblem } from "./condaErrors";
import { maskSecrets } from "./maskSecrets";
import { pipFailures, problemByRules, scriptFailures, systemFailures } from "./pipFailures";
import { projectFailures } from "./projectFailures";

const mostLog = 64 * 1024;

/**
 * Why an operation failed, from its exit code and the end of its log: the one place where the texts of managers are read.
 * Secrets in addresses are masked. What nothing is known about keeps the last line that says something.
 */
export function operationProblem(
  title: string,
  exitCode: number | undefined,
  logTail: string,
  host = "the host",
): Problem {
  const log = maskSecrets(plainLog(logTail.slice(-mostLog)));
  const failed = { host, title, log, ...(exitCode === undefined ? {} : { exitCode }) };
  return (
    problemByRules(scriptFailures, failed) ??
    condaProblem(log) ??
    problemByRules([...projectFailures, ...pipFailures, ...systemFailures], failed) ?? {
      reason: "operationFailed",
      title,
      ...(exitCode === undefined ? {} : { exitCode }),
      detail: lastWord(log),
    }
  );
}

/** Without colours, and of every line only what a terminal would show in the end. */
function plainLog(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b./g, "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").split("\r").at(-1) ?? "")
    .join("\n");
}

/** The last line that is no progress bar, no rule and no remark about an exit code. */
function lastWord(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  const telling = lines.filter((line) => /\p{L}{2}/u.test(line) && !isDecoration.test(line));
  return boundedText(telling.at(-1) ?? lines.findLast((line) => line !== "") ?? "");
}

const isDecoration = /[━╸█▏▎▍▌▋▊▉#=]{4}|\d%\s*(?:\||$)|^(?:command )?(?:exited|returned)\b/i;
