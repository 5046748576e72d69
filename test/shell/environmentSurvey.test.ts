import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
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
import { describe, expect, it } from "vitest";
import type { Survey, SurveyOptions } from "../../src/core/environments/survey";
import { surveyEnvironments } from "../../src/core/environments/survey/surveyEnvironments";
import type { Runner } from "../../src/core/remote";
import { age, condaPackages, program, pythonPackages, trees, venvFiles, writeHome } from "./environmentTrees";
import { hosts, newFolder, type ShellHost, writeTree } from "./transferHost";

const home = { searchPaths: ["~"], depth: 3 };
const survey = (runner: Runner, options: SurveyOptions = home): Promise<Survey> =>
  surveyEnvironments(runner, options, new AbortController().signal);

/** A home folder in which files stand, and the host with it. */
function withHome(host: ShellHost, files: Readonly<Record<string, string>> = {}, env: Record<string, string> = {}) {
  const folder = newFolder();
  writeHome(folder, { files });
  const runner = host.with({ HOME: folder, ...env });
  const of = ({ report }: Survey, path: string) =>
    report.environments.find(({ prefix }) => prefix === join(folder, path));
  const below = ({ report }: Survey) => report.environments.filter(({ prefix }) => prefix.startsWith(folder));
  return { folder, runner, of, below };
}

function link(path: string, target = program): void {
  mkdirSync(dirname(path), { recursive: true });
  symlinkSync(target, path);
}

/** Pythons that make real environments, where this machine has them. */
const pythons = execFileSync(
  "sh",
  ["-c", "ls -d /usr/bin/python3 $HOME/.pyenv/versions/3.*/bin/python3 2>/dev/null || true"],
  {
    encoding: "utf8",
  },
)
  .split("\n")
  .filter(Boolean);

/** Another user, where tests run as the one who may read everything. */
const asAnother =
  process.getuid?.() === 0 ? ["/usr/bin/setpriv", "--reuid=65534", "--regid=65534", "--clear-groups"] : [];

function giveTo(folder: string): void {
  if (asAnother.length === 0) return;
  chownSync(folder, 65534, 65534);
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) giveTo(path);
  }
}

