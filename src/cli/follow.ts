import { once } from "node:events";
import type { GpuWatch } from "../core/gpu/watch";
import { sentence } from "../core/words";
import type { Engine } from "../engine";
import type { HostReport, HostsReport, ProblemReport } from "../shared/gpu";
import type { CommandLine } from "./arguments";
import { hostRef } from "./engine";
import { hostLines } from "./gpuTable";
import { ExitCode, type TerminalIo } from "./terminal";

/** What has not been heard of for this long, or for some beats, is old. */
const oldMs = 5000;

/**
 * `tensorline gpus HOST… --watch`: a line or screen with every host's last report whenever one of them has news, until
 * interrupted, or until no host is left to wait for.
 */
export async function follow(
  engine: Engine,
  line: Extract<CommandLine, { command: "gpus" }>,
  io: TerminalIo,
): Promise<ExitCode> {
  const interrupted = Promise.race([once(process, "SIGINT"), once(process, "SIGTERM")]);
  const patienceMs = Math.max(oldMs, 3 * line.beatMs);
  const watches = line.hosts.map((name) => engine.gpus.watch(hostRef(name, line.connection), line.beatMs));
  let news: NodeJS.Immediate | undefined;
  let silence: NodeJS.Timeout | undefined;

  function print(): void {
    news = undefined;
    clearTimeout(silence);
    // Where nothing comes any more, what is known is said again with its age.
    silence = setTimeout(print, patienceMs);
    const hosts = watches.map((watch) => reportOf(watch, engine, patienceMs));
    if (line.json) {
      const heard = hosts.filter((host) => host !== undefined);
      if (heard.length > 0) io.printJson({ hosts: heard } satisfies HostsReport, false);
      return;
    }
    const screens = hosts.map((host, index) =>
      host ? hostLines(host, io.width) : [`${line.hosts[index]} · connecting`],
    );
    io.print(`${io.interactive ? "\u001b[H\u001b[2J" : ""}${screens.map((lines) => lines.join("\n")).join("\n\n")}\n`);
  }

  /** Hosts that tell at the same moment are printed together. */
  function tell(): void {
    news ??= setImmediate(print);
  }

  for (const watch of watches) {
    watch.onSample(tell);
    watch.onProblem((problem) => problem && tell());
  }
  const allOffline = new Promise<"offline">((resolve) => {
    engine.onState(({ state }) => {
      if (state.kind === "offline" || state.kind === "reconnecting") tell();
      if (watches.every((watch) => engine.state(watch.host).kind === "offline")) resolve("offline");
    });
  });
  const why = await Promise.race([interrupted, allOffline]);
  clearImmediate(news);
  clearTimeout(silence);
  if (why !== "offline") return ExitCode.done;
  if (news) print();
  clearTimeout(silence);
  for (const watch of watches) {
    const problem = engine.connections().problem(watch.host);
    if (problem) io.complain(sentence(problem));
  }
  return ExitCode.failed;
}

/** What is known of a host; undefined before anything is. */
function reportOf(watch: GpuWatch, engine: Engine, patienceMs: number): HostReport | undefined {
  const known = watch.latest()?.report;
  const error = errorOf(watch, engine, patienceMs);
  if (!known && !error) return undefined;
  return {
    ...(known ?? { host: watch.host.name, gpus: [], processes: [], warnings: [] }),
    ...(error ? { error } : {}),
  };
}

function errorOf(watch: GpuWatch, engine: Engine, patienceMs: number): ProblemReport | undefined {
  const state = engine.state(watch.host);
  if (state.kind === "offline" || state.kind === "reconnecting") return state.problem;
  const age = watch.ageMs() ?? 0;
  const problem =
    watch.problem() ??
    (age < patienceMs
      ? undefined
      : ({ reason: "silent", host: watch.host.name, seconds: Math.round(age / 1000) } as const));
  return problem && { reason: problem.reason, message: sentence(problem) };
}
