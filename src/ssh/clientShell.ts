import type { ClientFacts } from "../core/ports";
import { envOf } from "./clientPaths";

/** A program the client's shell runs. */
export interface ShellCommand {
  readonly file: string;
  readonly args: readonly string[];
  readonly verbatim: boolean;
}

/**
 * How the client's shell runs a command line: the user's own on POSIX, as ssh does it; on Windows cmd.exe, where `/s`
 * takes off exactly the outer quotes and leaves the rest as the user wrote it.
 */
export function inClientShell(command: string, client: ClientFacts): ShellCommand {
  if (client.os === "win32") {
    const file = envOf(client, "ComSpec") || "cmd.exe";
    return { file, args: ["/d", "/s", "/c", `"${command}"`], verbatim: true };
  }
  return { file: envOf(client, "SHELL") || "/bin/sh", args: ["-c", command], verbatim: false };
}
