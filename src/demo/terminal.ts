import { spawn, spawnSync } from "node:child_process";
import { readFile } from "node:fs";
import type { PseudoTtyInfo } from "ssh2";
import { quoteArgv } from "../core/remote";

/** A `script` program that gives a command a terminal of its own: util-linux and BSD differ in their arguments. */
export interface TerminalProgram {
  readonly file: string;
  readonly kind: "util-linux" | "bsd";
}

type Size = Pick<PseudoTtyInfo, "cols" | "rows">;

/** What kind of `script` this is, undefined where it is neither. */
export function recogniseScript(file: string): TerminalProgram | undefined {
  const { status, stdout } = spawnSync(file, ["--version"], {
    encoding: "utf8",
    timeout: 5000,
    stdio: ["ignore", "pipe", "ignore"],
  });
  if (status === 0 && stdout.includes("util-linux")) return { file, kind: "util-linux" };
  return process.platform === "darwin" ? { file, kind: "bsd" } : undefined;
}

/** The command line that runs the shell with these arguments on a terminal of that size and leaves the terminal's name in the file. */
export function terminalCommand(
  terminal: TerminalProgram,
  shell: string,
  args: readonly string[],
  size: Size,
  terminalFile: string,
): [string, string[]] {
  const prepare = 'tty >"$1"; stty rows "$2" cols "$3"; shift 3; exec "$@"';
  const argv = [shell, "-c", prepare, shell, terminalFile, String(size.rows), String(size.cols), shell, ...args];
  return terminal.kind === "util-linux"
    ? [terminal.file, ["-q", "-e", "-f", "-c", quoteArgv(argv), "/dev/null"]]
    : [terminal.file, ["-q", "/dev/null", ...argv]];
}

/** Tells the terminal its new size; the kernel then tells the program in it. */
export function setTerminalSize(
  terminal: TerminalProgram,
  terminalFile: string,
  size: Size,
  environment: Readonly<Record<string, string>>,
): void {
  readFile(terminalFile, "utf8", (error, text) => {
    // Not there yet: the shell is still starting.
    if (error) return;
    const device = terminal.kind === "util-linux" ? "-F" : "-f";
    const child = spawn("stty", [device, text.trim(), "rows", String(size.rows), "cols", String(size.cols)], {
      stdio: "ignore",
      env: environment,
    });
    child.on("error", () => undefined);
  });
}
