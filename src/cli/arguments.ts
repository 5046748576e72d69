import { parseArgs } from "node:util";
import { captureFormatNames } from "../core/gpu/captures";
import { beforeAndAfter, type JobLine, jobLine, jobOptions } from "./jobArguments";
import { UsageError } from "./terminal";

/** How to reach hosts; the same for every command that does. */
export interface ConnectionOptions {
  readonly configFile?: string;
  readonly identityFiles: readonly string[];
  readonly acceptNewHostKey: boolean;
}

export type CommandLine =
  | { command: "help" }
  | { command: "version" }
  | { command: "hosts"; json: boolean; connection: ConnectionOptions }
  | {
      command: "gpus";
      hosts: readonly string[];
      json: boolean;
      watch: boolean;
      beatMs: number;
      connection: ConnectionOptions;
    }
  | { command: "doctor"; host: string; environment?: string; json: boolean; connection: ConnectionOptions }
  | { command: "envs"; host: string; packages: boolean; json: boolean; connection: ConnectionOptions }
  | { command: "cuda"; host: string; json: boolean; connection: ConnectionOptions }
  | { command: "ssh-config"; host: string; json: boolean; builtin: boolean; connection: ConnectionOptions }
  | { command: "parse"; format: string }
  | { command: "explain"; json: boolean }
  | { command: "demo"; hosts?: number; seed?: number; json: boolean }
  | JobLine;

export const usage = `Usage: tensorline COMMAND [OPTIONS]

  hosts                   the hosts of your ssh config
  gpus HOST...            their GPUs and the processes on them; --watch follows them
  doctor HOST             is the connection, the driver, every GPU in order; --env NAME tries
                          an environment as well, by its name or path
  envs HOST               its Python environments; --packages lists all packages of each
  cuda HOST               its GPU driver, and its CUDA toolkits and ROCm installations
  run HOST -- PROGRAM...  run a job there that outlives the connection, print its log and exit
                          with its exit code; Ctrl-C stops it. --gpus N, --env NAME, --detach,
                          --name, --folder DIR, --env-var K=V, --secret NAME (from this
                          command's environment), --time-limit 2h30m, --no-queue, --backend ID
  jobs HOST               its jobs; where an ID is wanted, its beginning is enough
  logs HOST ID            what a job has printed; -f follows it to its end
  wait HOST ID            wait for a job's end and exit as \`run\` does
  stop HOST ID            stop a job and everything it started
  ssh-config HOST         what the ssh config says about it; --builtin reads it without ssh
  parse FORMAT < FILE     recorded output of a GPU tool as JSON
                          (${captureFormatNames().join(", ")})
  explain < TEXT          what a failure of PyTorch, NumPy, JAX or TensorFlow means, from its text
  demo                    run the demo fleet until Ctrl-C; --hosts N, --seed N

HOST is an alias of your ssh config or [user@]name[:port].

  --json                  one JSON document (with --watch: one a line)
  --watch, --interval S   follow, every S seconds (0.1 to 60; default 1)
  -F FILE                 another ssh config
  -i KEY                  a key file to try first (may be given again)
  --accept-new-host-key   trust an unknown host key and remember it; a changed one is always refused
  --verbose               log and details of failures on stderr
  --version, --help`;

