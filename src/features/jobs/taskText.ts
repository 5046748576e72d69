import type { Job } from "../../shared/jobs";

/** A job's log as a terminal and the problem matchers want it. */
export interface TaskText {
  write(chunk: Uint8Array): string;
  /** What was held back. */
  end(): string;
}

/** The job's own copy of a folder of this computer. */
export interface CopiedCode {
  readonly jobId: string;
  readonly folder: string;
}

/**
 * Bare line feeds get their carriage return; where the host keeps the job's copy of the code becomes the folder that it is
 * a copy of, so that a traceback names files that can be opened here.
 */
export function createTaskText(copied?: CopiedCode): TaskText {
  const decoder = new TextDecoder();
  // An id has letters, digits and dashes only.
  const place = copied && new RegExp(`(?:/[^\\s"'/:]+)+/jobs/${copied.jobId}/code(?![^/"'\\s:,)])`, "g");
  let held = "";
  let wasReturn = false;

  const mapped = (text: string): string => (place ? text.replace(place, () => copied.folder) : text);
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
      held = place ? (openPath.exec(text.slice(-longestPath))?.[0] ?? "") : "";
      return withReturns(mapped(text.slice(0, text.length - held.length)));
    },
    end() {
      const rest = withReturns(mapped(held + decoder.decode()));
      held = "";
      return rest;
    },
  };
}

const longestPath = 1000;

/** A path at the end that may go on; what stands before it tells that it begins there. */
const openPath = /(?<=^|[\s"'(=])\/[^\s"']*$/;

/** With which code a task ends: the program's own; as a shell would say it where there is none. */
export function endCode({ state, exitCode }: Pick<Job, "state" | "exitCode">): number {
  if (state === "succeeded") return 0;
  if (exitCode !== undefined && exitCode !== 0) return exitCode;
  return state === "stopped" ? 130 : state === "lost" ? 254 : 255;
}
