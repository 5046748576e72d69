import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, symlinkSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Survey, SurveyOptions } from "../../src/core/environments/survey";
import { surveyEnvironments } from "../../src/core/environments/survey/surveyEnvironments";
import type { Runner } from "../../src/core/remote";
import { program, writeHome } from "./environmentTrees";
import { newFolder, type ShellHost } from "./transferHost";

export const home = { searchPaths: ["~"], depth: 3 };

export const survey = (runner: Runner, options: SurveyOptions = home): Promise<Survey> =>
  surveyEnvironments(runner, options, new AbortController().signal);

/** A home folder in which files stand, and the host with it. */
export function withHome(host: ShellHost, files: Readonly<Record<string, string>> = {}) {
  const folder = newFolder();
  writeHome(folder, { files });
  return {
    folder,
    runner: host.with({ HOME: folder }),
    of: ({ report }: Survey, path: string) => report.environments.find(({ prefix }) => prefix === join(folder, path)),
    below: ({ report }: Survey) => report.environments.filter(({ prefix }) => prefix.startsWith(folder)),
  };
}

export function link(path: string, target = program): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** The folder, with the way to it open for other users. */
export function openTo(folder: string): string {
  chmodSync(dirname(folder), 0o755);
  chmodSync(folder, 0o755);
  return folder;
}

/** The real Pythons of this machine. */
export const pythons = execFileSync(
  "sh",
  ["-c", "ls -d /usr/bin/python3 $HOME/.pyenv/versions/3.*/bin/python3 2>/dev/null || true"],
  {
    encoding: "utf8",
  },
)
  .split("\n")
  .filter(Boolean);