/** Reads the words after `tensorline`; throws `UsageError` with one sentence. */
export function parseCommandLine(words: readonly string[]): CommandLine {
  const { before, after } = beforeAndAfter(words);
  const { values, positionals } = split(before);
  const [command, ...rest] = positionals;
  if (values.help) return { command: "help" };
  if (values.version) return { command: "version" };
  const json = values.json === true;
  const connection: ConnectionOptions = {
    ...(values.config === undefined ? {} : { configFile: values.config }),
    identityFiles: values.identity ?? [],
    acceptNewHostKey: values["accept-new-host-key"] === true,
  };
  if (after?.length && command !== "run") throw new UsageError("Only `tensorline run` takes words after `--`.");
  const asked = jobLine(command, rest, after, values, { json, connection });
  if (asked) return asked;
  switch (command) {
    case undefined:
      throw new UsageError(
        "A command is needed: hosts, gpus, run, jobs, doctor or another. Run `tensorline --help` for more.",
      );
    case "help":
      return { command: "help" };
    case "hosts":
      expectNoMore(command, rest);
      return { command, json, connection };
    case "gpus":
      if (rest.length === 0) throw new UsageError("`tensorline gpus` needs at least one host.");
      return { command, hosts: rest, json, watch: values.watch === true, beatMs: beat(values.interval), connection };
    case "doctor": {
      const host = onlyHost(command, rest);
      if (values.env === "") throw new UsageError("--env needs the name or the path of an environment.");
      return { command, host, ...(values.env === undefined ? {} : { environment: values.env }), json, connection };
    }
    case "envs":
      return { command, host: onlyHost(command, rest), packages: values.packages === true, json, connection };
    case "cuda":
      return { command, host: onlyHost(command, rest), json, connection };
    case "ssh-config":
      return { command, host: onlyHost(command, rest), json, builtin: values.builtin === true, connection };
    case "parse": {
      const [format, ...more] = rest;
      const known = captureFormatNames().find((one) => one === format);
      if (!known) {
        throw new UsageError(
          `\`tensorline parse\` needs one of the formats ${captureFormatNames().join(", ")}${format ? `; "${format}" is none of them` : ""}.`,
        );
      }
      expectNoMore(`parse ${known}`, more);
      return { command, format: known };
    }
    case "explain":
      expectNoMore(command, rest);
      return { command, json };
    case "demo":
      expectNoMore(command, rest);
      return {
        command,
        json,
        ...(values.hosts === undefined ? {} : { hosts: whole("--hosts", values.hosts, 1, 1000) }),
        ...(values.seed === undefined ? {} : { seed: whole("--seed", values.seed, 0, 2 ** 31) }),
      };
    default:
      throw new UsageError(
        `"${command}" is not a command of tensorline. Run \`tensorline --help\` for those there are.`,
      );
  }
}

function split(words: readonly string[]) {
  try {
    return parseArgs({
      args: [...words],
      allowPositionals: true,
      options: {
        help: { type: "boolean", short: "h" },
        version: { type: "boolean" },
        json: { type: "boolean" },
        watch: { type: "boolean", short: "w" },
        interval: { type: "string" },
        verbose: { type: "boolean" },
        builtin: { type: "boolean" },
        env: { type: "string" },
        packages: { type: "boolean" },
        config: { type: "string", short: "F" },
        identity: { type: "string", short: "i", multiple: true },
        "accept-new-host-key": { type: "boolean" },
        hosts: { type: "string" },
        seed: { type: "string" },
        ...jobOptions,
      },
    });
  } catch (error) {
    // Only the first of several sentences says what is wrong.
    const words = error instanceof Error ? error.message.split(/\.(?:\s|$)/)[0] : String(error);
    throw new UsageError(`${words}. Run \`tensorline --help\` for the options there are.`);
  }
}

function onlyHost(command: string, [host, ...more]: readonly string[]): string {
  if (host === undefined) throw new UsageError(`\`tensorline ${command}\` needs a host.`);
  expectNoMore(`${command} ${host}`, more);
  return host;
}

function expectNoMore(command: string, rest: readonly string[]): void {
  if (rest.length > 0)
    throw new UsageError(`\`tensorline ${command}\` takes nothing more, but was given "${rest[0]}".`);
}

function beat(text: string | undefined): number {
  if (text === undefined) return 1000;
  const seconds = Number(text);
  if (!(seconds >= 0.1 && seconds <= 60)) throw new UsageError(`--interval takes 0.1 to 60 seconds, not "${text}".`);
  return Math.round(seconds * 1000);
}

function whole(option: string, text: string, low: number, high: number): number {
  const value = Number(text);
  if (!Number.isInteger(value) || value < low || value > high) {
    throw new UsageError(`${option} takes a whole number from ${low} to ${high}, not "${text}".`);
  }
  return value;
}
