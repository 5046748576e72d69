import { execFileSync } from "node:child_process";
import {
  existsSync,
  lstatSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Manager } from "../../src/core/environments/manager";
import { condaCommands } from "../../src/core/environments/managers/commands/conda";
import { mambaCommands } from "../../src/core/environments/managers/commands/mamba";
import { micromambaCommands } from "../../src/core/environments/managers/commands/micromamba";
import type { Environment } from "../../src/shared/environments";
import { type CondaHost, hostShells, newHost, planned, writeEnvironment } from "./condaHost";
import { fullRun } from "./operationHost";
import { readTree } from "./transferHost";

type Operations = Pick<Manager, "create" | "clone" | "remove" | "install" | "uninstall" | "repair">;

const flavours: readonly (readonly [string, Operations])[] = [
  ["conda", condaCommands],
  ["mamba", mambaCommands],
  ["micromamba", micromambaCommands],
];

const noise = '\u001b[33mWARNING conda.core: {old} settings\u001b[0m\nThe "defaults" channel might have been added\n';

const environment = (prefix: string, more: Partial<Environment> = {}): Environment => ({
  manager: "conda",
  name: "train",
  prefix,
  packages: [],
  ...more,
});

/** The contents of a folder, without times: what is put back is the same files. */
const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readTree(folder)).map(([path, what]) => [path, what.replace(/^(file \d+) \d+/, "$1")]),
  );

const marks = (folder: string): string[] => readdirSync(folder).filter((name) => name.startsWith(".tensorline"));

