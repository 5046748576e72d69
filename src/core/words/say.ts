import { boundedText } from "../boundedText";
import type { Problem } from "../failure";

/** What a person reads about a problem: what happened and why, and what to do about it. */
export interface Description {
  readonly message: string;
  readonly remedy?: string;
}

/** A sentence for every reason of a group: one that is missing does not compile. */
export type Words<P extends Problem> = {
  readonly [R in P["reason"]]: (problem: Extract<P, { reason: R }>) => Description;
};

/** One problem in words. */
export function says(message: string, remedy?: string): Description {
  return remedy === undefined ? { message } : { message, remedy };
}

/** What the client's own system says about a file, by its code. */
const systemWords: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

/** What the client’s system or another program said, as a cause. */
export function cause(text: string): string {
  return systemWords[text] ?? quoted(text);
}

/** Foreign text, bounded and free of control characters, without its full stop. */
export function quoted(text: string): string {
  return boundedText(text).replace(/[.\s]+$/, "");
}

/** `: text`, or nothing where there is no text. */
export function detail(text: string): string {
  const words = quoted(text);
  return words === "" ? "" : `: ${words}`;
}

export function list(words: readonly string[]): string {
  return words.map(quoted).join(", ");
}

export const seconds = (count: number): string => (count === 1 ? "1 second" : `${Math.round(count)} seconds`);

/** ` with exit code 1` or ` by signal KILL`. */
export function ending(problem: { exitCode?: number; signal?: string }): string {
  if (problem.signal !== undefined) return ` by signal ${quoted(problem.signal)}`;
  return problem.exitCode === undefined ? "" : ` with exit code ${problem.exitCode}`;
}
