import type { RunRecord, TensorFailure } from "../../shared/tensors";
import { boundedText } from "../boundedText";
import { noOverlay, type Overlay } from "../environments/overlay";
import { Failure, type Problem } from "../failure";
import { systemProblem } from "../hostComplaint";
import placeText from "../operations/scripts/place.sh";
import type { CommandOutput, RemoteCommand, Runner } from "../remote";
import { hookFiles, hookHash } from "./hookFiles";
import { parseRunRecord } from "./record";
import clearScript from "./scripts/clear.sh";
import jobRunPart from "./scripts/jobRun.sh";
import prepareScript from "./scripts/prepare.sh";
import readScript from "./scripts/read.sh";

/** Where the hook of a run is on its host; both are absolute. */
export interface HookPlace {
  /** Stands first on PYTHONPATH. */
  readonly hook: string;
  /** Where processes write their records; TENSORLINE_RUN. */
  readonly run: string;
}

/** What a run has recorded so far. */
export interface RunReading {
  /** The host's time, ISO 8601 UTC: that by which its failures are dated. */
  readonly now: string;
  /** The one whose failure came first stands first. Those that cannot be read are left out. */
  readonly records: readonly RunRecord[];
}

const deadlineMs = 30_000;
const folder = "~/.local/state/tensorline";
const placePart = (kind: "runs" | "jobs"): string => `kind=${kind}\n${placeText}`;

/**
 * Makes the folder of a run and puts the hook on the host, unless it is there. May be repeated.
 * @param id letters, digits and dashes, as those of jobs and operations
 * @throws Failure `hostDiskFull` and its like, `commandFailed`, those of the connection
 */
export async function prepareRun(runner: Pick<Runner, "run">, id: string, signal: AbortSignal): Promise<HookPlace> {
  const place = await runner.run(prepareCommand(id, false), signal);
  if (place) return place;
  const made = await runner.run(prepareCommand(id, true), signal);
  if (made) return made;
  throw new Failure({ reason: "unreadable", what: "where the hook is", detail: "" });
}

/**
 * Puts the hook on the host, unless it is there, for jobs: these keep what they record themselves. May be repeated.
 * @throws Failure as `prepareRun`
 */
export async function putHook(runner: Pick<Runner, "run">, signal: AbortSignal): Promise<void> {
  if (await runner.run(placeCommand("jobs", "", false), signal)) return;
  await runner.run(placeCommand("jobs", "", true), signal);
}

/** One try to prepare a run: undefined where the hook's files are not on the host and were not sent. */
export function prepareCommand(id: string, withFiles: boolean): RemoteCommand<HookPlace | undefined> {
  if (!/^[A-Za-z0-9][A-Za-z0-9-]{0,63}$/.test(id)) throw new RangeError(`"${id}" names no run`);
  return placeCommand("runs", id, withFiles);
}

function placeCommand(kind: "runs" | "jobs", id: string, withFiles: boolean): RemoteCommand<HookPlace | undefined> {
  const what = kind === "runs" ? "preparing a run" : "bringing the hook";
  return {
    what,
    argv: ["sh", "-c", `${placePart(kind)}${prepareScript}`, "sh", hookHash, id, withFiles ? "files" : ""],
    ...(withFiles ? { stdin: filesText() } : {}),
    deadlineMs,
    parse(output) {
      if (output.exitCode !== 0) throw failed(what, output);
      const [hook = "", run = ""] = output.stdout.split("\n");
      return hook.startsWith("/") && run.startsWith("/") ? { hook, run } : undefined;
    },
  };
}

function filesText(): string {
  const texts = Object.entries(hookFiles).map(([name, text]) => {
    const lines = text.replace(/\n$/, "").split("\n");
    return `${name} ${lines.length}\n${lines.join("\n")}\n`;
  });
  return `${texts.join("")}end 0\n`;
}

/**
 * What a terminal, job or debug session sets for its Pythons. `pythonPath` is what PYTHONPATH would be without: an empty part
 * of it would mean the working folder, so none is ever made.
 */
export function hookVariables({ hook, run }: HookPlace, pythonPath = ""): Readonly<Record<string, string>> {
  return { PYTHONPATH: pythonPath === "" ? hook : `${hook}:${pythonPath}`, TENSORLINE_RUN: run };
}

/** The same for a shell that may have a PYTHONPATH of its own by then. */
export function hookOverlay({ hook, run }: HookPlace): Overlay {
  return { ...noOverlay, set: { TENSORLINE_RUN: run }, prepend: { PYTHONPATH: [hook] } };
}

/** Reads the records of a run's folder, 64 of the newest at most; none where the folder is gone. */
export function readRun(run: string): RemoteCommand<RunReading> {
  return readCommand(readScript, run);
}

/** Reads the records of a job as `readRun` does; none where the job is gone. */
export function readJobRun(id: string): RemoteCommand<RunReading> {
  return readCommand(`${placePart("jobs")}${jobRunPart}${readScript}`, id);
}

function readCommand(script: string, parameter: string): RemoteCommand<RunReading> {
  const what = "reading what a run recorded";
  return {
    what,
    argv: ["sh", "-c", script, "sh", parameter],
    deadlineMs: 10_000,
    parse(output) {
      if (output.exitCode !== 0 && output.exitCode !== 40) throw failed(what, output);
      const [now = "", ...lines] = output.stdout.split("\n");
      const records = lines.flatMap((line) => parseRunRecord(line) ?? []);
      return { now, records: records.sort((one, other) => firstAt(one).localeCompare(firstAt(other))) };
    },
  };
}

const firstAt = ({ failures }: RunRecord): string => failures[0]?.at ?? "";

/** Those records and failures of a reading that are not older than so many milliseconds by the host's own clock. */
export function recentRecords({ now, records }: RunReading, withinMs: number): readonly RunRecord[] {
  const from = Date.parse(now) - withinMs;
  const isRecent = ({ at }: TensorFailure) => !(Date.parse(at) < from);
  return records.flatMap((record) => {
    const failures = record.failures.filter(isRecent);
    return failures.length === 0 ? [] : { ...record, failures };
  });
}

/** Removes the runs of this machine, and the hooks of older clients, that nobody has used for so many days. */
export function clearRuns(days: number): RemoteCommand<void> {
  return {
    what: "removing old runs",
    argv: ["sh", "-c", `${placePart("runs")}${clearScript}`, "sh", String(Math.max(1, Math.floor(days))), hookHash],
    deadlineMs,
    parse() {},
  };
}

function failed(what: string, { exitCode, stderr }: CommandOutput): Failure {
  const other: Problem = { reason: "commandFailed", what, exitCode, detail: boundedText(stderr) };
  return new Failure(systemProblem(stderr, folder) ?? other);
}
