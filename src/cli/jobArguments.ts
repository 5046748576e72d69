import type { ConnectionOptions } from "./arguments";
import { UsageError } from "./terminal";

interface OnHost {
  readonly host: string;
  readonly connection: ConnectionOptions;
}

/** What is asked for about jobs. */
export type JobLine =
  | ({
      command: "run";
      argv: readonly [string, ...string[]];
      environment?: string;
      gpus: number;
      /** Waits for GPUs where not enough are free. */
      queue: boolean;
      detach: boolean;
      variables: Readonly<Record<string, string>>;
      secrets: readonly string[];
      backend?: string;
      name?: string;
      folder?: string;
      timeLimitSeconds?: number;
      /** Its Pythons record how they fail. */
      hook: boolean;
      json: boolean;
    } & OnHost)
  | ({ command: "jobs"; json: boolean } & OnHost)
  | ({ command: "logs"; id: string; follow: boolean } & OnHost)
  | ({ command: "wait"; id: string } & OnHost)
  | ({ command: "stop"; id: string; json: boolean } & OnHost);

/** Options that only these commands have, for `parseArgs`. */
export const jobOptions = {
  gpus: { type: "string" },
  "no-queue": { type: "boolean" },
  detach: { type: "boolean", short: "d" },
  "env-var": { type: "string", multiple: true },
  secret: { type: "string", multiple: true },
  "no-hook": { type: "boolean" },
  backend: { type: "string" },
  name: { type: "string" },
  folder: { type: "string" },
  "time-limit": { type: "string" },
  follow: { type: "boolean", short: "f" },
} as const;

interface Values {
  readonly env?: string | undefined;
  readonly gpus?: string | undefined;
  readonly "no-queue"?: boolean | undefined;
  readonly detach?: boolean | undefined;
  readonly "env-var"?: readonly string[] | undefined;
  readonly secret?: readonly string[] | undefined;
  readonly "no-hook"?: boolean | undefined;
  readonly backend?: string | undefined;
  readonly name?: string | undefined;
  readonly folder?: string | undefined;
  readonly "time-limit"?: string | undefined;
  readonly follow?: boolean | undefined;
}

/** What stands before and after the first `--`, which ends the options of every command. */
export function beforeAndAfter(words: readonly string[]): { before: readonly string[]; after?: readonly string[] } {
  const at = words.indexOf("--");
  return at < 0 ? { before: words } : { before: words.slice(0, at), after: words.slice(at + 1) };
}

/** The line of a command on jobs; undefined where it is none of theirs. @throws UsageError */
export function jobLine(
  command: string | undefined,
  rest: readonly string[],
  after: readonly string[] | undefined,
  values: Values,
  { json, connection }: { readonly json: boolean; readonly connection: ConnectionOptions },
): JobLine | undefined {
  switch (command) {
    case "run":
      return { command, ...runLine(rest, after ?? [], values, json), connection };
    case "jobs": {
      const [host] = exactly(command, rest, ["a host"]);
      return { command, host, json, connection };
    }
    case "logs": {
      const [host, id] = exactly(command, rest, ["a host", "the id of a job"]);
      return { command, host, id, follow: values.follow === true, connection };
    }
    case "wait": {
      const [host, id] = exactly(command, rest, ["a host", "the id of a job"]);
      return { command, host, id, connection };
    }
    case "stop": {
      const [host, id] = exactly(command, rest, ["a host", "the id of a job"]);
      return { command, host, id, json, connection };
    }
    default:
      return undefined;
  }
}

function runLine(rest: readonly string[], after: readonly string[], values: Values, json: boolean) {
  const [host] = exactly("run", rest, ["a host, and the program after `--`"]);
  const [program, ...more] = after;
  if (program === undefined || program === "") {
    throw new UsageError(
      "`tensorline run` needs a program after `--`, such as `tensorline run HOST -- python train.py`.",
    );
  }
  const detach = values.detach === true;
  if (json && !detach) throw new UsageError("`tensorline run` prints the job's log; --json goes with --detach.");
  const given = (option: "env" | "backend" | "name" | "folder") => {
    if (values[option] === "") throw new UsageError(`--${option} needs a value.`);
    return values[option];
  };
  const [environment, backend, name, folder] = [given("env"), given("backend"), given("name"), given("folder")];
  const limit = values["time-limit"];
  return {
    host,
    argv: [program, ...more] as const,
    ...(environment === undefined ? {} : { environment }),
    gpus: gpuCount(values.gpus),
    queue: values["no-queue"] !== true,
    detach,
    variables: Object.fromEntries((values["env-var"] ?? []).map(variable)),
    secrets: (values.secret ?? []).map(secretName),
    ...(backend === undefined ? {} : { backend }),
    ...(name === undefined ? {} : { name }),
    ...(folder === undefined ? {} : { folder }),
    ...(limit === undefined ? {} : { timeLimitSeconds: secondsOf(limit) }),
    hook: values["no-hook"] !== true,
    json,
  };
}

/** As many words as are wanted, and no more. */
function exactly<const T extends readonly string[]>(
  command: string,
  rest: readonly string[],
  wanted: T,
): { [K in keyof T]: string } {
  const missing = wanted[rest.length];
  if (missing !== undefined) throw new UsageError(`\`tensorline ${command}\` needs ${missing}.`);
  const extra = rest[wanted.length];
  if (extra !== undefined) {
    const hint = command === "run" ? "; the program stands after `--`" : "";
    throw new UsageError(`\`tensorline ${command}\` takes nothing more, but was given "${extra}"${hint}.`);
  }
  return rest as unknown as { [K in keyof T]: string };
}

const mostGpus = 64;

function gpuCount(text: string | undefined): number {
  const count = text === undefined ? 0 : text === "" ? Number.NaN : Number(text);
  if (Number.isInteger(count) && count >= 0 && count <= mostGpus) return count;
  throw new UsageError(`--gpus takes a whole number from 0 to ${mostGpus}, not "${text}".`);
}

const name = /^[A-Za-z_][A-Za-z0-9_]*$/;

function variable(text: string): [string, string] {
  const at = text.indexOf("=");
  if (at > 0 && name.test(text.slice(0, at))) return [text.slice(0, at), text.slice(at + 1)];
  throw new UsageError(`--env-var takes NAME=VALUE, not "${text}".`);
}

function secretName(text: string): string {
  // A value here would be in the list of processes and in the shell's history.
  if (name.test(text)) return text;
  throw new UsageError("--secret takes the name of a variable; its value comes from the environment of this command.");
}

/** `90`, `90m`, `2h30m`, `1d`; a bare number is seconds. */
function secondsOf(text: string): number {
  const [, days, hours, minutes, seconds] = /^(?:(\d+)d)?(?:(\d+)h)?(?:(\d+)m)?(?:(\d+)s?)?$/.exec(text) ?? [];
  const total = [days, hours, minutes, seconds].reduce(
    (sum, part, at) => sum + Number(part ?? 0) * ([86_400, 3600, 60, 1][at] ?? 0),
    0,
  );
  if (Number.isSafeInteger(total) && total > 0) return total;
  throw new UsageError(`--time-limit takes a time such as 90m or 2h30m, not "${text}".`);
}
