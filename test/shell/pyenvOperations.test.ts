import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { pyenvCommands } from "../../src/core/environments/managers/commands/pyenv";
import type { Environment } from "../../src/shared/environments";
import { hostShells, newHost, planned } from "./condaHost";
import { fullRun } from "./operationHost";

const installed = findPyenv();
if (installed === undefined) console.warn("operations of pyenv are left out: pyenv is not installed on this machine");
/** A Python that makes virtual environments: pyenv's own newest. */
const python = installed === undefined ? undefined : workingPython(join(installed, "versions"));
const hasVirtualenv = python !== undefined && existsSync(join(installed ?? "", "plugins/pyenv-virtualenv"));

const scratch = mkdtempSync(join(tmpdir(), "tensorline-pyenv-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

/** `PYENV_ROOT` of the machine that the tests run on. */
function findPyenv(): string | undefined {
  const root = process.env.PYENV_ROOT ?? join(homedir(), ".pyenv");
  return existsSync(join(root, "bin/pyenv")) ? root : undefined;
}

function workingPython(versions: string): string | undefined {
  return readdirSync(versions)
    .map((name) => join(versions, name, "bin/python3"))
    .findLast((path) => {
      try {
        execFileSync(path, ["-c", "import ensurepip, venv"], { stdio: "ignore" });
        return true;
      } catch {
        return false;
      }
    });
}

/** The real pyenv with a root of its own, and definitions that "build" a Python without fetching anything. */
function pyenv(shell: readonly [string, ...string[]]) {
  const host = newHost(shell);
  const root = mkdtempSync(join(scratch, "root-"));
  for (const part of ["bin", "libexec", "plugins", "completions", "pyenv.d"]) {
    if (existsSync(join(installed ?? "", part))) symlinkSync(join(installed ?? "", part), join(root, part));
  }
  mkdirSync(join(root, "versions"));
  const definitions = join(root, "definitions");
  mkdirSync(definitions);
  const program = join(root, "program");
  writeFileSync(program, `#!/bin/sh\nexec '${python ?? "/bin/true"}' "$@"\n`, { mode: 0o755 });
  writeFileSync(
    join(definitions, "3.98.7"),
    `mkdir -p "$PREFIX_PATH/bin"\ncp '${program}' "$PREFIX_PATH/bin/python3"\nln -s python3 "$PREFIX_PATH/bin/python"\n`,
  );
  writeFileSync(
    join(definitions, "3.99.1"),
    'mkdir -p "$PREFIX_PATH/bin"\ntouch "$TMPDIR/leftover"\necho half >&2\nfalse\n',
  );
  const env = { PATH: "/usr/bin:/bin", PYENV_ROOT: root, PYTHON_BUILD_DEFINITIONS: definitions };
  return { ...host, root, versions: join(root, "versions"), program: join(root, "bin/pyenv"), env };
}

const environment = (prefix: string): Environment => ({ manager: "pyenv", name: "x", prefix, packages: [] });

// bash is what pyenv itself runs in, so a host that has nothing but BusyBox has no pyenv.
const shells = hostShells.filter(([program]) => program !== "busybox" && (fullRun || program !== "zsh"));

describe.skipIf(installed === undefined)("pyenv (left out where it is not installed)", () => {
  describe.each(shells.map((shell) => [shell[0], shell] as const))("with %s", (_name, shell) => {
    test("builds the newest version that fits, and removes it", async () => {
      const { run, program, versions, env, root } = pyenv(shell);
      const plan = planned(pyenvCommands.create, program, { python: "3.98", packages: [] });
      expect(await run(plan, env)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(versions)).toEqual(["3.98.7"]);
      expect(readdirSync(root).filter((name) => name.startsWith(".tensorline"))).toEqual([]);
      expect(await run(plan, env)).toMatchObject({ exitCode: 41 });
      expect(existsSync(join(versions, "3.98.7/bin/python"))).toBe(true);
      const removal = planned(pyenvCommands.remove, program, environment(join(versions, "3.98.7")));
      expect(await run(removal, env)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(versions)).toEqual([]);
    });

    test("leaves nothing of a build that failed", async () => {
      const { run, program, versions, env, root } = pyenv(shell);
      const before = readdirSync(root);
      const end = await run(planned(pyenvCommands.create, program, { python: "3.99.1", packages: [] }), env);
      expect(end.exitCode).not.toBe(0);
      expect(end.undone).toBe(0);
      expect(readdirSync(versions)).toEqual([]);
      expect(readdirSync(root).filter((name) => !before.includes(name))).toEqual([]);
    });

    test("says so of a version that it does not know", async () => {
      const { run, program, versions, env } = pyenv(shell);
      const end = await run(planned(pyenvCommands.create, program, { python: "3.77", packages: [] }), env);
      expect(end.exitCode).not.toBe(0);
      expect(end.log).toContain("3.77");
      expect(readdirSync(versions)).toEqual([]);
    });
  });

  // Once is enough: what takes its time there is pip.
  test.skipIf(!hasVirtualenv)(
    "makes a virtual environment by name and removes it with its link (needs pyenv-virtualenv)",
    async () => {
      const { run, program, versions, env } = pyenv(["sh"]);
      await run(planned(pyenvCommands.create, program, { python: "3.98.7", packages: [] }), env);
      const plan = planned(pyenvCommands.create, program, { name: "train", python: "3.98", packages: [] });
      const end = await run(plan, env);
      expect(end, end.log).toMatchObject({ exitCode: 0 });
      expect(lstatSync(join(versions, "train")).isSymbolicLink()).toBe(true);
      expect(await run(plan, env)).toMatchObject({ exitCode: 41, undone: 0 });
      expect(existsSync(join(versions, "train/bin/python"))).toBe(true);
      const base = planned(pyenvCommands.remove, program, environment(join(versions, "3.98.7")));
      expect(await run(base, env)).toMatchObject({ exitCode: 42, undone: 0 });
      const removal = planned(pyenvCommands.remove, program, environment(join(versions, "3.98.7/envs/train")));
      expect(await run(removal, env)).toMatchObject({ exitCode: 0 });
      expect(readdirSync(versions)).toEqual(["3.98.7"]);
    },
  );
});
