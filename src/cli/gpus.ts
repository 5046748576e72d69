import { type Problem, problemOf } from "../core/failure";
import { firstReport } from "../core/gpu/firstReport";
import { sentence } from "../core/words";
import type { Engine } from "../engine";
import type { HostReport, HostsReport } from "../shared/gpu";
import type { CommandLine } from "./arguments";
import { createTerminalEngine, hostRef } from "./engine";
import { follow } from "./follow";
import { hostLines } from "./gpuTable";
import { ExitCode, type TerminalIo } from "./terminal";

type GpusLine = Extract<CommandLine, { command: "gpus" }>;

/** `tensorline gpus HOST…`: once, or with `--watch` until interrupted. */
export async function runGpus(line: GpusLine, io: TerminalIo): Promise<ExitCode> {
  const engine = createTerminalEngine(line.connection, io);
  try {
    return line.watch ? await follow(engine, line, io) : await lookOnce(engine, line, io);
  } finally {
    engine.dispose();
  }
}

async function lookOnce(engine: Engine, line: GpusLine, io: TerminalIo): Promise<ExitCode> {
  const hosts = await Promise.all(
    line.hosts.map((name) =>
      firstReport(engine.gpus, hostRef(name, line.connection), AbortSignal.timeout(120_000)).catch((error) =>
        failedReport(name, problemOf(error)),
      ),
    ),
  );
  const failed = hosts.filter((host) => host.error);
  const answered = hosts.filter((host) => !host.error);
  if (line.json) io.printJson({ hosts } satisfies HostsReport, true);
  else if (answered.length > 0) io.print(answered.map((host) => hostLines(host, io.width).join("\n")).join("\n\n"));
  for (const host of failed) io.complain(host.error?.message ?? "");
  return failed.length > 0 ? ExitCode.failed : ExitCode.done;
}

function failedReport(host: string, problem: Problem): HostReport {
  return {
    host,
    gpus: [],
    processes: [],
    warnings: [],
    error: { reason: problem.reason, message: sentence(problem) },
  };
}
