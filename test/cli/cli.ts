import { type ChildProcessWithoutNullStreams, spawn } from "node:child_process";
import { fileURLToPath } from "node:url";
import * as v from "valibot";
import { expect } from "vitest";
import { type HostReport, type HostsReport, HostsReportSchema, type ProblemReport } from "../../src/shared/gpu";

const bundle = fileURLToPath(new URL("../../dist/cli.cjs", import.meta.url));

/** The words of a command that runs the built command line. */
export const program: readonly [string, string] = [process.execPath, bundle];

export interface CliOptions {
  /** Written to standard input, which is closed after it; null leaves it open. */
  readonly input?: string | Uint8Array | null;
  /** Where Tensorline keeps what it keeps. Default: nowhere that exists. */
  readonly home?: string;
  /** More variables for its environment. */
  readonly env?: Readonly<Record<string, string>>;
}

export interface Outcome {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

/** A running command line. */
export interface RunningCli {
  readonly child: ChildProcessWithoutNullStreams;
  /** What came so far. */
  stdout(): string;
  /** Resolves with the standard output so far as soon as `fits` is true of it; rejects when it ends before. */
  until(fits: (stdout: string) => boolean): Promise<string>;
  readonly ended: Promise<Outcome>;
}

export function cliEnvironment({
  home = "/nonexistent/tensorline",
  env: more = {},
}: CliOptions = {}): NodeJS.ProcessEnv {
  const { SSH_AUTH_SOCK: _agent, ...env } = process.env;
  return { ...env, TENSORLINE_HOME: home, ...more };
}

export function start(words: readonly string[], options: CliOptions = {}): RunningCli {
  const [node, script] = program;
  const child = spawn(node, [script, ...words], { env: cliEnvironment(options) });
  child.stdin.on("error", () => {});
  if (options.input !== null) child.stdin.end(options.input ?? "");
  return follow(child);
}

/** Collects what a process says. */
export function follow(child: ChildProcessWithoutNullStreams): RunningCli {
  let stdout = "";
  let stderr = "";
  const watchers = new Set<() => void>();
  child.stdout.setEncoding("utf8").on("data", (text: string) => {
    stdout += text;
    for (const watch of [...watchers]) watch();
  });
  child.stderr.setEncoding("utf8").on("data", (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Outcome>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return {
    child,
    stdout: () => stdout,
    until: (fits) =>
      new Promise((resolve, reject) => {
        const watch = () => {
          if (!fits(stdout)) return;
          watchers.delete(watch);
          resolve(stdout);
        };
        watchers.add(watch);
        watch();
        ended.then(({ code }) => reject(new Error(`ended with ${code}: ${stderr}\n${stdout}`)), reject);
      }),
    ended,
  };
}

/** Runs the command line to its end. */
export function tensorline(words: readonly string[], options?: CliOptions): Promise<Outcome> {
  return start(words, options).ended;
}

/** A document that fits its schema and says nothing beyond it. */
export function valid<T>(schema: v.GenericSchema<unknown, T>, json: string): T {
  const document: unknown = JSON.parse(json);
  const read = v.parse(schema, document);
  expect(read).toEqual(document);
  return read;
}

/** The hosts of a `gpus --json` document, by name. */
export function hostsOf(json: string): Readonly<Record<string, HostReport>> {
  const { hosts }: HostsReport = valid(HostsReportSchema, json);
  return Object.fromEntries(hosts.map((report) => [report.host, report]));
}

/** What a person reads on standard error: one line, plain words, nothing of the machinery. */
export function complaint({ stderr }: Pick<Outcome, "stderr">): string {
  expect(stderr).toMatch(/^[^\n]+\.\n$/);
  expectPlain(stderr);
  return stderr.trimEnd();
}

export function expectPlain(text: string): void {
  expect(text).not.toMatch(/Error:|^\s+at |undefined|NaN|\[object|\bE[A-Z]{4,}\b|\u001b/m);
}

/** Asks the hosts `good` and `bad` of a config together: one answers, the other says why it cannot, in its place. */
export async function askBoth(
  config: string,
  words: readonly string[] = [],
  options?: CliOptions,
): Promise<ProblemReport> {
  const outcome = await tensorline(["gpus", "good", "bad", "--json", "-F", config, ...words], options);
  const { good, bad } = hostsOf(outcome.stdout);
  expect(good?.error).toBeUndefined();
  expect(good?.gpus).toHaveLength(2);
  expect(bad).toMatchObject({ gpus: [], processes: [], warnings: [] });
  expect(outcome.code).toBe(1);
  if (!bad?.error) throw new Error(`the bad host has no error: ${outcome.stdout}`);
  expect(complaint(outcome)).toBe(bad.error.message);
  return bad.error;
}
