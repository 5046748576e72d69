import * as v from "valibot";
import { JobGpusSchema, type JobPresets, type JobSettings, JobSettingsSchema } from "../../../shared/jobSettings";
import type { Problem } from "../../failure";
import { jsonErrorLine } from "./jsonErrorLine";
import { settingsFault } from "./settings";

export interface ReadPresets {
  readonly presets: JobPresets;
  /** What is wrong with those that are left out. */
  readonly problems: readonly Problem[];
}

/**
 * Reads the text of a presets file, or of the setting. `file` is its name for people. Each preset that cannot be used is told
 * and left out.
 */
export function readPresets(text: string, file: string): ReadPresets {
  const presets: Record<string, JobSettings> = {};
  const problems: Problem[] = [];
  const tell = (detail: string) => void problems.push({ reason: "presetsUnreadable", file, detail });
  const value = parse(text);
  if (value === undefined) tell(`line ${jsonErrorLine(text)} is no valid JSON`);
  else if (value === null || typeof value !== "object" || Array.isArray(value)) {
    tell("presets are an object: a name and its settings");
  }
  if (problems.length > 0) return { presets, problems };
  for (const [name, preset] of Object.entries(value as object)) {
    if (name === "$schema") continue;
    const read = v.safeParse(StrictSettings, preset);
    const fault = read.success ? settingsFault(read.output) : issuesOf(read.issues);
    if (name.trim() === "") tell("a preset has no name");
    else if (read.success && fault === undefined) {
      // Not `presets[name] =`, which a preset called `__proto__` would fool.
      Object.defineProperty(presets, name, { value: read.output, enumerable: true });
    } else tell(`"${name}": ${fault}`);
  }
  return { presets, problems };
}

function parse(text: string): unknown {
  try {
    // An editor on Windows may put a byte order mark in front.
    return JSON.parse(text.replace(/^\ufeff/, ""));
  } catch {
    return undefined;
  }
}

/** A misspelt field would be left out in silence, and the job run without its time limit, say. */
const StrictSettings = v.strictObject({
  ...JobSettingsSchema.entries,
  gpus: v.optional(v.strictObject(JobGpusSchema.entries)),
  scheduler: v.optional(v.strictObject(JobSettingsSchema.entries.scheduler.wrapped.entries)),
});

function issuesOf(issues: readonly v.BaseIssue<unknown>[]): string {
  return issues
    .slice(0, 3)
    .map((issue) => {
      const path = v.getDotPath(issue);
      if (issue.type === "strict_object") {
        return issue.expected === "never" ? `there is no field ${path}` : `the field ${path} is missing`;
      }
      return path === null ? issue.message : `${path}: ${issue.message}`;
    })
    .join("; ");
}
