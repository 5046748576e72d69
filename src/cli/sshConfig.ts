import { clientFacts } from "../core/client";
import { effectiveOptions } from "../ssh/config";
import { printSshOptions } from "../ssh/config/printed";
import type { CommandLine } from "./arguments";
import { hostRef } from "./engine";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline ssh-config HOST`: the options a connection to it would obey, as `ssh -G` prints them. Connects to nothing. */
export async function runSshConfig(
  line: Extract<CommandLine, { command: "ssh-config" }>,
  io: TerminalIo,
): Promise<ExitCode> {
  const host = hostRef(line.host, line.connection);
  const reader = line.builtin ? "builtin" : "system";
  const { identityFiles } = line.connection;
  const options = new Map(await effectiveOptions(host, clientFacts(), new AbortController().signal, reader));
  // Those named on the command line are tried first.
  options.set("identityfile", [...identityFiles, ...(options.get("identityfile") ?? [])]);
  if (line.json) io.printJson({ host: line.host, options: Object.fromEntries(options) }, true);
  else io.print(printSshOptions(options).join("\n"));
  return ExitCode.done;
}
