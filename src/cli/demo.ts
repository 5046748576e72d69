import { once } from "node:events";
import { join } from "node:path";
import { startDemoProcess } from "../demo/client";
import type { CommandLine } from "./arguments";
import { ExitCode, type TerminalIo } from "./terminal";

/** `tensorline demo`: runs the demo fleet and says how to reach it, until it is interrupted. */
export async function runDemo(line: Extract<CommandLine, { command: "demo" }>, io: TerminalIo): Promise<ExitCode> {
  // Listened to from the start: whoever read how to reach it may end it at once.
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const fleet = await startDemoProcess({
    node: process.execPath,
    script: join(__dirname, "demo.cjs"),
    ...(line.hosts === undefined ? {} : { hosts: line.hosts }),
    ...(line.seed === undefined ? {} : { seed: line.seed }),
  });
  const hosts = fleet.hosts.map(({ name, port, summary }) => ({ name, port, summary }));
  if (line.json)
    io.printJson({ configFile: fleet.configFile, hosts, ...(fleet.recorded ? { recorded: true } : {}) }, false);
  else {
    const width = Math.max(...hosts.map((host) => host.name.length));
    io.print(
      [
        "The demo fleet runs on this computer. Its machines are simulated, the SSH is real.",
        "",
        ...hosts.map((host) => `  ${host.name.padEnd(width)}  ${host.summary}`),
        "",
        `  tensorline gpus ${hosts[0]?.name ?? ""} -F ${fleet.configFile}`,
        ...(fleet.recorded ? [] : [`  ssh -F ${fleet.configFile} ${hosts[0]?.name ?? ""} nvidia-smi`]),
        "",
        "Ctrl-C ends it.",
      ].join("\n"),
    );
  }
  try {
    const ended = fleet.ended.then(() => "ended" as const);
    const why = await Promise.race([interrupted, ended]);
    if (why !== "ended") return ExitCode.done;
    io.complain("The demo fleet ended by itself. Run it again with --verbose to see why.");
    return ExitCode.failed;
  } finally {
    fleet.dispose();
  }
}
