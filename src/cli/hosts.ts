import { clientFacts } from "../core/client";
import type { HostsReport } from "../shared/gpu";
import { configuredHosts } from "../ssh/builtinConfig";
import type { CommandLine } from "./arguments";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline hosts`: the aliases of the ssh config. Connects to nothing, so that all lists of the JSON are empty. */
export async function runHosts(line: Extract<CommandLine, { command: "hosts" }>, io: TerminalIo): Promise<ExitCode> {
  const hosts = await configuredHosts(line.connection.configFile, clientFacts());
  const unseen = hosts.map((host) => ({ host, gpus: [], processes: [], warnings: [] }));
  if (line.json) io.printJson({ hosts: unseen } satisfies HostsReport, true);
  else if (hosts.length > 0) io.print(hosts.join("\n"));
  else
    io.complain(
      "Your ssh config names no host. `tensorline gpus user@name` works without it, and `tensorline demo` has four.",
    );
  return ExitCode.done;
}
