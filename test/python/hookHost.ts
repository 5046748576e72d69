import { execFileSync, spawn, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, expect } from "vitest";
import { hookVariables } from "../../src/core/tensors/hook";
import { hookFiles } from "../../src/core/tensors/hookFiles";
import { parseRunRecord } from "../../src/core/tensors/record";
import type { FailureFrame, RunRecord, TensorFailure, TensorValue } from "../../src/shared/tensors";

export const programs = new URL("hookPrograms", import.meta.url).pathname;

const scratch = mkdtempSync(join(tmpdir(), "tensorline-hook-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** The hook as it lies on a host. */
export const hook = join(scratch, "hook");
for (const [name, text] of Object.entries(hookFiles)) {
  mkdirSync(dirname(join(hook, name)), { recursive: true });
  writeFileSync(join(hook, name), text);
}

export const newFolder = (): string => mkdtempSync(join(scratch, "t-"));

/** Pythons of this machine by version: those of pyenv without being on the PATH, and PyPy. */
export const pythons: ReadonlyMap<string, string> = new Map(
  ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14", "pypy3"].flatMap((version) => {
    const found = candidates(version).find((program) => spawnSync(program, ["-c", ""]).status === 0);
    return found ? [[version, found] as const] : [];
  }),
);

export const python2 = candidates("2.7").find((program) => spawnSync(program, ["-c", ""]).status === 0);

/** The oldest, the last one that does not tell columns, the newest, and PyPy; all in the full run. */
export const somePythons = [...pythons].filter(
  ([version, program], index) =>
    process.env.TENSORLINE_FULL === "1" ||
    index === 0 ||
    version === "3.10" ||
    version === "pypy3" ||
    program === newestPython(),
);

export function newestPython(): string {
  return [...pythons].filter(([version]) => version !== "pypy3").at(-1)?.[1] ?? "python3";
}

function candidates(version: string): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const folders = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith(`${version}.`)) : [];
  const named = version === "pypy3" ? version : `python${version}`;
  return [...folders.map((name) => join(versions, name, "bin", "python")), named];
}

/** How a program ended. */
export interface Ending {
  readonly stdout: string;
  readonly stderr: string;
  readonly exitCode: number | null;
}

export interface Watched extends Ending {
  /** The one whose failure came first stands first. */
  readonly records: readonly RunRecord[];
  /** Names of all that lies in the run's folder. */
  readonly files: readonly string[];
}

interface Options {
  readonly env?: Readonly<Record<string, string>>;
  readonly cwd?: string;
  readonly stdin?: string;
  /** The folder of records. */
  readonly run?: string;
  /** What PYTHONPATH would be. */
  readonly pythonPath?: string;
}

export function ending(
  python: string,
  args: readonly string[],
  env: Readonly<Record<string, string>>,
  options: Options,
) {
  return new Promise<Ending>((resolve, reject) => {
    const child = spawn(python, args, {
      cwd: options.cwd ?? programs,
      env: { PATH: process.env.PATH, HOME: newFolder(), TMPDIR: newFolder(), PYTHONDONTWRITEBYTECODE: "1", ...env },
    });
    const [out, err]: [Buffer[], Buffer[]] = [[], []];
    child.stdout.on("data", (chunk: Buffer) => out.push(chunk));
    child.stderr.on("data", (chunk: Buffer) => err.push(chunk));
    child.on("error", reject);
    child.on("close", (exitCode) =>
      resolve({ stdout: Buffer.concat(out).toString(), stderr: Buffer.concat(err).toString(), exitCode }),
    );
    // A program that ends without reading is no failure.
    child.stdin.on("error", () => {});
    child.stdin.end(options.stdin ?? "");
  });
}

/** Runs a program with the hook on. */
export async function watched(python: string, args: readonly string[], options: Options = {}): Promise<Watched> {
  const run = options.run ?? newFolder();
  const variables = hookVariables({ hook, run }, options.pythonPath);
  const found = await ending(python, args, { ...options.env, ...variables }, options);
  const files = existsSync(run) ? readdirSync(run) : [];
  const records = files.map((name) => {
    expect(name).toMatch(/^\d+\.json$/);
    const { mode, size } = statSync(join(run, name));
    expect(mode & 0o777).toBe(0o600);
    expect(size).toBeLessThanOrEqual(256 * 1024);
    const record = parseRunRecord(readFileSync(join(run, name), "utf8"));
    if (!record) throw new Error(`${name} cannot be read`);
    expect(record.pid).toBe(Number.parseInt(name, 10));
    return record;
  });
  const first = ({ failures }: RunRecord) => failures[0]?.at ?? "";
  return { ...found, files, records: records.sort((one, other) => first(one).localeCompare(first(other))) };
}

/** Runs a program without the hook and with it: what it says and how it ends must be the same. */
export async function compared(python: string, args: readonly string[], options: Options = {}): Promise<Watched> {
  const { pythonPath } = options;
  const env = { ...options.env, ...(pythonPath === undefined ? {} : { PYTHONPATH: pythonPath }) };
  const [without, found] = await Promise.all([ending(python, args, env, options), watched(python, args, options)]);
  const { stdout, stderr, exitCode } = found;
  expect({ stdout, stderr, exitCode }).toEqual(without);
  return found;
}

/** The only failure of the only record. */
export function onlyFailure({ records, stderr }: Watched): TensorFailure {
  const failures = records.flatMap((record) => record.failures);
  const [failure] = failures;
  if (!failure || failures.length !== 1) throw new Error(`${failures.length} failures were recorded: ${stderr}`);
  return failure;
}

/** `h float32[32,784] cpu fake` */
export function told({ name, dtype, shape, device, notes = [] }: TensorValue): string {
  const sizes = shape ? `[${shape.map((size) => size ?? "?").join(",")}]` : "[?]";
  return [name, `${dtype ?? "?"}${sizes}`, device ?? "-", ...notes].join(" ");
}

/** The frames of the user's own code in what ended the program. */
export function userFrames(failure: TensorFailure): readonly FailureFrame[] {
  return (failure.exceptions.at(-1)?.frames ?? []).filter(({ isUser }) => isUser);
}

/** Whether a Python takes this text for its syntax of a version. */
export function parses(python: string, text: string, version: string): boolean {
  const program = `import ast, sys; ast.parse(sys.stdin.read(), feature_version=(${version.replace(".", ",")}))`;
  try {
    execFileSync(python, ["-c", program], { input: text, stdio: ["pipe", "ignore", "ignore"] });
    return true;
  } catch {
    return false;
  }
}
