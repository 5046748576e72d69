import { once } from "node:events";
import { type Problem, problemOf } from "../core/failure";
import { firstReport } from "../core/gpu/firstReport";
import { sentence } from "../core/words";
import type { Engine } from "../engine";
import type { HostReport, HostsReport } from "../shared/gpu";
import type { CommandLine } from "./arguments";
import { createTerminalEngine, hostRef } from "./engine";
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
  if (line.json) io.printJson({ hosts } satisfies HostsReport, true);
  else
    io.print(
      hosts
        .filter((host) => !host.error)
        .map((host) => hostLines(host).join("\n"))
        .join("\n\n"),
    );
  const failed = hosts.filter((host) => host.error);
  for (const host of failed) io.complain(host.error?.message ?? "");
  return failed.length > 0 ? ExitCode.failed : ExitCode.done;
}

/** One line or screen per beat, each with every host's last report. */
async function follow(engine: Engine, line: GpusLine, io: TerminalIo): Promise<ExitCode> {
  const watches = line.hosts.map((name) => engine.gpus.watch(hostRef(name, line.connection), line.beatMs));
  const print = () => {
    const hosts = watches.map((watch): HostReport => {
      const report = watch.latest()?.report ?? { host: watch.host.name, gpus: [], processes: [], warnings: [] };
      const state = engine.state(watch.host);
      return "problem" in state ? { ...report, error: state.problem } : report;
    });
    if (line.json) io.printJson({ hosts } satisfies HostsReport, false);
    else
      io.print(
        `${io.interactive ? "\u001b[H\u001b[2J" : ""}${hosts.map((host) => hostLines(host).join("\n")).join("\n\n")}\n`,
      );
  };
  let printed = false;
  const oncePerTurn = () => {
    if (printed) return;
    printed = true;
    setImmediate(() => {
      printed = false;
      print();
    });
  };
  for (const watch of watches) watch.onSample(oncePerTurn);
  engine.onState(({ state }) => {
    if (state.kind === "offline" || state.kind === "reconnecting") oncePerTurn();
  });
  const allOffline = new Promise<void>((resolve) => {
    engine.onState(() => {
      if (watches.every((watch) => engine.state(watch.host).kind === "offline")) resolve();
    });
  });
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]).then(() => true);
  const byUser = await Promise.race([interrupted, allOffline.then(() => false)]);
  if (byUser) return ExitCode.done;
  for (const watch of watches) {
    const problem = engine.connections().problem(watch.host);
    if (problem) io.complain(sentence(problem));
  }
  return ExitCode.failed;
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
