import { boundedText } from "../../boundedText";
import type { DoneRecord, StepError } from "./records";
import { type About, rules } from "./rules";

/** An error of a step for people, and its own last words. */
export interface Explanation {
  /** What is wrong, and what to do about it. */
  readonly words: string;
  readonly detail?: string;
}

const signals: Readonly<Record<number, (about: About) => string>> = {
  4: ({ label }) =>
    `${label} uses instructions that this processor does not have. Install a build for older processors, or use another machine.`,
  6: ({ label }) => `${label} gave up and ended the process. The detail is its own last word.`,
  9: ({ label }) =>
    `The process of ${label} was killed by the system, most often because the memory ran out. Free memory, or ask for more.`,
  11: ({ label }) =>
    `${label} crashed with a memory fault. Most often its packages do not fit each other: install them anew in a new environment.`,
};

/** What an error means. One that no rule knows keeps its own last line. */
export function explain({ step, error, said = "", facts }: DoneRecord, about: Omit<About, "facts">): Explanation {
  if (!error) throw new RangeError("the step did not fail");
  const context: About = { ...about, facts: facts ?? {} };
  const thrown = `${error.type ?? ""}: ${error.text ?? ""}`;
  // NCCL prints the cause and throws what it led to.
  const text = step.what === "allReduce" ? `${thrown}\n${said}` : thrown;
  // What the exception says counts more than what was printed before it.
  const rule = explainText(text, context) ?? (error.how === "timeout" ? undefined : explainText(said, context));
  const own = lastLine(error.text) ?? lastLine(said);
  const words = rule ?? ending(error, context, own);
  return own === undefined ? { words } : { words, detail: own };
}

/** What a text means, where a rule knows it. */
export function explainText(text: string, about: About): string | undefined {
  for (const { when, say } of rules) {
    const match = when.exec(text);
    if (match) return say({ ...about, found: match.slice(1).map((part) => boundedText(part ?? "", 80)) });
  }
  return undefined;
}

function ending(error: StepError, about: About, own: string | undefined): string {
  const { label } = about;
  switch (error.how) {
    case "timeout":
      return `${label} did not answer in time, and was ended. Try again while the machine is less busy; if it happens again, something hangs.`;
    case "signal":
      return signals[error.code ?? 0]?.(about) ?? `The process of ${label} was ended by signal ${error.code ?? "?"}.`;
    case "exit":
      return `${label} ended the process itself, with exit code ${error.code ?? "?"}.`;
    case "start":
      return `The interpreter could not be started${own === undefined ? "" : `: ${sentence(own)}`}.`;
    case "exception":
      if (error.type === "SystemExit") return `${label} ended the process itself.`;
      return `${label} failed${own === undefined ? "" : `: ${sentence(own)}`}.`;
  }
}

function lastLine(text: string | undefined): string | undefined {
  const line = text?.trimEnd().split("\n").at(-1);
  return line === undefined || line.trim() === "" ? undefined : boundedText(line, 300);
}

const sentence = (text: string) => text.replace(/[.\s]+$/, "");
