import { posix } from "node:path";
import { boundedText } from "../../../boundedText";
import type { Problem } from "../../../failure";
import { condaProblem } from "./condaErrors";
import { maskSecrets } from "./maskSecrets";

const mostLog = 64 * 1024;

/**
 * Why an operation failed, from its exit code and the end of its log: the one place where the texts of managers are read.
 * Secrets in addresses are masked. What nothing is known about keeps the last line that says something.
 */
export function operationProblem(title: string, exitCode: number | undefined, logTail: string): Problem {
  const log = maskSecrets(plainLog(logTail.slice(-mostLog)));
  return (
    scriptProblem(title, exitCode, log) ??
    condaProblem(log) ??
    systemProblem(log) ?? {
      reason: "operationFailed",
      title,
      ...(exitCode === undefined ? {} : { exitCode }),
      detail: lastWord(log),
    }
  );
}

/** What our own scripts refuse to do: their last line is `tensorline CODE: PATH: WHY`. */
function scriptProblem(title: string, exitCode: number | undefined, log: string): Problem | undefined {
  const [, code, path = "", why = ""] =
    [...log.matchAll(/^tensorline (\d\d): (.*): ([^:\n]*)$/gm)].findLast(([, of]) => of === `${exitCode}`) ?? [];
  const name = posix.basename(path);
  switch (code) {
    case "41":
      return { reason: "environmentExists", name };
    case "42":
      return { reason: "environmentProtected", name };
    case "43":
      return { reason: "hostLacksTool", tool: path };
    case "44":
    case "47":
      return { reason: "environmentBroken", name, detail: why };
    case "45":
      return { reason: "operationFailed", title, detail: why };
    case "46":
      return { reason: "hostNoSuchPath", path };
    default:
      return undefined;
  }
}

/** The system's own words in the C locale, as tools pass them on. */
function systemProblem(log: string): Problem | undefined {
  const line = log.split("\n").findLast((text) => systemWords.some(([words]) => words.test(text))) ?? "";
  const [, make] = systemWords.find(([words]) => words.test(line)) ?? [];
  return make?.(/(\/[^'"’‘:\n]*[^'"’‘:\s])/.exec(line)?.[1] ?? "its folder");
}

const systemWords: readonly (readonly [RegExp, (path: string) => Problem])[] = [
  [/No space left on device/, (path) => ({ reason: "hostDiskFull", path })],
  [/[Qq]uota exceeded/, (path) => ({ reason: "hostQuotaExceeded", path })],
  [/Read-only file system/, (path) => ({ reason: "hostReadOnly", path })],
  [/Permission denied|Operation not permitted/, (path) => ({ reason: "hostPermissionDenied", path })],
];

/** Without colours, and of every line only what a terminal would show in the end. */
function plainLog(text: string): string {
  return text
    .replace(/\u001b\[[0-9;?]*[ -/]*[@-~]|\u001b\][^\u0007\u001b]*(?:\u0007|\u001b\\)?|\u001b./g, "")
    .split("\n")
    .map((line) => line.replace(/\r+$/, "").split("\r").at(-1) ?? "")
    .join("\n");
}

/** The last line that is no progress bar, no rule and no remark about the exit code alone. */
function lastWord(log: string): string {
  const lines = log.split("\n").map((line) => line.trim());
  const telling = lines.filter(
    (line) => /\p{L}{2}/u.test(line) && !/[━█▏▎▍▌▋▊▉#=]{4}|\d%\s*(?:\||$)|^\s*(?:command )?(?:exited|returned)\b/i.test(line),
  );
  return boundedText(telling.at(-1) ?? lines.findLast((line) => line !== "") ?? "");
}
