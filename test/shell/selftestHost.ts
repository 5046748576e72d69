import { spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, expect } from "vitest";
import { systemClock } from "../../src/core/clock";
import { noOverlay, type Overlay } from "../../src/core/environments/overlay";
import { type SelfTestNews, type SelfTestOptions, selfTest } from "../../src/core/environments/selftest/selfTest";
import type { Environment, SelfTestStep } from "../../src/shared/environments";
import { createLocalRunner } from "../mocks/localRunner";
import { processesMarked } from "./probeHost";

/** A folder with stand-ins for packages: on PYTHONPATH, it is found first. */
export const standIns = new URL("../python/frameworks", import.meta.url).pathname;

const scratch = mkdtempSync(join(tmpdir(), "tensorline-selftests-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** Interpreters of empty environments, one of each Python that this machine has, by version. */
export const pythons: ReadonlyMap<string, string> = new Map(
  ["3.6", "3.7", "3.8", "3.9", "3.10", "3.11", "3.12", "3.13", "3.14"].flatMap((version) => {
    const folder = join(scratch, version);
    const made = candidates(version).some((program) => {
      const options = ["-m", "venv", "--without-pip", "--clear", folder];
      return spawnSync(program, options, { stdio: "ignore" }).status === 0;
    });
    return made ? [[version, join(folder, "bin", "python")] as const] : [];
  }),
);

/** A Python of pyenv is there without being on the PATH. */
function candidates(version: string): string[] {
  const versions = join(process.env.PYENV_ROOT ?? join(homedir(), ".pyenv"), "versions");
  const folders = existsSync(versions) ? readdirSync(versions).filter((name) => name.startsWith(`${version}.`)) : [];
  return [...folders.map((name) => join(versions, name, "bin", "python")), `python${version}`];
}

const newest = [...pythons.values()].at(-1);

export const python2 = candidates("2.7").find((program) => spawnSync(program, ["-c", ""]).status === 0);

/** A folder for PYTHONPATH with these packages, each one file. */
export function packages(texts: Readonly<Record<string, string>>): string {
  const folder = mkdtempSync(join(scratch, "packages-"));
  for (const [name, text] of Object.entries(texts)) {
    mkdirSync(join(folder, name));
    writeFileSync(join(folder, name, "__init__.py"), text);
  }
  return folder;
}

export interface Trial extends Partial<Omit<SelfTestOptions, "clock" | "overlay">> {
  readonly interpreter?: string;
  readonly shell?: readonly [string, ...string[]];
  readonly overlay?: Partial<Overlay>;
  readonly env?: Readonly<Record<string, string>>;
  readonly signal?: AbortSignal;
  onNews?(news: SelfTestNews, mark: string): void;
}

/** Tries an environment on this machine, and makes sure that nothing of it is left. */
export async function trial({ interpreter = newest, shell, overlay, env, signal, onNews, ...options }: Trial) {
  const mark = `selftest-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const temporary = mkdtempSync(join(scratch, "tmp-"));
  const variables = { PATH: "/usr/bin:/bin", TMPDIR: temporary, TENSORLINE_MARK: mark, ...env };
  const runner = createLocalRunner({ shell, env: variables });
  const environment: Environment = {
    manager: "venv",
    name: "trial",
    prefix: "/nowhere",
    ...(interpreter === undefined ? {} : { interpreter }),
    packages: [],
  };
  const news: SelfTestNews[] = [];
  try {
    const report = await selfTest(
      runner,
      environment,
      { clock: systemClock, ...options, overlay: { ...noOverlay, ...overlay } },
      signal ?? new AbortController().signal,
      (one) => {
        news.push(one);
        onNews?.(one, mark);
      },
    );
    return { steps: report.steps, byName: stepsByName(report.steps), news };
  } finally {
    await expect.poll(() => processesMarked(mark), { timeout: 20_000 }).toEqual([]);
    expect(readdirSync(temporary)).toEqual([]);
  }
}

/** `outcome: words` by the name of the step. */
function stepsByName(steps: readonly SelfTestStep[]): Readonly<Record<string, string>> {
  expect(new Set(steps.map(({ step }) => step)).size).toBe(steps.length);
  return Object.fromEntries(steps.map(({ step, outcome, words }) => [step, `${outcome}: ${words}`]));
}
