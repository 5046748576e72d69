import { randomUUID } from "node:crypto";
import { boundedText } from "../core/boundedText";
import { noOverlay, type Overlay } from "../core/environments/overlay";
import { Failure, type Problem, problemOf } from "../core/failure";
import type { JobRequest } from "../core/jobs/request";
import type { HostRef } from "../core/ports";
import { sentence } from "../core/words";
import type { Engine } from "../engine";
import { findEnvironment, places } from "./hostEnvironments";
import type { JobLine } from "./jobArguments";
import { endOfLog, exitCodeOf, failureExit, tellEnd } from "./jobEnd";
import { withJobs } from "./jobs";
import { writeOut } from "./logs";
import { ExitCode, type TerminalIo } from "./terminal";

type RunLine = Extract<JobLine, { command: "run" }>;

/** As a shell says of a command that Ctrl-C ended. */
const interruptedExit = 130;

/**
 * `tensorline run HOST -- argv…`: prints the job's log as it is and exits with the job's own code. The job outlives this
 * command: the first Ctrl-C stops it, the second leaves it be.
 */
export async function runRun(line: RunLine, io: TerminalIo): Promise<number> {
  try {
    const secrets = secretsOf(line.secrets);
    return await withJobs(line, io, async (engine, host) => {
      const interrupt = onInterrupt();
      const request = await requestOf(engine, host, line, secrets, interrupt.early);
      // Whether the host has it already is not known while it is being handed over.
      interrupt.wait();
      const { id } = await engine.jobs.submit(host, request, never);
      interrupt.stops(() => {
        io.complain(`Stopping the job ${id}; Ctrl-C again leaves it be.`);
        engine.jobs.stop(host, id, never).catch((error: unknown) => io.complain(sentence(problemOf(error)), error));
      });
      if (line.detach && !interrupt.wanted()) {
        if (line.json) io.printJson({ id }, false);
        else io.print(id);
        return ExitCode.done;
      }
      return await followToEnd(engine, host, id, io);
    });
  } catch (error) {
    const problem = problemOf(error);
    if (problem.reason === "cancelled") return interruptedExit;
    io.complain(sentence(problem), error);
    return failureExit;
  }
}

const never = new AbortController().signal;

async function followToEnd(engine: Engine, host: HostRef, id: string, io: TerminalIo): Promise<number> {
  try {
    const interrupted = (problem: Problem) => {
      if (io.interactive) io.complain(`${sentence(problem)} The job goes on; its log will, too.`);
    };
    const job = await engine.jobs.follow(host, id, 0, { data: writeOut, interrupted }, never);
    tellEnd(job, await endOfLog(engine, host, job), io);
    return exitCodeOf(job);
  } catch (error) {
    io.complain(`${sentence(problemOf(error))} The job ${id} goes on there.`, error);
    return failureExit;
  }
}

/** Ctrl-C: before there is a job it ends this command, then it stops the job, and the next time it leaves at once. */
function onInterrupt() {
  const early = new AbortController();
  let act = () => early.abort(new Failure({ reason: "cancelled" }));
  let wanted = false;
  process.on("SIGINT", () => {
    if (wanted) process.exit(interruptedExit);
    wanted = true;
    act();
  });
  return {
    early: early.signal,
    wanted: () => wanted,
    wait() {
      act = () => {};
    },
    stops(stop: () => void) {
      act = stop;
      if (wanted) stop();
    },
  };
}

/** @throws Failure `secretMissing` */
function secretsOf(names: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    names.map((name) => {
      const value = process.env[name];
      if (value === undefined) throw new Failure({ reason: "secretMissing", name });
      return [name, value];
    }),
  );
}

async function requestOf(
  engine: Engine,
  host: HostRef,
  line: RunLine,
  secrets: Readonly<Record<string, string>>,
  signal: AbortSignal,
): Promise<JobRequest> {
  const { argv, gpus, queue, timeLimitSeconds } = line;
  const environment = line.environment === undefined ? {} : await environmentOf(engine, host, line.environment, signal);
  return {
    id: randomUUID(),
    name: line.name ?? boundedText(nameOf(argv), 100),
    backend: line.backend ?? "process",
    argv,
    folder: folderOf(line.folder),
    overlay: noOverlay,
    ...environment,
    variables: line.variables,
    secrets,
    gpus: gpus === 0 ? { kind: "none" } : { kind: "any", count: gpus, queue },
    ...(timeLimitSeconds === undefined ? {} : { timeLimitSeconds }),
  };
}

/** The script that an interpreter runs says more than the interpreter. */
function nameOf([program, ...words]: readonly [string, ...string[]]): string {
  const script = words.find((word) => /^[^-].*\.(py|sh)$/.test(word));
  return (script ?? program).split("/").pop() || program;
}

/** As ssh and scp take it: relative to the home folder. */
function folderOf(folder = "~"): string {
  if (folder === "~") return folder;
  return folder.startsWith("/") || folder.startsWith("~/") ? folder : `~/${folder}`;
}

/** @throws Failure `environmentUnknown`, `environmentAmbiguous`, `environmentBroken` */
function environmentOf(
  engine: Engine,
  host: HostRef,
  name: string,
  signal: AbortSignal,
): Promise<{ overlay: Overlay; environment: string }> {
  return engine.environments.use(host, signal, async (runner, parts) => {
    const searchPaths = name.startsWith("/") ? [...places.searchPaths, name] : places.searchPaths;
    const { report } = await parts.survey(runner, { ...places, searchPaths }, signal);
    const environment = findEnvironment(report.environments, host.name, name);
    const { error } = environment;
    if (error) throw new Failure({ reason: "environmentBroken", name, detail: error.message });
    return { overlay: parts.overlay(environment, undefined), environment: environment.name };
  });
}
