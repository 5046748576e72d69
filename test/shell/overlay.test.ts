import { execFileSync, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, test } from "vitest";
import { environmentOverlay, mergeOverlays, noOverlay, type Overlay } from "../../src/core/environments/overlay";
import { type OverlayShell, overlayScript } from "../../src/core/environments/overlayScript";

const scratch = mkdtempSync(join(tmpdir(), "tensorline-overlay-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const has = (program: string): boolean => spawnSync("sh", ["-c", `command -v ${program}`]).status === 0;

const shells: readonly { readonly argv: readonly [string, ...string[]]; readonly shell: OverlayShell }[] = [
  { argv: ["dash"], shell: "sh" },
  { argv: ["busybox", "sh"], shell: "sh" },
  { argv: ["zsh", "--emulate", "sh"], shell: "sh" },
  { argv: ["bash"], shell: "bash" },
  { argv: ["bash", "-eu"], shell: "bash" },
  { argv: ["zsh"], shell: "zsh" },
  { argv: ["fish"], shell: "fish" },
  { argv: ["tcsh", "-f"], shell: "csh" },
];

const hardName = `it's a "dir" !x ü $HOME \`id\` \\ -n`;

let files = 0;

/** Applies an overlay in a real shell, non-login and without the user's own files; then looks at what a program sees. */
function apply(overlay: Overlay, { argv, shell }: (typeof shells)[number], env: Record<string, string> = {}) {
  const folder = join(scratch, `run-${files++}`);
  mkdirSync(folder);
  const [found, script] = [join(folder, "found"), join(folder, "script")];
  writeFileSync(script, `${overlayScript(overlay, shell)}env > '${found}'\nsh -c 'command -v python; echo alive'\n`);
  const [program, ...options] = argv;
  const { stdout, stderr } = spawnSync(program, [...options, script], {
    env: { HOME: folder, PATH: "/usr/bin:/bin", ...env },
    encoding: "utf8",
  });
  const lines = existsSync(found) ? readFileSync(found, "utf8").split("\n") : [];
  const variables = Object.fromEntries(lines.map((line) => [line.split("=")[0], line.slice(line.indexOf("=") + 1)]));
  return { variables, lines: stdout.trim().split("\n"), stderr };
}

const cudaOverlay: Overlay = {
  ...noOverlay,
  set: { CUDA_HOME: "/usr/local/cuda-12.4" },
  prepend: { PATH: ["/usr/local/cuda-12.4/bin"], LD_LIBRARY_PATH: ["/usr/local/cuda-12.4/lib64"] },
};

/** A folder like an environment of conda, with files that are sourced on activation in the form of each shell. */
function condaPrefix(name: string, broken: boolean): string {
  const prefix = join(scratch, "envs", name);
  const folder = join(prefix, "etc", "conda", "activate.d");
  mkdirSync(join(prefix, "bin"), { recursive: true });
  mkdirSync(folder, { recursive: true });
  const write = (file: string, sh: string, fish: string, csh: string) => {
    writeFileSync(join(folder, `${file}.sh`), sh);
    writeFileSync(join(folder, `${file}.fish`), fish);
    writeFileSync(join(folder, `${file}.csh`), csh);
  };
  write(
    "a first!",
    'export FROM_FIRST="$CONDA_PREFIX" CUDA_HOME=/from/file\n',
    "set -gx FROM_FIRST $CONDA_PREFIX; set -gx CUDA_HOME /from/file\n",
    'setenv FROM_FIRST "$CONDA_PREFIX"\nsetenv CUDA_HOME /from/file\n',
  );
  if (broken) {
    write("b syntax", "if then (\n", "if (\n", "if ( then\n");
    write("c exits", "exit 3\n", "exit 3\n", "exit 3\n");
    write("d reads", "read line\n", "read line\n", "set line = $<\n");
  }
  write("e last", "export FROM_LAST=yes; false\n", "set -gx FROM_LAST yes; false\n", "setenv FROM_LAST yes\n");
  return prefix;
}

for (const one of shells) {
  const present = has(one.argv[0]);
  describe.skipIf(!present)(`an overlay in ${one.argv.join(" ")}${present ? "" : " (not installed)"}`, () => {
    test("a real venv: its python is found and runs in it", () => {
      const prefix = join(scratch, hardName);
      if (!existsSync(prefix)) execFileSync("/usr/bin/python3", ["-m", "venv", "--without-pip", prefix]);
      const overlay = environmentOverlay({ manager: "venv", name: hardName, prefix, packages: [] });
      const { variables, lines } = apply(overlay, one, { PYTHONHOME: "/nowhere" });
      expect(variables.VIRTUAL_ENV).toBe(prefix);
      expect(variables.VIRTUAL_ENV_PROMPT).toBe(hardName);
      expect(variables.PATH).toBe(`${prefix}/bin:/usr/bin:/bin`);
      expect(variables).not.toHaveProperty("PYTHONHOME");
      expect(lines).toEqual([`${prefix}/bin/python`, "alive"]);
      const ran = execFileSync(lines[0] ?? "", ["-c", "import sys; print(sys.prefix)"], { encoding: "utf8" });
      expect(ran.trim()).toBe(prefix);
    });

    test("with a toolkit: the environment stands first, what was there stays behind", () => {
      const prefix = "/envs/train";
      const environment = environmentOverlay({ manager: "venv", name: "train", prefix, packages: [] });
      const overlay = mergeOverlays(
        { ...environment, prepend: { ...environment.prepend, LD_LIBRARY_PATH: ["/e/lib"] } },
        cudaOverlay,
      );
      const { variables } = apply(overlay, one, { LD_LIBRARY_PATH: "/old:/older" });
      expect(variables.PATH).toBe(`${prefix}/bin:/usr/local/cuda-12.4/bin:/usr/bin:/bin`);
      expect(variables.LD_LIBRARY_PATH).toBe("/e/lib:/usr/local/cuda-12.4/lib64:/old:/older");
      expect(variables.CUDA_HOME).toBe("/usr/local/cuda-12.4");
    });

    test("an empty or missing list gets no empty part: that would be the current folder", () => {
      expect(apply(cudaOverlay, one).variables.LD_LIBRARY_PATH).toBe("/usr/local/cuda-12.4/lib64");
      expect(apply(cudaOverlay, one, { LD_LIBRARY_PATH: "" }).variables.LD_LIBRARY_PATH).toBe(
        "/usr/local/cuda-12.4/lib64",
      );
    });

    test("conda: its activation files see the environment, and what was chosen wins over them", () => {
      const prefix = condaPrefix(`whole ${hardName}`, false);
      const environment = environmentOverlay({ manager: "conda", name: `whole ${hardName}`, prefix, packages: [] });
      const { variables, lines, stderr } = apply(mergeOverlays(environment, cudaOverlay), one, {
        VIRTUAL_ENV: "/other",
      });
      expect(variables.CONDA_PREFIX).toBe(prefix);
      expect(variables.CONDA_DEFAULT_ENV).toBe(`whole ${hardName}`);
      expect(variables.FROM_FIRST).toBe(prefix);
      expect(variables.FROM_LAST).toBe("yes");
      expect(variables.CUDA_HOME).toBe("/usr/local/cuda-12.4");
      expect(variables).not.toHaveProperty("VIRTUAL_ENV");
      expect(lines.at(-1)).toBe("alive");
      expect(stderr).toBe("");
    });

    test("activation files that are broken, exit or read do not stop the shell or the files after them", () => {
      const prefix = condaPrefix(`broken ${hardName}`, true);
      const environment = environmentOverlay({ manager: "conda", name: "broken", prefix, packages: [] });
      const { variables, lines, stderr } = apply(environment, one);
      expect(variables.FROM_FIRST).toBe(prefix);
      expect(variables.FROM_LAST).toBe("yes");
      expect(lines.at(-1)).toBe("alive");
      expect(stderr).toContain("b syntax");
    });

    test("an environment without activation files needs none", () => {
      const overlay = environmentOverlay({
        manager: "conda",
        name: "bare",
        prefix: join(scratch, "bare"),
        packages: [],
      });
      const { lines, stderr, variables } = apply(overlay, one);
      expect(lines.at(-1)).toBe("alive");
      expect(stderr).toBe("");
      expect(Object.keys(variables).filter((name) => /tensorline/i.test(name))).toEqual([]);
    });

    const present = ["/usr/share/lmod/lmod/init/bash", "/usr/share/modules/init/bash"].some(existsSync);
    describe.skipIf(!present)(
      `with modules${present ? "" : " (neither Lmod nor Environment Modules is installed)"}`,
      () => {
        const modules = join(scratch, "modules");
        mkdirSync(join(modules, "cuda"), { recursive: true });
        writeFileSync(
          join(modules, "cuda", "12.4"),
          "#%Module1.0\nsetenv MODULE_CUDA 12.4\nprepend-path PATH /opt/cuda/bin\n",
        );

        test("module load works though this is no login shell, and folders stand before the module's", () => {
          const overlay = { ...noOverlay, modules: ["cuda/12.4"], prepend: { PATH: ["/envs/train/bin"] } };
          const { variables } = apply(overlay, one, { MODULEPATH: modules });
          expect(variables.MODULE_CUDA).toBe("12.4");
          expect(variables.PATH).toBe("/envs/train/bin:/opt/cuda/bin:/usr/bin:/bin");
        });

        test("a module that does not exist is said, and the rest is applied", () => {
          const { variables, stderr } = apply({ ...cudaOverlay, modules: ["cuda/9!"] }, one, { MODULEPATH: modules });
          expect(stderr).toContain("tensorline: could not load the module cuda/9!");
          expect(variables.CUDA_HOME).toBe("/usr/local/cuda-12.4");
        });
      },
    );
  });
}
