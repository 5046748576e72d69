import type { Clock } from "../../core/clock";
import type { Disposable } from "../../core/lifecycle";
import { readyMark } from "../../core/remote";

/** What an interactive shell is told before its person sees the first prompt. */
export interface Prelude {
  /** One line in the shell's own language. */
  readonly line?: string;
  /** Said once the line has run, in words. */
  readonly note: string;
  /** What the person sees next: a line that runs until they, or what it shows, end it. */
  readonly program?: string;
}

/** A shell between its first output and the end of its prelude. */
export interface PlayedPrelude extends Disposable {
  /** What the shell prints. */
  output(text: string): void;
  /** What the person types. */
  input(text: string): void;
}

/** Milliseconds without output after which the host has greeted. */
const quiet = 200;

/** Milliseconds after which a shell that has not run the line is shown as it is. */
const patience = 8000;

/**
 * Sends the line once the host has greeted, and keeps its echo from the screen. What was typed meanwhile follows it.
 * `write` goes to the shell, `show` to the screen.
 */
export function playPrelude(
  prelude: Prelude,
  clock: Clock,
  write: (text: string) => void,
  show: (text: string) => void,
): PlayedPrelude {
  let stage: "before" | "running" | "over" = "before";
  let held = "";
  let typed = "";
  let late: Disposable | undefined;

  const begin = () => {
    stage = "running";
    // The line feed keeps zsh from marking a cut line.
    const mark = "printf '\\036tensorline ready\\037\\n'";
    const line = [prelude.line, mark, prelude.program].filter((part) => part !== undefined).join("; ");
    // The space keeps it out of the history where the shell is set so.
    write(` ${line}\r`);
    late = clock.after(patience, () => finish(held));
  };
  const finish = (text: string) => {
    stage = "over";
    late?.dispose();
    show(text);
    if (typed) write(typed);
  };

  return {
    output(text) {
      if (stage === "over") return show(text);
      if (stage === "before") {
        show(text);
        late?.dispose();
        late = clock.after(quiet, begin);
        return;
      }
      held += text;
      const at = held.indexOf(readyMark);
      // The prompt that stood there already is overwritten.
      if (at >= 0) finish(`\r\x1b[K\x1b[2m${prelude.note}\x1b[0m${held.slice(at + readyMark.length)}`);
    },
    input(text) {
      if (stage === "over") write(text);
      else typed += text;
    },
    dispose: () => late?.dispose(),
  };
}
