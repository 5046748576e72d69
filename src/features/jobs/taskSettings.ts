import * as v from "valibot";
import { type JobPresets, type JobSettings, JobSettingsSchema } from "../../shared/jobSettings";

/** A task of `tasks.json`: a preset, or settings of its own, or a preset with some settings changed. */
export const TaskSettingsSchema = v.object({
  preset: v.optional(v.string()),
  ...v.partial(JobSettingsSchema).entries,
});

/** The settings of a task, or a clause that says what is wrong with them. */
export function taskSettings(definition: unknown, presets: JobPresets): JobSettings | { readonly why: string } {
  const read = v.safeParse(TaskSettingsSchema, definition);
  if (!read.success) {
    const [issue] = read.issues;
    return { why: `${v.getDotPath(issue) ?? "the task"}: ${issue.message}` };
  }
  const { preset, ...own } = read.output;
  const base = preset === undefined ? {} : Object.hasOwn(presets, preset) ? presets[preset] : undefined;
  if (!base) return { why: `there is no preset ${preset}` };
  const all = v.safeParse(JobSettingsSchema, { ...base, ...own });
  return all.success ? all.output : { why: "it names neither a program nor a preset" };
}
