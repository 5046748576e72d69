import * as v from "valibot";
import type { JobField } from "../../src/shared/jobForm";
import { type JobSettings, JobSettingsSchema } from "../../src/shared/jobSettings";

/** What stands in the fields: text as it was typed, right or wrong. */
export interface Draft {
  readonly program: string;
  readonly host: string;
  /** A count, or `these` for the ids. */
  readonly gpus: string;
  readonly gpuIds: readonly string[];
  readonly gpuMemory: string;
  readonly environment: string;
  readonly toolkit: string;
  readonly arguments: string;
  readonly folder: string;
  /** `NAME=value` a line. */
  readonly variables: string;
  /** Names, apart by blanks or commas. */
  readonly secrets: string;
  readonly sync: boolean;
  readonly queue: boolean;
  readonly backend: string;
  readonly partition: string;
  readonly account: string;
  readonly qos: string;
  readonly cpus: string;
  readonly schedulerMemory: string;
  readonly gpuType: string;
  readonly extra: string;
  readonly timeLimit: string;
  readonly launcher: string;
  readonly processes: string;
  readonly name: string;
  readonly bringResults: boolean;
  readonly tensorHook: boolean;
}

export type FieldErrors = Partial<Readonly<Record<JobField, string>>>;

/** The fields for what is remembered or a preset says. */
export function draftOf(settings: JobSettings): Draft {
  const { gpus, scheduler } = settings;
  return {
    program: settings.program,
    host: settings.host ?? "",
    gpus: gpus?.ids ? "these" : String(gpus?.count ?? 1),
    gpuIds: gpus?.ids ?? [],
    gpuMemory: shown(gpus?.memoryGigabytes),
    environment: settings.environment ?? "",
    toolkit: settings.toolkit ?? "",
    arguments: settings.arguments ?? "",
    folder: settings.folder ?? "",
    variables: Object.entries(settings.variables ?? {})
      .map(([name, value]) => `${name}=${value}`)
      .join("\n"),
    secrets: (settings.secrets ?? []).join(" "),
    sync: settings.sync ?? true,
    queue: settings.queue ?? true,
    // What is taken where nothing is said is the list's first line.
    backend: settings.backend === defaults.backend ? "" : (settings.backend ?? ""),
    partition: scheduler?.partition ?? "",
    account: scheduler?.account ?? "",
    qos: scheduler?.qos ?? "",
    cpus: shown(scheduler?.cpus),
    schedulerMemory: shown(scheduler?.memoryGigabytes),
    gpuType: scheduler?.gpuType ?? "",
    extra: (scheduler?.extra ?? []).join(" "),
    timeLimit: settings.timeLimit ?? "",
    launcher: settings.launcher === defaults.launcher ? "" : (settings.launcher ?? ""),
    processes: shown(settings.processes),
    name: settings.name ?? "",
    bringResults: settings.bringResults ?? false,
    tensorHook: settings.tensorHook ?? true,
  };
}

const defaults = { backend: "process", launcher: "python" } as const;
const shown = (value: number | undefined) => (value === undefined ? "" : String(value));

