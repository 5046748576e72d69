import { spawn, spawnSync } from "node:child_process";
import { readFile } from "node:fs/promises";
import type { PseudoTtyInfo } from "ssh2";
import { quoteArgv } from "../core/remote";

/** A `script` program that gives a command a terminal of its own: util-linux and BSD differ in their arguments. */
export interface TerminalProgram {
  readonly file: string;
  readonly kind: "util-linux" | "bsd";
}

export type TerminalSize = Pick<PseudoTtyInfo, "cols" | "rows">;

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
  size: TerminalSize,
  terminalFile: string,
): [string, string[]] {
  const prepare = 'tty >"$1"; stty rows "$2" cols "$3"; shift 3; exec "$@"';
  const argv = [shell, "-c", prepare, shell, terminalFile, String(size.rows), String(size.cols), shell, ...args];
  return terminal.kind === "util-linux"
    ? [terminal.file, ["-q", "-e", "-f", "-c", quoteArgv(argv), "/dev/null"]]
    : [terminal.file, ["-q", "/dev/null", ...argv]];
}

/** Tells the terminal its new size; the kernel then tells the program in it. Resolves when that is done, or cannot be. */
export async function setTerminalSize(
  terminal: TerminalProgram,
  terminalFile: string,
  size: TerminalSize,
  environment: Readonly<Record<string, string>>,
): Promise<void> {
  // No such file: the shell is still starting.
  const device = await readFile(terminalFile, "utf8").catch(() => undefined);
  if (device === undefined) return;
  const option = terminal.kind === "util-linux" ? "-F" : "-f";
  const child = spawn("stty", [option, device.trim(), "rows", String(size.rows), "cols", String(size.cols)], {
    stdio: "ignore",
    env: environment,
  });
  await new Promise<void>((resolve) => {
    child.once("error", () => resolve());
    child.once("exit", () => resolve());
  });
}