describe.each(hosts)("environments on a host with $name", (host) => {
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

  it("that are broken say why", async () => {
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("dangling"),
      ...venvFiles("no-python"),
      "half/pyvenv.cfg": "home = /usr/bin\n",
      ...venvFiles("foreign"),
      ...venvFiles("not-runnable"),
      "not-runnable/bin/python3.12": "",
      ...condaPackages("miniforge3", "conda install python", "python-3.12.4-0"),
      "miniforge3/envs/lost/lib/python3.12/site-packages/": "",
      "miniforge3/envs/begun/conda-meta/python-3.12.4-0.json": "{}",
      ...condaPackages("miniforge3/envs/r-only", "conda create -n r-only r-base", "r-base-4.4.1-0"),
      "miniforge3/envs/data/notes.txt": "no environment",
    });
    link(join(folder, "dangling/bin/python"), "python3");
    link(join(folder, "dangling/bin/python3"), "/usr/bin/python-that-was-removed");
    link(join(folder, "not-runnable/bin/python"), "python3.12");
    chmodSync(join(folder, "not-runnable/bin/python3.12"), 0o644);
    link(join(folder, "miniforge3/bin/python"));
    link(join(folder, "miniforge3/envs/lost/bin/python"));
    // The first bytes of a program for a POWER machine in big-endian order, then for RISC-V.
    mkdirSync(join(folder, "foreign/bin"));
    const header = Buffer.from("7f454c46020101000000000000000000020000f3", "hex");
    header.set([0xf3, 0x00], 18);
    writeFileSync(join(folder, "foreign/bin/python"), Buffer.concat([header, Buffer.alloc(44)]), { mode: 0o755 });
    const found = await survey(runner);
    const reasons = Object.fromEntries(
      below(found).map(({ prefix, error }) => [prefix.slice(folder.length + 1), error?.reason]),
    );
    expect(reasons).toEqual({
      dangling: "danglingInterpreter",
      "no-python": "noInterpreter",
      half: "unfinished",
      foreign: "wrongArchitecture",
      "not-runnable": "noInterpreter",
      miniforge3: undefined,
      "miniforge3/envs/lost": "missingCondaMeta",
      "miniforge3/envs/begun": "unfinished",
      "miniforge3/envs/r-only": undefined,
    });
    expect(below(found).find(({ name }) => name === "dangling")).toMatchObject({
      error: { message: "Its interpreter leads to /usr/bin/python-that-was-removed, which is not there any more." },
    });
    expect(below(found).find(({ name }) => name === "foreign")?.error?.message).toContain("is for riscv64");
  });

  it("are read again only where something changed", async () => {
    const train = "miniforge3/envs/train";
    const { folder, runner, of } = withHome(host, {
      ...condaPackages("miniforge3", "conda install python", "python-3.12.4-0"),
      ...condaPackages(train, "conda create -n train python", "python-3.12.4-0"),
      ...pythonPackages(`${train}/lib/python3.12/site-packages`, "torch-2.5.1+cu121"),
      ...venvFiles("work/site/.venv"),
    });
    for (const path of ["miniforge3", train, "work/site/.venv"]) link(join(folder, path, "bin/python"));
    age(folder);
    const first = await survey(runner);
    expect(of(first, train)?.packages).toEqual([
      { name: "torch", version: "2.5.1+cu121", build: { kind: "cuda", version: "12.1" } },
    ]);
    const [store = ""] = execFileSync("find", [join(folder, ".local"), "-type", "f"], { encoding: "utf8" }).split("\n");
    expect(store).toMatch(/\/\.local\/state\/tensorline\/hosts\/[\w.-]+\/environments-1$/);
    expect(lstatSync(join(folder, ".local/state/tensorline")).mode & 0o777).toBe(0o700);
    // What was kept is believed: this one says a version that no file has.
    const lie = readFileSync(store, "utf8").replace("torch-2.5.1+cu121", "torch-9.9.9+cu999");
    writeFileSync(store, lie);
    const second = await survey(runner);
    expect(of(second, train)?.packages).toMatchObject([{ version: "9.9.9+cu999" }]);
    expect(readFileSync(store, "utf8")).toBe(lie);
    expect(await survey(runner, { ...home, fresh: true })).toEqual(first);
    // A package that comes is seen at once, and what else was kept stays.
    writeTree(folder, pythonPackages("work/site/.venv/lib/python3.12/site-packages", "numpy-2.1.3"));
    writeFileSync(store, lie);
    const third = await survey(runner);
    expect(of(third, "work/site/.venv")?.packages).toEqual([{ name: "numpy", version: "2.1.3" }]);
    expect(of(third, train)?.packages).toMatchObject([{ version: "9.9.9+cu999" }]);
    rmSync(join(folder, "work/site/.venv/lib/python3.12/site-packages/numpy-2.1.3.dist-info"), { recursive: true });
    expect(of(await survey(runner), "work/site/.venv")?.packages).toEqual([]);
    expect(readdirSync(dirname(store))).toEqual(["environments-1"]);
  });

  it("are read without the file of what was kept where that is damaged, foreign or too large", async () => {
    const { folder, runner, of } = withHome(host, venvFiles("work/site/.venv"));
    link(join(folder, "work/site/.venv/bin/python"));
    age(folder);
    const first = await survey(runner);
    const [store = ""] = execFileSync("find", [join(folder, ".local"), "-type", "f"], { encoding: "utf8" }).split("\n");
    const kept = readFileSync(store, "utf8");
    const title = kept.split("\n")[0];
    const damages = [
      "",
      "something else\n",
      kept.slice(0, kept.length / 2),
      `${title}\n${"x".repeat(600_000)}\n`,
      "\0\n\u0001",
    ];
    for (const damage of damages) {
      writeFileSync(store, damage);
      const again = await survey(runner);
      expect(of(again, "work/site/.venv")).toEqual(of(first, "work/site/.venv"));
    }
    expect(readFileSync(store, "utf8").length).toBeLessThan(10_000);
  });

  it("survive thousands of stale lines in conda's list, an unreadable list, and one without an end", async () => {
    const { folder, runner, below } = withHome(host, { ".conda/environments.txt": "" });
    const stale = Array.from({ length: 5000 }, (_, index) => `/tmp/no-such-folder-${index % 7}/gone ${index}/*`);
    writeTree(folder, condaPackages("elsewhere/deep/down/here/it-is", "conda create -p x", "python-3.12.4-0"));
    link(join(folder, "elsewhere/deep/down/here/it-is/bin/python"));
    const list = [...stale, "", "relative/path", `${folder}/elsewhere/deep/down/here/it-is`].join("\n");
    writeFileSync(join(folder, ".conda/environments.txt"), list);
    const found = await survey(runner);
    expect(below(found)).toMatchObject([{ manager: "conda", name: "it-is", pythonVersion: "3.12.4" }]);
    expect(found.report.warnings).toEqual([]);
    if (asAnother.length > 0) giveTo(folder);
    chmodSync(join(folder, ".conda/environments.txt"), 0o000);
    const { report } = await survey(host.with({ HOME: openTo(folder) }, asAnother));
    expect(report.warnings).toEqual([
      {
        reason: "unreadable",
        message: `${folder}/.conda/environments.txt may not be read by you and was left out.`,
      },
    ]);
  });

  it("of others that may not be read are told about, and stop nothing", async () => {
    const { folder, below } = withHome(host, {
      ...venvFiles("mine"),
      ...venvFiles("closed/env"),
      ...venvFiles("closed-site"),
      ".conda/environments.txt": "",
    });
    for (const path of ["mine", "closed/env", "closed-site"]) link(join(folder, path, "bin/python"));
    writeFileSync(join(folder, ".conda/environments.txt"), `${folder}/closed/env\n${folder}/closed/other/deep\n`);
    giveTo(folder);
    chmodSync(join(folder, "closed"), 0o000);
    chmodSync(join(folder, "closed-site/lib/python3.12/site-packages"), 0o000);
    const found = await survey(host.with({ HOME: openTo(folder) }, asAnother));
    chmodSync(join(folder, "closed"), 0o755);
    chmodSync(join(folder, "closed-site/lib/python3.12/site-packages"), 0o755);
    const reasons = Object.fromEntries(
      below(found).map(({ prefix, error }) => [prefix.slice(folder.length + 1), error?.reason]),
    );
    expect(reasons).toEqual({
      mine: undefined,
      "closed/env": "unreadable",
      "closed/other/deep": "unreadable",
      "closed-site": "unreadable",
    });
    expect(found.report.warnings).toMatchObject([{ reason: "partial" }]);
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

  it("with hostile texts show nothing but what those say of themselves", async () => {
    const { folder, runner, below } = withHome(host, {
      ...venvFiles("good"),
      ...venvFiles(
        "evil",
        `version = 3.12.4; rm -rf ~ $(id) \u001b[31m\nend\nblocks\nenv /etc\n/etc/pyvenv.cfg\n version = 9\nprompt = ${"x".repeat(100_000)}\n${"home = /x\n".repeat(5000)}`,
      ),
      "evil/lib/python3.12/site-packages/torch-1.0$(id);`x`.dist-info/": "",
      "evil/lib/python3.12/site-packages/torch-2.4.0.dist-info/": "",
      ...venvFiles("binary"),
      "binary/pyvenv.cfg": "home = /usr/bin\0\nversion = 3.1\n\0\0",
    });
    const place = "evil/lib/python3.12/site-packages";
    const forged = `cuda = '${folder}/good/pyvenv.cfg:version = 1'\nhip = None\n`;
    writeTree(folder, {
      [`${place}/torch/version.py`]: forged,
      [`${place}/tensorflow/python/platform/build_info.py`]: forged,
    });
    for (const name of ["good", "evil", "binary"]) link(join(folder, name, "bin/python"));
    const found = await survey(runner);
    expect(
      below(found)
        .map(({ name, pythonVersion }) => [name, pythonVersion])
        .sort(),
    ).toMatchObject([
      ["binary", expect.stringMatching(/^3\.\d+$/)],
      ["evil", "3.12"],
      ["good", "3.12.4"],
    ]);
    expect(below(found).find(({ name }) => name === "evil")?.packages).toEqual([{ name: "torch", version: "2.4.0" }]);
    expect(found.report.environments.some(({ prefix }) => prefix === "/etc")).toBe(false);
  });
});

/** The folder, with the way to it open for other users. */
function openTo(folder: string): string {
  chmodSync(dirname(folder), 0o755);
  chmodSync(folder, 0o755);
  return folder;
}