describe.each(hostShells.map((shell) => [shell[0], shell] as const))("with %s", (_name, shell) => {
  const host = (): CondaHost => newHost(shell);

  // What the tools differ in is what they are told, and what the shells differ in is the same for each of them.
  const chosen = flavours.filter(([program]) => fullRun || program === "conda" || shell[0] === "bash");
  describe.each(chosen)("%s", (program, { create, install, uninstall, remove, repair }) => {
    test("makes a named environment where the tool keeps them", async () => {
      const { tool, envs, run } = host();
      const wish = { name: "größe-1", python: "3.12", packages: ["numpy>=2"] };
      const end = await run(planned(create, tool(program), wish), { STANDIN_NOISE: noise });
      expect(end).toMatchObject({ exitCode: 0 });
      expect(readdirSync(join(envs, "größe-1/conda-meta")).sort()).toEqual([
        "history",
        "numpy-2-0.json",
        "python-3.12-0.json",
      ]);
      expect(marks(envs)).toEqual([]);
    });

    test.each(["a folder", "a file", "a link", "a dangling link"])("never touches %s of that name", async (kind) => {
      const { tool, envs, home, run } = host();
      const prefix = join(envs, "train");
      mkdirSync(envs, { recursive: true });
      writeEnvironment(join(home, "elsewhere"));
      if (kind === "a folder") writeEnvironment(prefix);
      if (kind === "a file") writeFileSync(prefix, "mine");
      if (kind === "a link") symlinkSync(join(home, "elsewhere"), prefix);
      if (kind === "a dangling link") symlinkSync(join(home, "nowhere"), prefix);
      const before = contents(home);
      for (const wish of [{ name: "train" }, { prefix }]) {
        const end = await run(planned(create, tool(program), { ...wish, packages: [] }));
        expect(end).toMatchObject({ exitCode: 41, undone: 0 });
        expect(end.log).toContain(`tensorline 41: ${prefix}: `);
      }
      expect(contents(home)).toEqual(before);
    });

    test("leaves nothing of an environment that could not be made", async () => {
      const { tool, envs, home, run } = host();
      writeEnvironment(join(envs, "other"));
      writeFileSync(join(home, "environment.yml"), "dependencies:\n  - python=3.11\n  - nosuchpackage\n");
      const before = contents(envs);
      for (const wish of [
        { name: "train", packages: ["nosuchpackage"] },
        { name: "train", packages: [], file: join(home, "environment.yml") },
        { name: "train", packages: ["numpy"], indexUrl: "https://conda.invalid/ch" },
      ]) {
        const end = await run(planned(create, tool(program), wish));
        expect(end).toMatchObject({ exitCode: 1, undone: 0 });
        expect(contents(envs)).toEqual(before);
      }
    });

    test("makes one from a file, and installs what is wished besides", async () => {
      const { tool, envs, home, run } = host();
      const file = join(home, "environment.yml");
      writeFileSync(file, "dependencies:\n  - python=3.11\n");
      const wish = { prefix: join(envs, "train"), packages: ["numpy"], file, indexUrl: "https://mirror.example/c" };
      expect(await run(planned(create, tool(program), wish))).toMatchObject({ exitCode: 0 });
      expect(readdirSync(join(envs, "train/conda-meta"))).toContain("python-3.11-0.json");
      expect(readdirSync(join(envs, "train/conda-meta"))).toContain("numpy-1.0-0.json");
    });

    test.each(["die", "full"])("puts an environment back as it was when a change ends half-way: %s", async (half) => {
      const { tool, envs, run } = host();
      const prefix = join(envs, "train");
      writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
      const before = contents(envs);
      for (const plan of [
        planned(install, tool(program), environment(prefix), { packages: ["numpy=2.0"] }),
        planned(install, tool(program), environment(prefix), { packages: ["numpy"], upgrade: true }),
      ]) {
        const end = await run(plan, { STANDIN_HALF: half });
        expect(end).toMatchObject({ exitCode: half === "die" ? 137 : 1, undone: 0 });
        expect(contents(envs)).toEqual(before);
        // Hard links, not copies.
        expect(end.log).not.toContain("copied first");
      }
    });

    test("installs, upgrades and uninstalls, and leaves no traces of its own", async () => {
      const { tool, envs, run } = host();
      const prefix = join(envs, "train");
      writeEnvironment(prefix);
      const of = environment(prefix);
      const list = () => readdirSync(join(prefix, "conda-meta")).filter((name) => name.startsWith("numpy"));
      expect((await run(planned(install, tool(program), of, { packages: ["numpy=1.0"] }))).exitCode).toBe(0);
      expect(list()).toEqual(["numpy-1.0-0.json"]);
      expect(
        (await run(planned(install, tool(program), of, { packages: ["numpy=2.0"], upgrade: true }))).exitCode,
      ).toBe(0);
      expect((await run(planned(install, tool(program), of, { packages: [], upgrade: true }))).exitCode).toBe(0);
      expect(list()).toEqual(["numpy-2.0-0.json"]);
      expect((await run(planned(uninstall, tool(program), of, ["numpy"]))).exitCode).toBe(0);
      expect(list()).toEqual([]);
      expect((await run(planned(uninstall, tool(program), of, ["numpy"]))).exitCode).toBe(1);
      expect([...marks(envs), ...marks(prefix)]).toEqual([]);
      expect(readFileSync(join(prefix, "my notes.txt"), "utf8")).toBe("mine");
    });

    test("repairs one without conda-meta whose Python leads nowhere", async () => {
      const { tool, envs, run } = host();
      const prefix = join(envs, "train");
      writeEnvironment(prefix);
      rmSync(join(prefix, "conda-meta"), { recursive: true });
      rmSync(join(prefix, "bin/python"));
      symlinkSync("/nonexistent/python3.12", join(prefix, "bin/python"));
      const broken = environment(prefix, { pythonVersion: "3.12.4" });
      expect(await run(planned(repair, tool(program), broken))).toMatchObject({ exitCode: 0 });
      expect(lstatSync(join(prefix, "bin/python")).isFile()).toBe(true);
      expect(readFileSync(join(prefix, "my notes.txt"), "utf8")).toBe("mine");
    });

    test("removes an environment, and no folder that is none", async () => {
      const { tool, envs, home, run } = host();
      writeEnvironment(join(envs, "train"));
      writeEnvironment(join(envs, "other"));
      mkdirSync(join(home, "documents"));
      writeFileSync(join(home, "documents/thesis"), "mine");
      symlinkSync(join(envs, "other"), join(envs, "link"));
      expect((await run(planned(remove, tool(program), environment(join(envs, "train"))))).exitCode).toBe(0);
      expect(readdirSync(envs).sort()).toEqual(["link", "other"]);
      const before = contents(home);
      for (const prefix of [join(home, "documents"), join(envs, "link"), join(envs, "gone"), join(envs, "train")]) {
        expect(await run(planned(remove, tool(program), environment(prefix)))).toMatchObject({
          exitCode: 44,
          undone: 0,
        });
      }
      expect(contents(home)).toEqual(before);
    });

    test("never removes a base environment, a home or a frozen environment", async () => {
      const { tool, envs, home, run } = host();
      const root = join(home, "miniforge3");
      writeEnvironment(root);
      mkdirSync(join(root, "pkgs"));
      writeEnvironment(join(envs, "frozen"));
      writeFileSync(join(envs, "frozen/conda-meta/frozen"), "");
      writeEnvironment(home);
      const before = contents(home);
      for (const prefix of [root, home, dirname(home), join(envs, "frozen")]) {
        const end = await run(planned(remove, tool(program), environment(prefix)));
        expect(end.exitCode === 42 || end.exitCode === 44).toBe(true);
      }
      expect(contents(home)).toEqual(before);
    });
  });

  test("two clients that make the same one at once: exactly one does", async () => {
    const { tool, envs, home, run, start } = host();
    const plan = () => planned(condaCommands.create, tool("conda"), { name: "train", packages: ["numpy"] });
    const both = await Promise.all([run(plan()), run(plan())]);
    expect(both.map(({ exitCode }) => exitCode).sort()).toEqual([0, 41]);
    expect(existsSync(join(envs, "train/bin/python"))).toBe(true);
    const door = join(home, "door");
    execFileSync("mkfifo", [door]);
    const first = start(planned(condaCommands.create, tool("conda"), { name: "second", packages: [] }), {
      STANDIN_HALF: door,
    });
    await first.said("half done");
    const second = planned(condaCommands.create, tool("conda"), { name: "second", packages: [] });
    expect(await run(second)).toMatchObject({ exitCode: 41, undone: 0 });
    expect(existsSync(join(envs, "second/conda-meta"))).toBe(true);
    expect(await first.cancel()).toMatchObject({ undone: 0 });
    expect(readdirSync(envs)).toEqual(["train"]);
  });

  test("a change that is cancelled half-way is taken back, and nobody else may change it meanwhile", async () => {
    const { tool, envs, home, run, start } = host();
    const prefix = join(envs, "train");
    writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
    const before = contents(envs);
    const door = join(home, "door");
    execFileSync("mkfifo", [door]);
    const plan = () => planned(condaCommands.install, tool("conda"), environment(prefix), { packages: ["numpy=2.0"] });
    const first = start(plan(), { STANDIN_HALF: door });
    await first.said("half done");
    expect(await run(plan())).toMatchObject({ exitCode: 45, undone: 0 });
    expect(await run(planned(condaCommands.remove, tool("conda"), environment(prefix)))).toMatchObject({
      exitCode: 45,
    });
    expect(await first.cancel()).toMatchObject({ undone: 0 });
    expect(contents(envs)).toEqual(before);
  });

  test("what an operation left that died and was never undone is put back by the next one", async () => {
    const { tool, envs, run } = host();
    const prefix = join(envs, "train");
    writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
    const { operation, ...plan } = planned(condaCommands.install, tool("conda"), environment(prefix), {
      packages: ["torch"],
    });
    const { undo: _undo, ...withoutUndo } = operation;
    await run({ ...plan, operation: withoutUndo }, { STANDIN_HALF: "die" });
    expect(existsSync(join(prefix, "newfolder"))).toBe(true);
    const next = planned(condaCommands.install, tool("conda"), environment(prefix), { packages: ["scipy"] });
    expect(await run(next)).toMatchObject({ exitCode: 0 });
    expect(readdirSync(join(prefix, "conda-meta")).sort()).toEqual([
      "history",
      "numpy-1.26.4-0.json",
      "python-3.12.4-0.json",
      "scipy-1.0-0.json",
    ]);
    expect(existsSync(join(prefix, "newfolder"))).toBe(false);
    expect([...marks(envs), ...marks(prefix)]).toEqual([]);
  });

  test("a clone has the files of the first one, and does not replace anything", async () => {
    const { tool, envs, run } = host();
    writeEnvironment(join(envs, "train"));
    const from = environment(join(envs, "train"));
    const clone = () => planned(condaCommands.clone, tool("conda"), from, { name: "copy" });
    expect(await run(clone())).toMatchObject({ exitCode: 0 });
    expect(contents(join(envs, "copy"))).toEqual(contents(join(envs, "train")));
    writeFileSync(join(envs, "copy/new"), "mine");
    expect(await run(clone())).toMatchObject({ exitCode: 41, undone: 0 });
    expect(readFileSync(join(envs, "copy/new"), "utf8")).toBe("mine");
  });

  test("a missing tool is said to be missing", async () => {
    const { tool, envs, run } = host();
    writeEnvironment(join(envs, "train"));
    const gone = `${tool("conda")}-gone`;
    for (const plan of [
      planned(condaCommands.create, gone, { name: "new", packages: [] }),
      planned(condaCommands.install, gone, environment(join(envs, "train")), { packages: ["numpy"] }),
    ]) {
      expect(await run(plan)).toMatchObject({ exitCode: 43, undone: 0 });
    }
    expect(readdirSync(envs)).toEqual(["train"]);
  });
});
