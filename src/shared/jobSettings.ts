import * as v from "valibot";

/**
 * What a person chooses for a job: the form's fields, a preset of the settings or of `.tensorline/jobs.json`, what is
 * remembered for a file, and what "start again" takes. Never holds a secret, only names of secrets.
 */

const positive = v.pipe(v.number(), v.integer(), v.minValue(1));
/** A name that an environment variable can have. */
const variable = v.pipe(v.string(), v.regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "is no name of a variable"));

export const JobGpusSchema = v.object({
  /** 0: none. */
  count: v.optional(v.pipe(v.number(), v.integer(), v.minValue(0), v.maxValue(64))),
  /** Exactly these, by index or UUID; wins over the count. */
  ids: v.optional(v.array(v.pipe(v.string(), v.minLength(1)))),
  /** Each needs so much free memory, in GB of 10⁹ bytes. */
  memoryGigabytes: v.optional(v.pipe(v.number(), v.minValue(0))),
});

export const JobSettingsSchema = v.object({
  /** For people; absent: the file's name. */
  name: v.optional(v.pipe(v.string(), v.maxLength(200))),
  /** Name of a host; absent: any that is free. */
  host: v.optional(v.string()),
  gpus: v.optional(JobGpusSchema),
  /** Name or prefix; absent: the one chosen for the host. */
  environment: v.optional(v.string()),
  /** Version of a CUDA or ROCm toolkit of the host; absent: none is switched to. */
  toolkit: v.optional(v.string()),
  /** What runs: a Python file relative to the workspace folder (or absolute on the host), or a module with `-m `, or any program. */
  program: v.pipe(v.string(), v.minLength(1)),
  /** `python`: one process; `processes`: one per GPU, told apart by RANK; `command`: the program itself, without Python. */
  launcher: v.optional(v.picklist(["python", "torchrun", "accelerate", "processes", "command"])),
  /** For torchrun, accelerate and processes; absent: as many as GPUs. */
  processes: v.optional(positive),
  /** As one would type them: quotes and backslashes as in a POSIX shell, nothing is expanded. */
  arguments: v.optional(v.string()),
  /** Working folder, relative to the workspace folder or absolute on the host; absent: the workspace folder. */
  folder: v.optional(v.string()),
  variables: v.optional(v.record(variable, v.string())),
  /** Names of secrets; each becomes a variable of that name. */
  secrets: v.optional(v.array(variable)),
  /** Bring the workspace folder to the host first and give the job a snapshot of it. Default: on for local files. */
  sync: v.optional(v.boolean()),
  /** Wait for GPUs where not enough are free. Default: on. */
  queue: v.optional(v.boolean()),
  /** Id of a back end; absent: a plain process. */
  backend: v.optional(v.string()),
  /** For Slurm. */
  scheduler: v.optional(
    v.object({
      partition: v.optional(v.string()),
      account: v.optional(v.string()),
      qos: v.optional(v.string()),
      cpus: v.optional(positive),
      memoryGigabytes: v.optional(v.pipe(v.number(), v.minValue(0))),
      gpuType: v.optional(v.string()),
      extra: v.optional(v.array(v.string())),
    }),
  ),
  /** `90m`, `2h30m`, `1d`; absent: none. */
  timeLimit: v.optional(v.pipe(v.string(), v.regex(/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/, "is no time such as 2h30m"))),
  /** Bring what is in $TENSORLINE_OUT back when the job has ended. Default: only when asked. */
  bringResults: v.optional(v.boolean()),
  /** Let the job's Pythons record how they fail, so that failures of tensors are explained. Default: on. */
  tensorHook: v.optional(v.boolean()),
});

/** `.tensorline/jobs.json`, and the setting `tensorline.jobs.presets`: settings by name. */
export const JobPresetsSchema = v.record(v.pipe(v.string(), v.minLength(1)), JobSettingsSchema);

export type JobSettings = v.InferOutput<typeof JobSettingsSchema>;
export type JobPresets = v.InferOutput<typeof JobPresetsSchema>;
