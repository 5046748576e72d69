import type { Job } from "../../shared/jobs";

/** A job's log as a terminal and the problem matchers want it. */
export interface TaskText {
  write(chunk: Uint8Array): string;
  /** What was held back. */
  end(): string;
}

/**
 * Bare line feeds get their carriage return; `hostFolder`, where the host has the code, becomes `folder`, so that a
 * traceback names the files that are open here.
 */
export function createTaskText(hostFolder: string | undefined, folder: string): TaskText {
  const decoder = new TextDecoder();
  let held = "";
  let wasReturn = false;

  const mapped = (text: string): string =>
    hostFolder === undefined || hostFolder === "" ? text : text.replaceAll(hostFolder, () => folder);
  const withReturns = (text: string): string => {
    const whole = text.replace(/\r?\n/g, "\r\n");
    // The carriage return came with the piece before.
    const fixed = wasReturn && text.startsWith("\n") ? whole.slice(1) : whole;
    if (text !== "") wasReturn = text.endsWith("\r");
    return fixed;
  };

  return {
    write(chunk) {
      const text = held + decoder.decode(chunk, { stream: true });
      const kept = hostFolder === undefined ? 0 : beginningOf(hostFolder, text);
      held = text.slice(text.length - kept);
      return withReturns(mapped(text.slice(0, text.length - kept)));
    },
    end() {
      const rest = withReturns(held + decoder.decode());
      held = "";
      return rest;
    },
  };
}

/** Length of the longest end of the text that `word` could go on from. */
function beginningOf(word: string, text: string): number {
  for (let length = Math.min(word.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(word.slice(0, length))) return length;
  }
  return 0;
}

/** With which code a task ends: the program's own; as a shell would say it where there is none. */
export function endCode({ state, exitCode }: Pick<Job, "state" | "exitCode">): number {
  if (state === "succeeded") return 0;
  if (exitCode !== undefined && exitCode !== 0) return exitCode;
  return state === "stopped" ? 130 : state === "lost" ? 254 : 255;
}
