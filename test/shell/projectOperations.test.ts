import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Manager } from "../../src/core/environments/manager";
import { pixiCommands } from "../../src/core/environments/managers/commands/pixi";
import { poetryCommands } from "../../src/core/environments/managers/commands/poetry";
import type { Environment } from "../../src/shared/environments";
import { hostShells, newHost, planned } from "./condaHost";
import { readTree } from "./transferHost";

interface Kind {
  readonly commands: Pick<Manager, "install" | "uninstall" | "remove">;
  /** Relative to the project. */
  readonly prefix: string;
  readonly files: Readonly<Record<string, string>>;
  readonly manifest: string;
  readonly lock: string;
  readonly installed: (name: string) => string;
}

const kinds: Readonly<Record<string, Kind>> = {
  pixi: {
    commands: pixiCommands,
    prefix: ".pixi/envs/default",
    files: {
      "pixi.toml": "[workspace]\n",
      ".pixi/envs/default/conda-meta/history": "",
      ".pixi/envs/default/conda-meta/numpy-1.0-0.json": "{}",
    },
    manifest: "pixi.toml",
    lock: "pixi.lock",
    installed: (name) => `conda-meta/${name}-1.0-0.json`,
  },
  poetry: {
    commands: poetryCommands,
    prefix: ".venv",
    files: {
      "pyproject.toml": "[project]\n",
      ".venv/pyvenv.cfg": "version = 3.12.4\n",
      ".venv/lib/python3.12/site-packages/numpy.py": "",
    },
    manifest: "pyproject.toml",
    lock: "poetry.lock",
    installed: (name) => `lib/python3.12/site-packages/${name}.py`,
  },
};

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readTree(folder)).map(([path, what]) => [path, what.replace(/^(file \d+) \d+/, "$1")]),
  );

describe.each(hostShells.map((shell) => [shell[0], shell] as const))("with %s", (_name, shell) => {
  function project(kind: Kind) {
    const host = newHost(shell);
    const folder = join(host.home, "my project");
    for (const [path, text] of Object.entries(kind.files)) {
      mkdirSync(join(folder, path, ".."), { recursive: true });
      writeFileSync(join(folder, path), text);
    }
    const environment: Environment = {
      manager: "any",
      name: "my project",
      prefix: join(folder, kind.prefix),
      project: folder,
      packages: [],
    };
    return { ...host, folder, environment };
  }

  describe.each(Object.entries(kinds))("%s", (program, kind) => {
    const { commands, manifest, lock } = kind;

    test("packages come and go with the manifest, in the project's folder", async () => {
      const { folder, environment, tool, run } = project(kind);
      const added = planned(commands.install, tool(program), environment, { packages: ["torch"] });
      expect(await run(added)).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(folder, manifest), "utf8")).toContain("# add torch");
      expect(existsSync(join(environment.prefix, kind.installed("torch")))).toBe(true);
      expect(await run(planned(commands.uninstall, tool(program), environment, ["torch"]))).toMatchObject({
        exitCode: 0,
      });
      expect(await run(planned(commands.install, tool(program), environment, { packages: [] }))).toMatchObject({
        exitCode: 0,
      });
      const upgrade = { packages: ["numpy"], upgrade: true };
      expect(await run(planned(commands.install, tool(program), environment, upgrade))).toMatchObject({ exitCode: 0 });
      expect(readFileSync(join(folder, lock), "utf8")).toContain("# update numpy");
      expect(Object.keys(readTree(folder)).filter((path) => path.includes(".tensorline"))).toEqual([]);
    });

    test.each(["die", "nosuchpackage"])(
      "environment, manifest and lock are as before when it fails: %s",
      async (how) => {
        const { folder, environment, tool, run } = project(kind);
        const before = contents(folder);
        const wish = { packages: [how === "die" ? "torch" : how] };
        const env: Record<string, string> = how === "die" ? { STANDIN_HALF: "die" } : {};
        const end = await run(planned(commands.install, tool(program), environment, wish), env);
        expect(end).toMatchObject({ exitCode: how === "die" ? 137 : 1, undone: 0 });
        expect(contents(folder)).toEqual(before);
      },
    );

    test("removing takes the environment and leaves the project", async () => {
      const { folder, environment, tool, run } = project(kind);
      const plan = planned(commands.remove, tool(program), environment);
      expect(plan.destroys).toContain(environment.prefix);
      expect(await run(plan)).toMatchObject({ exitCode: 0 });
      expect(existsSync(environment.prefix)).toBe(false);
      expect(readdirSync(folder)).toContain(manifest);
    });
  });
});
