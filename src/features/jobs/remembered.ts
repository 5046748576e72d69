import * as v from "valibot";
import type { CodePlace } from "../../core/jobs/launch/launch";
import { type JobSettings, JobSettingsSchema } from "../../shared/jobSettings";
import type { Memory } from "../environments/selections";

/** A job's settings and where its code is: enough to run it again. */
export interface Launch {
  readonly settings: JobSettings;
  readonly place: CodePlace;
}

/** What was chosen before, kept by VS Code. Never holds a secret. */
export interface Remembered {
  /** The last settings of a file, or of a preset by `preset:NAME`, in this workspace. */
  settings(what: string): JobSettings | undefined;
  /** How a job was launched from this computer. */
  launchOf(jobId: string): Launch | undefined;
  /** Names of hosts, the last one first. */
  lastHosts(): readonly string[];
  /** What was chosen, whether it runs or not. */
  remember(what: string, settings: JobSettings): Promise<void>;
  launched(what: string, jobId: string, host: string, launch: Launch): Promise<void>;
}

const keys = {
  settings: "tensorline.jobs.settings",
  launches: "tensorline.jobs.launches",
  hosts: "tensorline.jobs.hosts",
} as const;

const kept = { files: 200, launches: 300, hosts: 8 } as const;

/** `workspace` forgets with the workspace, `everywhere` is shared by all windows. */
export function createRemembered(workspace: Memory, everywhere: Memory): Remembered {
  const settings = () => workspace.get<Readonly<Record<string, unknown>>>(keys.settings, {});
  const launches = () => everywhere.get<Readonly<Record<string, Launch>>>(keys.launches, {});
  const hosts = () => everywhere.get<readonly string[]>(keys.hosts, []);
  return {
    settings(what) {
      // An older version may have written it.
      const read = v.safeParse(JobSettingsSchema, settings()[what]);
      return read.success ? read.output : undefined;
    },
    launchOf: (jobId) => launches()[jobId],
    lastHosts: hosts,
    async remember(what, chosen) {
      await workspace.update(keys.settings, newest(settings(), what, chosen, kept.files));
    },
    async launched(what, jobId, host, launch) {
      await workspace.update(keys.settings, newest(settings(), what, launch.settings, kept.files));
      await everywhere.update(keys.launches, newest(launches(), jobId, launch, kept.launches));
      await everywhere.update(keys.hosts, [host, ...hosts().filter((name) => name !== host)].slice(0, kept.hosts));
    },
  };
}

/** The record with the entry as its last, without the oldest where there are too many. */
function newest<T>(record: Readonly<Record<string, T>>, key: string, value: T, most: number): Record<string, T> {
  const { [key]: _, ...others } = record;
  return Object.fromEntries([...Object.entries(others), [key, value] as const].slice(-most));
}
