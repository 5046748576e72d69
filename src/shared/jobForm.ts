import * as v from "valibot";
import { JobSettingsSchema } from "./jobSettings";
import { command, notification } from "./protocol";

/** What the job form says to the extension and hears from it. Everything named by a host or a file is hostile text. */

/** What an error can stand at. */
export const JobFieldSchema = v.picklist([
  "program",
  "host",
  "gpus",
  "gpuMemory",
  "environment",
  "toolkit",
  "arguments",
  "folder",
  "variables",
  "secrets",
  "sync",
  "queue",
  "backend",
  "partition",
  "account",
  "qos",
  "cpus",
  "schedulerMemory",
  "gpuType",
  "extra",
  "timeLimit",
  "launcher",
  "processes",
  "name",
]);

/** One choice of a list. */
const ChoiceSchema = v.object({
  /** What stands in the settings. */
  value: v.string(),
  label: v.string(),
  /** Shown behind the label: `3 of 8 free`. */
  detail: v.optional(v.string()),
});

/** Why something cannot be done, and the field that would change it. */
const FormProblemSchema = v.object({ message: v.string(), field: v.optional(JobFieldSchema) });

const FormSchema = v.object({
  /** Of this opening of the form: what was typed into another one is not taken for it. */
  id: v.string(),
  /** What runs, for the title: `train.py`. */
  file: v.string(),
  /** Where the code is: what lies on the host already is not synced. */
  place: v.picklist(["client", "host"]),
  /** Remembered for this file, else the defaults. */
  settings: JobSettingsSchema,
  hosts: v.array(ChoiceSchema),
  presets: v.array(v.object({ name: v.string(), settings: v.partial(JobSettingsSchema) })),
});

/** What a host, or any of them, has to choose from. Replaces what the page knew. */
const ChoicesSchema = v.object({
  host: v.optional(v.string()),
  isReading: v.boolean(),
  problem: v.optional(v.string()),
  /** What is taken where no environment is chosen: `torch-2.13, chosen for lab1`. */
  environment: v.optional(v.string()),
  environments: v.array(ChoiceSchema),
  toolkits: v.array(ChoiceSchema),
  gpus: v.array(ChoiceSchema),
  backends: v.array(
    v.object({
      ...ChoiceSchema.entries,
      /** It takes a partition, an account and so on. */
      isScheduler: v.boolean(),
    }),
  ),
});

const FormPlanSchema = v.object({
  /** Of the question that it answers; another answer than to the newest question is dropped. */
  turn: v.number(),
  outcome: v.variant("kind", [
    v.object({
      kind: v.literal("planned"),
      summary: v.string(),
      command: v.string(),
      script: v.string(),
      cautions: v.array(v.string()),
      /** Secrets whose values are not known here yet. */
      missingSecrets: v.array(v.string()),
    }),
    v.object({ kind: v.literal("failed"), problem: FormProblemSchema }),
  ]),
});

/** What becomes of `run`. The form closes by itself once the job is submitted. */
const RunStateSchema = v.variant("kind", [
  v.object({ kind: v.literal("idle") }),
  /** What it waits for: `sending files, 40 %`. */
  v.object({ kind: v.literal("running"), step: v.string() }),
  v.object({ kind: v.literal("failed"), problem: FormProblemSchema }),
]);

const settings = v.object({ settings: JobSettingsSchema });

export const JobFormApi = {
  /** The page can paint; nothing is sent before it. */
  ready: command(v.undefined()),
  /** A host was chosen, or any: answered by `choices`. */
  choose: command(v.object({ host: v.optional(v.string()) })),
  /** What would happen; answered by `planned`, unless a newer question comes. */
  plan: command(v.object({ turn: v.number(), ...settings.entries })),
  run: command(settings),
  /** Stops what `run` began, as long as the job is not submitted. */
  cancel: command(v.undefined()),
  /** The extension asks for the name. */
  savePreset: command(settings),
  /** The extension asks for the value. */
  enterSecret: command(v.object({ name: v.string() })),
  copy: command(v.object({ text: v.string() })),
  /** What was entered is remembered for the file where it can be. */
  close: command(v.partial(settings)),

  form: notification(FormSchema),
  choices: notification(ChoicesSchema),
  planned: notification(FormPlanSchema),
  runState: notification(RunStateSchema),
} as const;

export type JobField = v.InferOutput<typeof JobFieldSchema>;
export type Choice = v.InferOutput<typeof ChoiceSchema>;
export type FormProblem = v.InferOutput<typeof FormProblemSchema>;
export type JobForm = v.InferOutput<typeof FormSchema>;
export type FormChoices = v.InferOutput<typeof ChoicesSchema>;
export type FormPlan = v.InferOutput<typeof FormPlanSchema>;
export type RunState = v.InferOutput<typeof RunStateSchema>;
