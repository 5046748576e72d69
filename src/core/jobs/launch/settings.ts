import type { JobSettings } from "../../../shared/jobSettings";
import { Failure } from "../../failure";
import type { GpuWish, SchedulerWish } from "../request";

/** Some of a job's settings, as far as they are known. */
type SomeSettings = { readonly [K in keyof JobSettings]?: JobSettings[K] | undefined };

export type LauncherName = NonNullable<JobSettings["launcher"]>;

/** One line, 200 characters at most: the name that was given, or that of what runs. */
export function jobName({ name, program = "" }: SomeSettings): string {
  const own =
    name?.trim() ||
    (
      program
        .replace(/^-m\s+/, "")
        .split(/[\\/]/)
        .at(-1) ?? ""
    ).trim() ||
    "job";
  return own.replace(/\p{Cc}/gu, " ").slice(0, 200);
}

/** A Python file or module is run by Python; everything else is its own program. */
export function launcherOf({ launcher, program }: JobSettings): LauncherName {
  return launcher ?? (/^-m\s|\.py$/.test(program) ? "python" : "command");
}

/**
 * Splits words as a POSIX shell does: blanks, quotes and backslashes; nothing is expanded. A line break ends a word as a
 * blank does; after a backslash it is left out.
 * @throws Failure `jobUnusable`
 */
export function splitArguments(settings: SomeSettings): readonly string[] {
  const { arguments: text = "" } = settings;
  const words: string[] = [];
  let word: string | undefined;
  const piece = /\s+|'([^']*)'|"((?:[^"\\]|\\[\s\S])*)"|\\([\s\S])|([^\s'"\\]+)/gy;
  while (piece.lastIndex < text.length) {
    const at = piece.lastIndex;
    const found = piece.exec(text);
    if (!found) {
      const why = text[at] === "\\" ? "its arguments end in a backslash" : "a quote in its arguments is not closed";
      throw unusable(settings, why);
    }
    const [, single, double, escaped, plain] = found;
    const part = single ?? double?.replace(/\\(?:\n|([$`"\\]))/g, "$1") ?? escaped?.replace("\n", "") ?? plain;
    if (part !== undefined) word = (word ?? "") + part;
    else if (word !== undefined) {
      words.push(word);
      word = undefined;
    }
  }
  if (word !== undefined) words.push(word);
  return words;
}

/** Seconds of `1d2h30m`; undefined where there is no limit. */
export function timeLimitSeconds({ timeLimit = "" }: SomeSettings): number | undefined {
  const [, ...parts] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s)?$/.exec(timeLimit) ?? [];
  const [days = 0, hours = 0, minutes = 0, seconds = 0] = parts.map((part) => Number(part ?? 0));
  return ((days * 24 + hours) * 60 + minutes) * 60 + seconds || undefined;
}

/** Variables by which a program is told its GPUs: who sets one has chosen. */
const gpuVariables = ["CUDA_VISIBLE_DEVICES", "HIP_VISIBLE_DEVICES", "ROCR_VISIBLE_DEVICES"];

/** Which GPUs the job gets. Where nobody said a word a Python program gets one, another program none. */
export function gpuWish(settings: JobSettings): GpuWish {
  const { gpus = {}, queue = true, variables = {} } = settings;
  if (gpuVariables.some((name) => Object.hasOwn(variables, name))) return { kind: "given" };
  if (gpus.ids && gpus.ids.length > 0) return { kind: "these", ids: gpus.ids, queue };
  const count = gpus.count ?? (launcherOf(settings) === "command" && gpus.memoryGigabytes === undefined ? 0 : 1);
  if (count === 0) return { kind: "none" };
  const memory = gpus.memoryGigabytes;
  return { kind: "any", count, queue, ...(memory ? { memoryBytes: Math.round(memory * 1e9) } : {}) };
}

/** How many GPUs that are; undefined where the caller's own variables or the scheduler say. */
export function gpuCount(wish: GpuWish): number | undefined {
  if (wish.kind === "given") return undefined;
  return wish.kind === "none" ? 0 : wish.kind === "any" ? wish.count : wish.ids.length;
}

export function schedulerWish({ scheduler }: JobSettings): SchedulerWish | undefined {
  if (!scheduler) return undefined;
  const { memoryGigabytes: memory, ...rest } = scheduler;
  return { ...rest, ...(memory ? { memoryBytes: Math.round(memory * 1e9) } : {}) };
}

/** Why settings cannot be carried out by any host; a clause. A file that is shared must not say what a secret is. */
export function settingsFault({ variables = {}, secrets = [] }: SomeSettings): string | undefined {
  const both = secrets.find((name) => Object.hasOwn(variables, name));
  if (both !== undefined) return `${both} is both a variable and a secret`;
  const own = [...Object.keys(variables), ...secrets].find((name) => name.startsWith("TENSORLINE_"));
  if (own !== undefined) return `${own} is a name that Tensorline uses itself`;
  const broken = Object.entries(variables).find(([, value]) => /[\n\0]/.test(value));
  return broken && `the variable ${broken[0]} holds a line break or a NUL`;
}

export function unusable(settings: SomeSettings, why: string): Failure {
  return new Failure({ reason: "jobUnusable", name: jobName(settings), why });
}
