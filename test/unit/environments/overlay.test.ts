import { describe, expect, test } from "vitest";
import {
  describeOverlay,
  environmentOverlay,
  mergeOverlays,
  noOverlay,
  type Overlay,
} from "../../../src/core/environments/overlay";
import { overlayScript, overlayShellOf } from "../../../src/core/environments/overlayScript";
import type { Environment } from "../../../src/shared/environments";

const environment = (more: Partial<Environment>): Environment => ({
  manager: "venv",
  name: "train",
  prefix: "/home/me/train",
  packages: [],
  ...more,
});

describe("the overlay of an environment", () => {
  test("a venv, as its activate does", () => {
    for (const manager of ["venv", "virtualenv", "uv", "poetry", "pipenv"])
      expect(environmentOverlay(environment({ manager }))).toEqual({
        modules: [],
        source: [],
        set: { VIRTUAL_ENV: "/home/me/train", VIRTUAL_ENV_PROMPT: "train" },
        unset: ["PYTHONHOME"],
        prepend: { PATH: ["/home/me/train/bin"] },
      });
  });

  test("a named environment of conda has its name, one by prefix its prefix", () => {
    const overlay = environmentOverlay(environment({ manager: "conda", prefix: "/opt/conda/envs/train" }));
    expect(overlay.set).toEqual({
      CONDA_PREFIX: "/opt/conda/envs/train",
      CONDA_DEFAULT_ENV: "train",
      CONDA_SHLVL: "1",
    });
    expect(overlay.source).toEqual(["/opt/conda/envs/train/etc/conda/activate.d/*.sh"]);
    expect(environmentOverlay(environment({ manager: "mamba" })).set.CONDA_DEFAULT_ENV).toBe("/home/me/train");
    const base = environment({ manager: "conda", name: "base", prefix: "/opt/conda" });
    expect(environmentOverlay(base).set.CONDA_DEFAULT_ENV).toBe("base");
  });

  test("a Python of a module is left to its module", () => {
    const overlay = environmentOverlay(environment({ manager: "module", module: "python/3.11" }));
    expect(overlay.modules).toEqual(["python/3.11"]);
    expect(overlay.prepend).toEqual({});
  });

  test("a venv made with a module's Python gets both", () => {
    const overlay = environmentOverlay(environment({ module: "python/3.11" }));
    expect(overlay.modules).toEqual(["python/3.11"]);
    expect(overlay.prepend.PATH).toEqual(["/home/me/train/bin"]);
  });

  test("another Python stands first where its interpreter is", () => {
    const overlay = environmentOverlay(
      environment({ manager: "system", prefix: "/usr", interpreter: "/usr/bin/python3" }),
    );
    expect(overlay.prepend.PATH).toEqual(["/usr/bin"]);
    expect(overlay.unset).toContain("VIRTUAL_ENV");
    expect(environmentOverlay(environment({ manager: "pyenv", prefix: "/p" })).prepend.PATH).toEqual(["/p/bin"]);
  });
});

describe("two overlays together", () => {
  const first: Overlay = {
    modules: ["gcc/12", "python/3.11"],
    source: ["/a.sh"],
    set: { A: "first", CUDA_HOME: "first" },
    unset: ["PYTHONHOME", "B"],
    prepend: { PATH: ["/a/bin", "/both"] },
  };
  const second: Overlay = {
    modules: ["gcc/12", "cuda/12.4"],
    source: ["/b.sh", "/a.sh"],
    set: { B: "second", CUDA_HOME: "second" },
    unset: ["A", "C"],
    prepend: { PATH: ["/both", "/b/bin"], LD_LIBRARY_PATH: ["/b/lib"] },
  };

  test("the first stands in front, nothing twice, and what either sets is not removed", () => {
    expect(mergeOverlays(first, second)).toEqual({
      modules: ["gcc/12", "python/3.11", "cuda/12.4"],
      source: ["/a.sh", "/b.sh"],
      set: { A: "first", B: "second", CUDA_HOME: "first" },
      unset: ["PYTHONHOME", "C"],
      prepend: { PATH: ["/a/bin", "/both", "/b/bin"], LD_LIBRARY_PATH: ["/b/lib"] },
    });
  });

  test("nothing changes nothing", () => {
    expect(mergeOverlays(noOverlay, first)).toEqual(first);
    expect(mergeOverlays(first, noOverlay)).toEqual(first);
  });

  test("what it does, in words", () => {
    expect(describeOverlay(mergeOverlays({ ...first, set: {} }, { ...noOverlay, modules: ["cuda/12.4"] }))).toEqual([
      "Loads the modules gcc/12, python/3.11, cuda/12.4",
      "Removes PYTHONHOME",
      "Removes B",
      "Puts /a/bin, /both first in PATH",
      "Runs /a.sh where it exists",
    ]);
    expect(describeOverlay({ ...noOverlay, set: { CUDA_HOME: "/cuda" }, modules: ["cuda"] })).toEqual([
      "Loads the module cuda",
      "Sets CUDA_HOME to /cuda",
    ]);
    expect(describeOverlay(noOverlay)).toEqual([]);
  });
});

describe("the script of an overlay", () => {
  const shells = ["sh", "bash", "zsh", "fish", "csh"] as const;

  test("nothing is nothing", () => {
    for (const shell of shells) expect(overlayScript(noOverlay, shell)).toBe("");
  });

  const refused: readonly [string, Partial<Overlay>][] = [
    ["a line feed in a value", { set: { A: "x\ny" } }],
    ["an escape in a folder", { prepend: { PATH: ["/x\u001b[2J"] } }],
    ["a NUL in a file", { source: ["/a\0b"] }],
    ["a colon in a folder of a list", { prepend: { PATH: ["/a:/b"] } }],
    ["a module that looks like an option", { modules: ["--help"] }],
    ["an empty module", { modules: [""] }],
    ["a name that is no variable", { set: { "A;id": "x" } }],
    ["a removed name that is no variable", { unset: ["A B"] }],
    ["a list that is no variable", { prepend: { "1A": ["/x"] } }],
  ];
  for (const [name, part] of refused)
    test(`refuses ${name}`, () => {
      for (const shell of shells)
        expect(() => overlayScript({ ...noOverlay, ...part }, shell)).toThrow(
          expect.objectContaining({ problem: expect.objectContaining({ reason: "environmentNameUnusable" }) }),
        );
    });

  test("a host without modules is told what was not loaded", () => {
    for (const shell of shells)
      expect(overlayScript({ ...noOverlay, modules: ["cuda/12"] }, shell)).toContain(
        "this host has no module command; not loaded: cuda/12",
      );
  });

  test("the shell of a program", () => {
    const programs = ["/bin/bash", "-zsh", "/usr/bin/fish", "tcsh", "csh", "/bin/dash", "ash", ""];
    expect(programs.map(overlayShellOf)).toEqual(["bash", "zsh", "fish", "csh", "csh", "sh", "sh", "sh"]);
  });
});