/** The settings, or a sentence for each field that is wrong. Empty fields are left out. */
export function settingsOf(
  draft: Draft,
  isScheduler: boolean,
): { settings: JobSettings; errors?: undefined } | { settings?: undefined; errors: FieldErrors } {
  const errors: Partial<Record<JobField, string>> = {};
  const number = (field: JobField, text: string, kind: "whole" | "any") => {
    const value = Number(text.trim().replace(",", "."));
    if (text.trim() === "") return undefined;
    if (Number.isFinite(value) && value >= (kind === "whole" ? 1 : 0) && (kind === "any" || Number.isInteger(value)))
      return value;
    errors[field] = kind === "whole" ? "Enter a whole number from 1 on." : "Enter a number of GB, such as 40.";
    return undefined;
  };
  if (draft.program.trim() === "") errors.program = "Say what to run, such as train.py or -m package.module.";
  if (draft.gpus === "these" && draft.gpuIds.length === 0)
    errors.gpus = "Choose at least one GPU, or a number of them.";
  if (!/^(\d+d)?(\d+h)?(\d+m)?(\d+s)?$/.test(draft.timeLimit.replace(/\s/g, "")))
    errors.timeLimit = "Enter a time such as 90m, 2h30m or 1d.";
  if (hasOpenQuote(draft.arguments)) errors.arguments = "A quotation mark is not closed.";
  const variables = variablesOf(draft.variables, errors);
  const secrets = words(draft.secrets, /[\s,]+/);
  const wrong = secrets.find((name) => !variableName.test(name));
  if (wrong !== undefined) errors.secrets = `“${wrong}” cannot be the name of a variable.`;
  const settings: JobSettings = present({
    program: draft.program.trim(),
    name: text(draft.name),
    host: text(draft.host),
    gpus: present({
      count: draft.gpus === "these" ? undefined : Number(draft.gpus),
      ids: draft.gpus === "these" ? [...draft.gpuIds] : undefined,
      memoryGigabytes: draft.gpus === "0" ? undefined : number("gpuMemory", draft.gpuMemory, "any"),
    }),
    environment: text(draft.environment),
    toolkit: text(draft.toolkit),
    launcher: launchers.find((one) => one === draft.launcher),
    processes: severalProcesses(draft.launcher) ? number("processes", draft.processes, "whole") : undefined,
    arguments: text(draft.arguments),
    folder: text(draft.folder),
    variables: Object.keys(variables).length === 0 ? undefined : variables,
    secrets: secrets.length === 0 ? undefined : secrets,
    sync: draft.sync,
    queue: draft.queue,
    backend: text(draft.backend),
    scheduler: isScheduler ? schedulerOf(draft, number) : undefined,
    timeLimit: text(draft.timeLimit.replace(/\s/g, "")),
    bringResults: draft.bringResults ? true : undefined,
    tensorHook: draft.tensorHook ? undefined : false,
  });
  if (Object.keys(errors).length > 0) return { errors };
  const checked = v.safeParse(JobSettingsSchema, settings);
  if (checked.success) return { settings: checked.output };
  return { errors: { program: `This cannot be run: ${checked.issues[0].message}.` } };
}

/** Whether a launcher starts several processes. */
export function severalProcesses(launcher: string): boolean {
  return launcher === "torchrun" || launcher === "accelerate" || launcher === "processes";
}

const launchers = ["torchrun", "accelerate", "processes", "command"] as const;
const variableName = /^[A-Za-z_][A-Za-z0-9_]*$/;

function variablesOf(lines: string, errors: Partial<Record<JobField, string>>): Record<string, string> {
  const variables: Record<string, string> = {};
  for (const line of lines.split("\n").filter((one) => one.trim() !== "")) {
    const at = line.indexOf("=");
    const name = line.slice(0, Math.max(0, at)).trim();
    if (variableName.test(name)) variables[name] = line.slice(at + 1);
    else errors.variables ??= `“${line.trim().slice(0, 40)}” is not of the form NAME=value.`;
  }
  return variables;
}

function schedulerOf(
  draft: Draft,
  number: (field: JobField, text: string, kind: "whole" | "any") => number | undefined,
) {
  const extra = words(draft.extra, /\s+/);
  return present({
    partition: text(draft.partition),
    account: text(draft.account),
    qos: text(draft.qos),
    cpus: number("cpus", draft.cpus, "whole"),
    memoryGigabytes: number("schedulerMemory", draft.schedulerMemory, "any"),
    gpuType: text(draft.gpuType),
    extra: extra.length === 0 ? undefined : extra,
  });
}

const words = (list: string, between: RegExp) => list.split(between).filter((word) => word !== "");
const text = (value: string) => (value.trim() === "" ? undefined : value.trim());

/** The same without the keys that have no value. */
function present<T extends object>(values: T): T {
  return Object.fromEntries(Object.entries(values).filter(([, value]) => value !== undefined)) as T;
}

/** Whether a quotation mark or a backslash waits for more, by the rules of a POSIX shell. */
function hasOpenQuote(line: string): boolean {
  let quote = "";
  for (let at = 0; at < line.length; at++) {
    const letter = line[at] ?? "";
    if (letter === "\\" && quote !== "'") {
      if (++at === line.length) return true;
    } else if (quote === "" && (letter === "'" || letter === '"')) quote = letter;
    else if (letter === quote) quote = "";
  }
  return quote !== "";
}
