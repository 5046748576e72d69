import * as v from "valibot";
import { type JobSettings, JobSettingsSchema } from "../../../shared/jobSettings";
import type { CodePlace } from "./launch";

/** How a job was launched: what it takes to do it again. */
export interface KeptLaunch {
  readonly settings: JobSettings;
  readonly place: CodePlace;
}

const KeptLaunchSchema = v.object({
  settings: JobSettingsSchema,
  place: v.object({ kind: v.picklist(["client", "host"]), folder: v.string(), file: v.optional(v.string()) }),
});

/** What a request carries at most. */
const mostBytes = 16 * 1024;

/** For `JobRequest.settings`; undefined where it is too long to be kept. */
export function keepLaunch({ settings, place }: KeptLaunch): string | undefined {
  const text = JSON.stringify({ settings, place });
  return Buffer.byteLength(text) <= mostBytes ? text : undefined;
}

/** Reads what a host gave back; undefined where that cannot be understood. */
export function readLaunch(text: string): KeptLaunch | undefined {
  try {
    const read = v.safeParse(KeptLaunchSchema, JSON.parse(text));
    return read.success ? read.output : undefined;
  } catch {
    return undefined;
  }
}
