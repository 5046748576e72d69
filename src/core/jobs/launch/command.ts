import processesScript from "../scripts/processes.sh";
import type { LauncherName } from "./settings";

/** What is run, worked out from the settings. */
export interface Program {
  readonly launcher: LauncherName;
  /** A module for Python's `-m`, or a file or program as it is called from the working folder. */
  readonly kind: "module" | "file";
  readonly name: string;
  readonly arguments: readonly string[];
  /** Name of the Python on the PATH that the environment gives. */
  readonly python: string;
  /** For all launchers but `python` and `command`. */
  readonly processes: number;
}

/**
 * The program and its arguments. torchrun and accelerate are started as modules of the environment's own Python: what is
 * called `torchrun` on the PATH may be another environment's, may be missing where only Python is on the PATH, and names its
 * Python by a path that a copied environment no longer has. Both are the same program.
 */
export function commandLine(program: Program): readonly [string, ...string[]] {
  const { launcher, processes } = program;
  switch (launcher) {
    case "python":
      return pythonLine(program);
    case "command":
      return [program.name, ...program.arguments];
    case "torchrun":
      return [
        program.python,
        "-m",
        "torch.distributed.run",
        "--standalone",
        "--nproc_per_node",
        String(processes),
        ...target(program),
      ];
    case "accelerate":
      return [
        program.python,
        "-m",
        "accelerate.commands.launch",
        "--num_processes",
        String(processes),
        ...target(program),
      ];
    case "processes":
      return ["sh", "-c", processesScript, "sh", String(processes), ...processLine(program)];
  }
}

/** The command as one would type it: for people. */
export function shownCommand(program: Program): readonly string[] {
  return program.launcher === "processes" ? processLine(program) : commandLine(program);
}

const processLine = (program: Program): readonly string[] =>
  isPython(program) ? pythonLine(program) : [program.name, ...program.arguments];

const isPython = ({ kind, name }: Program): boolean => kind === "module" || name.endsWith(".py");

const pythonLine = (program: Program): readonly [string, ...string[]] => [program.python, ...target(program)];

const target = ({ kind, name, arguments: words }: Program): readonly string[] =>
  kind === "module" ? ["-m", name, ...words] : [name, ...words];
