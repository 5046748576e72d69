import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll } from "vitest";
import type { ToolkitSurvey } from "../../src/core/environments/toolkits/readSurvey";
import { surveyToolkits } from "../../src/core/environments/toolkits/surveyToolkits";
import { createLocalRunner } from "../mocks/localRunner";
import { shells } from "./probeHost";

/** One folder for all of a test file; it goes away with the file's last test. Its name is one that breaks careless scripts. */
const scratch = mkdtempSync(join(tmpdir(), "tensorline tool'kits-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** Texts by relative path. `-> TARGET` makes a link, `#!…` a program, a name that ends in a slash a folder. */
export type Tree = Readonly<Record<string, string>>;

export function plant(folder: string, tree: Tree): void {
  for (const [name, text] of Object.entries(tree)) {
    const path = join(folder, name);
    mkdirSync(name.endsWith("/") ? path : dirname(path), { recursive: true });
    if (name.endsWith("/")) continue;
    if (text.startsWith("-> ")) symlinkSync(text.slice(3), path);
    else writeFileSync(path, text);
    if (text.startsWith("#!")) chmodSync(path, 0o755);
  }
}

/** A `sleep` by which no tool is late on a busy machine, but where the limit is one of these numbers of seconds: soon then. */
export const sleepBut = (...limits: readonly number[]): string =>
  `#!/bin/sh\ncase $1 in ${["none", ...limits].join(" | ")}) exec /bin/sleep 0.5 ;; 1000) exec /bin/sleep 1000 ;; esac\nexec /bin/sleep 60\n`;

export interface ToolkitHost {
  readonly root: string;
  readonly home: string;
  /** For tools that come before the system's. */
  readonly bin: string;
  survey(options?: {
    env?: Readonly<Record<string, string>>;
    environments?: readonly string[];
    /** The whole system instead of the host's own root. */
    wholeSystem?: boolean;
  }): Promise<ToolkitSurvey>;
}

/** The shells that a script may meet, each with the tools that come with it. */
export const scriptShells = shells.map((shell) => ({ name: shell[0], shell }));

/**
 * A host of its own root folder. Its login shell knows no module system and nothing but the host's own tools, unless its
 * `.profile` or the test says otherwise.
 */
export function toolkitHost(shell: readonly [string, ...string[]], tree: Tree = {}): ToolkitHost {
  const folder = mkdtempSync(join(scratch, "h-"));
  const [root, home, bin] = [join(folder, "root"), join(folder, "home"), join(folder, "bin")];
  for (const each of [root, home, bin]) mkdirSync(each);
  const base = shell[0] === "busybox" ? applets() : "/usr/bin:/bin";
  const forget = "unset LMOD_CMD MODULES_CMD MODULEPATH MODULESHOME BASH_ENV";
  plant(home, { ".profile": `${forget}\nPATH='${quotable(`${bin}:${base}`)}'\n` });
  plant(root, tree);
  plant(bin, { sleep: sleepBut() });
  return {
    root,
    home,
    bin,
    survey: ({ env = {}, environments = [], wholeSystem = false } = {}) =>
      surveyToolkits(
        createLocalRunner({
          shell: shell[0] === "busybox" ? [busybox(), "sh"] : shell,
          env: { PATH: `${bin}:${base}`, HOME: home, SHELL: "/bin/dash", ...env },
        }),
        wholeSystem ? { environments } : { root, environments },
        new AbortController().signal,
      ),
  };
}

/** Text for between single quotes of a shell. */
export const quotable = (text: string): string => text.replaceAll("'", "'\\''");

const busybox = (): string => execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();

let appletFolder: string | undefined;
function applets(): string {
  if (appletFolder === undefined) {
    appletFolder = join(scratch, "applets");
    mkdirSync(appletFolder);
    execFileSync("busybox", ["--install", "-s", appletFolder]);
  }
  return appletFolder;
}
