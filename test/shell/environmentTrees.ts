import { chmodSync, lstatSync, mkdirSync, readdirSync, symlinkSync, utimesSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Environment } from "../../src/shared/environments";
import { writeTree } from "./transferHost";

/**
 * A home folder as a manager leaves it, written by hand after its documentation. The interpreter is a link to a program that
 * every machine has: what the survey reads of it is whether it runs, and for which machine it is.
 */
export interface ImitatedTree {
  /** What was imitated. */
  readonly imitates: string;
  /** Texts by path below the home, `HOME/` in them stands for it; a path in `bin` or `condabin` becomes a program. */
  readonly files: Readonly<Record<string, string>>;
  readonly links?: Readonly<Record<string, string>>;
  /** Variables of the shell; `~` is the home. */
  readonly env?: Readonly<Record<string, string>>;
  /** What is to be found, with `~` for the home. */
  readonly finds: Partial<Environment> & Pick<Environment, "prefix">;
}

export const program = "/bin/sh";
const tool = "#!/bin/sh\nexit 70\n";
const site = "lib/python3.12/site-packages";
const metadata = (name: string, version: string) => `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`;

/** Packages of Python's own kind, by `name-version`. */
export function pythonPackages(prefix: string, ...names: readonly string[]): Record<string, string> {
  return Object.fromEntries(
    names.map((name) => {
      const at = name.lastIndexOf("-");
      return [`${prefix}/${name}.dist-info/METADATA`, metadata(name.slice(0, at), name.slice(at + 1))];
    }),
  );
}

/** conda's record of packages, by `name-version-build`. */
export function condaPackages(prefix: string, madeBy: string, ...names: readonly string[]): Record<string, string> {
  const lines = names.map((name) => `+conda-forge/linux-64::${name}\n`).join("");
  return {
    [`${prefix}/conda-meta/history`]: `==> 2026-09-01 10:00:00 <==\n# cmd: ${madeBy}\n# conda version: 26.7.1\n${lines}`,
    ...Object.fromEntries(names.map((name) => [`${prefix}/conda-meta/${name}.json`, '{"channel": "conda-forge"}\n'])),
  };
}

export function venvFiles(prefix: string, settings = "version = 3.12.4\n"): Record<string, string> {
  return {
    [`${prefix}/pyvenv.cfg`]: `home = /usr/bin\ninclude-system-site-packages = false\n${settings}`,
    [`${prefix}/${site}/`]: "",
  };
}

const python = "python-3.12.4-h194c7f8_0_cpython";

