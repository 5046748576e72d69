import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, rmSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { link, pythons, survey, withHome } from "./environmentHome";
import { condaPackages, trees, venvFiles, writeHome } from "./environmentTrees";
import { some } from "./operationHost";
import { hosts, newFolder, writeTree } from "./transferHost";

describe.each(some(hosts, "bash", "busybox"))("environments on a host with $name", (host) => {
  it("are found in one round trip, with their frameworks and what those were built for", async () => {
    const { folder, runner, below } = withHome(host);
    for (const [id, tree] of Object.entries(trees)) {
      // These stand where a variable of the shell leads.
      if (id !== "system" && id !== "module") writeTree(folder, tree.files);
    }
    for (const { links = {} } of Object.values(trees)) {
      for (const [path, target] of Object.entries(links)) {
        if (!existsSync(join(folder, path))) link(join(folder, path), target);
      }
    }
    for (const path of ["miniforge3/condabin/conda", "miniforge3/condabin/mamba", ".local/bin/micromamba"]) {
      chmodSync(join(folder, path), 0o755);
    }
    const trips: string[] = [];
    const found = await survey({
      ...runner,
      run(command, signal) {
        trips.push(command.what);
        return runner.run(command, signal);
      },
    });
    expect(trips).toHaveLength(1);
    expect(found.report.warnings).toEqual([]);
    const seen = below(found).map(({ manager, name, error }) => [manager, name, error?.reason].join(" ").trim());
    expect(seen.sort()).toEqual([
      "conda base",
      "conda train",
      "mamba fast",
      "micromamba vision",
      "pipenv shop-Ab_d-f12",
      "pixi robot",
      "poetry shop-Abc12345-py3.12",
      "pyenv 3.12.4",
      "uv api",
      "venv site",
      "virtualenv lab",
    ]);
    expect(found.tools).toMatchObject({
      conda: join(folder, "miniforge3/condabin/conda"),
      micromamba: join(folder, ".local/bin/micromamba"),
    });
    expect(found.machine).toBe(execFileSync("uname", ["-m"], { encoding: "utf8" }).trim());
    expect(found.report.projects.map(({ path, files }) => [path, ...files])).toEqual([
      [join(folder, "work/api"), "pyproject.toml", "uv.lock"],
      [join(folder, "work/robot"), "pixi.lock", "pixi.toml"],
    ]);
  });

  it.skipIf(pythons.length === 0)(
    `are what real Pythons made (${pythons.length === 0 ? "no Python on this machine" : "venv"})`,
    async () => {
      const { folder, runner, of } = withHome(host);
      for (const [index, python] of pythons.entries()) {
        execFileSync(python, ["-m", "venv", "--without-pip", join(folder, `env ${index}`)]);
      }
      const found = await survey(runner, { searchPaths: ["~"], depth: 1 });
      for (const [index, python] of pythons.entries()) {
        const version = execFileSync(python, ["-c", "import platform; print(platform.python_version())"], {
          encoding: "utf8",
        }).trim();
        expect(of(found, `env ${index}`)).toEqual({
          manager: "venv",
          name: `env ${index}`,
          prefix: join(folder, `env ${index}`),
          interpreter: join(folder, `env ${index}/bin/python`),
          pythonVersion: version,
          packages: [],
        });
      }
      const system = found.report.environments.filter(({ manager }) => manager === "system");
      for (const one of system) {
        expect(one).toMatchObject({ isProtected: true, pythonVersion: expect.stringMatching(/^3\.\d+$/) });
        expect(one.error).toBeUndefined();
      }
      expect(found.tools.python3).toMatch(/python3$/);
    },
  );

  it("keep their names, whatever those are", async () => {
    const names = [
      "with space",
      'it\'s "quoted" $HOME `x`',
      "Grüße 日本語 🚀",
      "-rf",
      "--help",
      "glob*?[a]",
      "a:b",
      "back\\slash",
    ];
    const files = Object.assign({}, ...names.map((name) => venvFiles(`work/${name}`)));
    const { folder, runner, below } = withHome(host, { ...files, ...venvFiles("work/two\nlines") });
    for (const name of names) link(join(folder, "work", name, "bin/python"));
    const found = await survey(runner);
    expect(
      below(found)
        .map(({ name }) => name)
        .sort(),
    ).toEqual([...names].sort());
    expect(below(found).every(({ error, pythonVersion }) => error === undefined && pythonVersion === "3.12.4")).toBe(
      true,
    );
    expect(found.report.warnings).toEqual([
      { reason: "newline", message: `${folder}/work/two?lines has a line break in its name and was left out.` },
    ]);
  });

  it("are found once, whatever links lead to them, and a loop of links ends", async () => {
    const { folder, runner, below } = withHome(host, { ...venvFiles("real/env"), "loop/project/pyproject.toml": "" });
    link(join(folder, "real/env/bin/python"));
    symlinkSync(join(folder, "real/env"), join(folder, "linked"));
    symlinkSync("..", join(folder, "loop/project/up"));
    symlinkSync(join(folder, "loop"), join(folder, "loop/project/again"));
    symlinkSync("itself", join(folder, "itself"));
    symlinkSync(join(folder, "real/env"), join(folder, "loop/.venv"));
    writeTree(folder, { ".conda/environments.txt": `${folder}/linked\n${folder}/itself/x\n` });
    const options = { searchPaths: ["~", "~/real", "loop", `${folder}/./linked/..`, "~/itself"], depth: 8 };
    const found = await survey(runner, options);
    expect(below(found).map(({ prefix }) => prefix)).toEqual([join(folder, "real/env")]);
    expect(found.report.projects.map(({ path }) => path)).toEqual([join(folder, "loop/project")]);
    expect(found.report.warnings).toEqual([
      { reason: "missing", message: `${folder}/itself is to be searched for environments, and is not there.` },
    ]);
  });

  it("are called as people call them, where the home stands behind a link", async () => {
    const real = newFolder();
    const folder = `${real}-home`;
    symlinkSync(real, folder);
    writeHome(real, {
      files: {
        ...condaPackages("miniforge3", "conda install python", "python-3.12.4-0"),
        "miniforge3/condabin/conda": "",
        ...condaPackages("disk/big", "conda create -n big", "python-3.12.4-0"),
        ...venvFiles("work/site/.venv"),
        ...venvFiles(".pyenv/versions/3.12.4/envs/lab"),
      },
    });
    for (const path of ["miniforge3", "disk/big", "work/site/.venv", ".pyenv/versions/3.12.4/envs/lab"]) {
      link(join(real, path, "bin/python"));
    }
    link(join(real, "miniforge3/envs/big"), join(real, "disk/big"));
    link(join(real, ".pyenv/versions/lab"), join(real, ".pyenv/versions/3.12.4/envs/lab"));
    const { report } = await survey(host.with({ HOME: folder }));
    const seen = report.environments.filter(({ prefix }) => prefix.startsWith(real));
    expect(
      seen.map(({ manager, name, prefix }) => [manager, name, prefix.replace(folder, "~").replace(real, "REAL")]),
    ).toEqual([
      ["venv", "lab", "~/.pyenv/versions/3.12.4/envs/lab"],
      ["conda", "base", "~/miniforge3"],
      ["conda", "big", "~/miniforge3/envs/big"],
      ["venv", "site", "~/work/site/.venv"],
    ]);
    expect(seen.every(({ error }) => error === undefined)).toBe(true);
    rmSync(folder);
  });

  it("are looked for as deep as asked, and not in what is hidden", async () => {
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("a/.venv"),
      ...venvFiles("a/b/venv"),
      ...venvFiles("a/b/c/deep"),
      ...venvFiles("node_modules/x/env"),
      ...venvFiles(".hidden/env"),
    });
    const at = async (depth: number) => {
      const found = await survey(runner, { searchPaths: [folder], depth });
      return below(found).map(({ prefix }) => prefix.slice(folder.length + 1));
    };
    expect(await at(0)).toEqual([]);
    expect(await at(1)).toEqual(["a/.venv"]);
    expect((await at(3)).sort()).toEqual(["a/.venv", "a/b/venv"]);
    expect((await at(4)).sort()).toEqual(["a/.venv", "a/b/c/deep", "a/b/venv"]);
    expect(await at(Number.NaN)).toEqual([]);
  });

  it("in folders that conda's settings name have their names", async () => {
    const { folder, runner, below } = withHome(host, {
      ".condarc":
        "channels:\n  - conda-forge\nenvs_dirs:\n  - ~/my envs  # here\n  - 'quoted'\nssl_verify: true\n- x\n",
      ".mambarc": 'envs_dirs: ["~/inline", ~/none]\n',
      ...condaPackages("my envs/one", "conda create -n one", "python-3.12.4-0"),
      ...condaPackages("quoted/two", "conda create -n two", "python-3.12.4-0"),
      ...condaPackages("inline/three", "mamba create -n three", "python-3.12.4-0"),
      ...condaPackages("work/paper/.conda", "conda create -p .conda", "python-3.12.4-0"),
    });
    for (const path of ["my envs/one", "quoted/two", "inline/three", "work/paper/.conda"]) {
      link(join(folder, path, "bin/python"));
    }
    const found = await survey(runner);
    expect(
      below(found)
        .map(({ name }) => name)
        .sort(),
    ).toEqual(["one", "paper", "three", "two"]);
  });

  it("are what modules in Tcl and Lua put on the path, as far as those are plain", async () => {
    const { folder, runner, below } = withHome(host);
    const base = (name: string) => `${folder}/apps/${name}`;
    const modules: Record<string, string> = {
      "python/3.11": `#%Module\nset root ${base("tcl")}\nset bin $root/bin\nprepend-path PATH $bin\n`,
      "python/3.12": `#%Module\nset base {${folder}/apps}\nprepend-path --delim {:} PATH {${base("spack")}/bin}\n`,
      "python/3.10": `#%Module\nset v apps\nprepend-path\tPATH\t"${folder}/\${v}/braces/bin"\n`,
      "Python/concatenated.lua": `local base = "${base("lua")}"\nprepend_path("PATH", base .. "/bin")\n`,
      "python/computed": "set root [exec id]\nprepend-path PATH $root/bin\nprepend-path PATH [file join / $root bin]\n",
      "python/hostile": `set PATH x\nset a;id 1\nset $(id) y\nprepend-path PATH $PATH/$(id)/bin\nprepend-path PATH\nset\nlocal\n`,
      "miniforge3/24.7": `prepend_path("PATH", "${base("forge")}/bin")\n`,
    };
    writeTree(folder, Object.fromEntries(Object.entries(modules).map(([name, text]) => [`modules/${name}`, text])));
    for (const name of ["tcl", "spack", "braces", "lua", "forge"]) {
      writeTree(base(name), { "bin/python3": { text: "", mode: 0o755 }, "lib/python3.12/site-packages/": "" });
    }
    writeTree(base("forge"), condaPackages(".", "conda install python", "python-3.12.4-0"));
    const found = await survey(host.with({ HOME: folder, MODULEPATH: `${folder}/modules:/nonexistent` }));
    const seen = below(found).map(({ manager, name, module, error }) => [manager, name, module, error?.reason]);
    expect(seen.sort()).toEqual([
      ["conda", "base", undefined, undefined],
      ...["Python/concatenated", "python/3.10", "python/3.11", "python/3.12"].map((name) => [
        "module",
        name,
        name,
        undefined,
      ]),
    ]);
    const without = below(await survey(runner)).map(({ manager }) => manager);
    expect(without).toEqual(["conda"]);
  });

  it("of conda are protected where they are its root, wherever that stands, and its others are found", async () => {
    const { folder, runner, below } = withHome(host, {
      ...condaPackages("work/tools/forge", "conda install python", "python-3.12.4-0"),
      "work/tools/forge/condabin/conda": "",
      ...condaPackages("work/tools/forge/envs/one", "conda create -n one", "python-3.12.4-0"),
    });
    for (const path of ["work/tools/forge", "work/tools/forge/envs/one"]) link(join(folder, path, "bin/python"));
    const seen = below(await survey(runner)).map(({ name, isProtected }) => [name, isProtected]);
    expect(seen).toEqual([
      ["base", true],
      ["one", undefined],
    ]);
  });
});