/** One for every manager of the registry. */
export const trees: Readonly<Record<string, ImitatedTree>> = {
  conda: {
    imitates: "miniforge 26 with an environment that conda made",
    files: {
      "miniforge3/condabin/conda": tool,
      ...condaPackages("miniforge3", "conda install python", python),
      [`miniforge3/${site}/`]: "",
      ...condaPackages(
        "miniforge3/envs/train",
        "/home/me/miniforge3/bin/conda create -n train pytorch",
        python,
        "pytorch-2.5.1-cuda126_py312h1763f6d_306",
      ),
      ...pythonPackages(`miniforge3/envs/train/${site}`, "torch-2.5.1", "numpy-2.1.3"),
    },
    links: { "miniforge3/bin/python": program, "miniforge3/envs/train/bin/python": program },
    finds: {
      prefix: "~/miniforge3/envs/train",
      name: "train",
      pythonVersion: "3.12.4",
      packages: [
        { name: "torch", version: "2.5.1", build: { kind: "cuda", version: "12.6" } },
        { name: "numpy", version: "2.1.3" },
      ],
    },
  },
  mamba: {
    imitates: "miniforge with an environment that mamba 2 made",
    files: {
      "miniforge3/condabin/conda": tool,
      "miniforge3/condabin/mamba": tool,
      ...condaPackages("miniforge3", "conda install python", python),
      ...condaPackages("miniforge3/envs/fast", "/home/me/miniforge3/bin/mamba create -n fast python", python),
      [`miniforge3/envs/fast/${site}/`]: "",
    },
    links: { "miniforge3/bin/python": program, "miniforge3/envs/fast/bin/python": program },
    finds: { prefix: "~/miniforge3/envs/fast", name: "fast", pythonVersion: "3.12.4" },
  },
  micromamba: {
    imitates: "micromamba 2 with its default root and no conda",
    files: {
      ".local/bin/micromamba": tool,
      ...condaPackages("micromamba/envs/vision", "micromamba create -n vision python=3.12", python),
      [`micromamba/envs/vision/${site}/`]: "",
    },
    links: { "micromamba/envs/vision/bin/python": program },
    finds: { prefix: "~/micromamba/envs/vision", name: "vision", pythonVersion: "3.12.4" },
  },
  pixi: {
    imitates: "a project of pixi 0.50 with one environment",
    files: {
      "work/robot/pixi.toml": '[workspace]\nname = "robot"\n',
      "work/robot/pixi.lock": "version: 6\n",
      "work/robot/.pixi/envs/default/conda-meta/pixi": '{"manifest_path": "pixi.toml"}\n',
      "work/robot/.pixi/envs/default/conda-meta/history": "// not relevant for pixi\n",
      [`work/robot/.pixi/envs/default/conda-meta/${python}.json`]: "{}\n",
      [`work/robot/.pixi/envs/default/${site}/`]: "",
    },
    links: { "work/robot/.pixi/envs/default/bin/python": program },
    finds: {
      prefix: "~/work/robot/.pixi/envs/default",
      name: "robot",
      project: "~/work/robot",
      pythonVersion: "3.12.4",
    },
  },
  poetry: {
    imitates: "Poetry 2 with its default cache",
    files: venvFiles(
      ".cache/pypoetry/virtualenvs/shop-Abc12345-py3.12",
      "virtualenv = 20.26.6\nversion_info = 3.12.4.final.0\n",
    ),
    links: { ".cache/pypoetry/virtualenvs/shop-Abc12345-py3.12/bin/python": program },
    finds: {
      prefix: "~/.cache/pypoetry/virtualenvs/shop-Abc12345-py3.12",
      name: "shop-Abc12345-py3.12",
      pythonVersion: "3.12.4",
    },
  },
  pipenv: {
    imitates: "Pipenv 2026",
    files: {
      ...venvFiles(".local/share/virtualenvs/shop-Ab_d-f12", "virtualenv = 20.26.6\nversion_info = 3.12.4.final.0\n"),
      ".local/share/virtualenvs/shop-Ab_d-f12/.project": "/srv/shop",
    },
    links: { ".local/share/virtualenvs/shop-Ab_d-f12/bin/python": program },
    finds: { prefix: "~/.local/share/virtualenvs/shop-Ab_d-f12", name: "shop-Ab_d-f12", project: "/srv/shop" },
  },
  uv: {
    imitates: "uv 0.9 in a project",
    files: {
      "work/api/pyproject.toml": "[project]\n",
      "work/api/uv.lock": "version = 1\n",
      ...venvFiles("work/api/.venv", "implementation = CPython\nuv = 0.9.2\nversion_info = 3.12.4\nprompt = api\n"),
    },
    links: { "work/api/.venv/bin/python": program },
    finds: { prefix: "~/work/api/.venv", name: "api", project: "~/work/api", pythonVersion: "3.12.4" },
  },
  pyenv: {
    imitates: "pyenv 2.4 with one Python",
    files: { [`.pyenv/versions/3.12.4/${site}/`]: "", ".pyenv/bin/pyenv": tool },
    links: { ".pyenv/versions/3.12.4/bin/python": program },
    finds: { prefix: "~/.pyenv/versions/3.12.4", name: "3.12.4", pythonVersion: "3.12.4", isProtected: true },
  },
  virtualenv: {
    imitates: "virtualenv 20 under virtualenvwrapper",
    files: venvFiles(".virtualenvs/lab", "virtualenv = 20.26.6\nversion_info = 3.12.4.final.0\n"),
    links: { ".virtualenvs/lab/bin/python": program },
    finds: { prefix: "~/.virtualenvs/lab", name: "lab", pythonVersion: "3.12.4" },
  },
  venv: {
    imitates: "python -m venv",
    files: venvFiles("work/site/.venv"),
    links: { "work/site/.venv/bin/python": program },
    finds: { prefix: "~/work/site/.venv", name: "site", project: "~/work/site", pythonVersion: "3.12.4" },
  },
  module: {
    imitates: "a module in Lua as EasyBuild writes them for Lmod",
    files: {
      "modules/Python/3.12.3-GCCcore-13.3.0.lua":
        'help([==[Python]==])\nlocal root = "HOME/apps/Python/3.12.3-GCCcore-13.3.0"\nconflict("Python")\nprepend_path("CMAKE_PREFIX_PATH", root)\nprepend_path("PATH", pathJoin(root, "bin"))\n',
      [`apps/Python/3.12.3-GCCcore-13.3.0/${site}/`]: "",
      "apps/Python/3.12.3-GCCcore-13.3.0/bin/python3": tool,
    },
    env: { MODULEPATH: "/nonexistent:~/modules" },
    finds: {
      prefix: "~/apps/Python/3.12.3-GCCcore-13.3.0",
      name: "Python/3.12.3-GCCcore-13.3.0",
      module: "Python/3.12.3-GCCcore-13.3.0",
      pythonVersion: "3.12",
      isProtected: true,
    },
  },
  system: {
    imitates: "a Python that an administrator built, on the path",
    files: { [`opt/python/${site}/`]: "", "opt/python/bin/python3": tool },
    env: { PATH: "~/opt/python/bin:/usr/bin:/bin" },
    finds: { prefix: "~/opt/python", name: "python3.12", pythonVersion: "3.12", isProtected: true },
  },
};

/** Writes a tree into a home folder; everything in it looks a day old, as what has just changed is never kept. */
export function writeHome(home: string, { files, links = {} }: Pick<ImitatedTree, "files" | "links">): void {
  const inHome = Object.entries(files).map(([path, text]) => [path, text.replaceAll("HOME/", `${home}/`)]);
  writeTree(home, Object.fromEntries(inHome));
  for (const path of Object.keys(files)) if (/(^|\/)(conda)?bin\//.test(path)) chmodSync(join(home, path), 0o755);
  for (const [path, target] of Object.entries(links)) {
    mkdirSync(dirname(join(home, path)), { recursive: true });
    symlinkSync(target, join(home, path));
  }
  age(home);
}

/** Makes everything in a folder a day old. */
export function age(folder: string): void {
  const yesterday = Math.floor(Date.now() / 1000) - 86_400;
  for (const name of readdirSync(folder)) {
    const path = join(folder, name);
    if (lstatSync(path).isDirectory()) age(path);
  }
  utimesSync(folder, yesterday, yesterday);
}
