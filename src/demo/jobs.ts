import { spawn } from "node:child_process";
import type { HostSpec } from "./hosts";
import { firstTurn, type Slot, type Turn, turnAt } from "./schedule";
import type { Work } from "./simulation";

/** A job of the simulated host with the process that stands for it. */
export interface RunningJob extends Work {
  readonly user: string;
  readonly pid: number;
}

export interface Jobs {
  /** Ends and starts what is due. True: something changed. */
  advance(seconds: number): boolean;
  running(): readonly RunningJob[];
  /** Jobs that may still show: running ones and those that ended lately (a GPU cools slowly). */
  works(): readonly Work[];
  dispose(): void;
}

/** What stands for a job while it runs. */
export interface JobProcess {
  readonly pid: number;
  kill(): void;
}

/** Starts a job's process; `onExit` tells of its end, whoever ended it. Undefined: it could not be started. */
export type JobStarter = (argv: readonly string[], onExit: () => void) => JobProcess | undefined;

/** Real processes: each is a shell that waits for its standard input to close, so it ends with the fleet. */
export function realProcesses(shell: string): JobStarter {
  return (argv, onExit) => {
    const child = spawn(shell, ["-c", "read -r wait_for_the_fleet", ...argv], {
      stdio: ["pipe", "ignore", "ignore"],
      env: {},
    });
    if (child.pid === undefined) {
      child.on("error", () => undefined);
      return undefined;
    }
    child.stdin?.on("error", () => undefined);
    child.once("exit", onExit);
    return { pid: child.pid, kill: () => void child.kill() };
  };
}

/** Pids without processes, for a machine that nobody can run anything on. */
export function madeUpProcesses(): JobStarter {
  let pid = 41_000;
  return () => {
    pid += 137;
    return { pid, kill: () => undefined };
  };
}

interface Occupied {
  readonly slot: Slot;
  readonly words: readonly (string | number)[];
  turn: Turn;
  job: RunningJob | undefined;
  process: JobProcess | undefined;
  last: Work | undefined;
}

/**
 * Keeps one process for each job that the schedule says is running; whoever ends it ends the job. `onDeath` tells of a
 * job that somebody killed.
 */
export function startJobs(spec: HostSpec, seed: number, now: () => number, run: JobStarter, onDeath: () => void): Jobs {
  const slots: Occupied[] = spec.slots.map((slot, number) => {
    const words = [seed, spec.name, number];
    return { slot, words, turn: firstTurn(slot, words), job: undefined, process: undefined, last: undefined };
  });
  for (const occupied of slots) start(occupied);

  function start(occupied: Occupied): void {
    const { slot, turn, words } = occupied;
    const process = run(turn.program.argv, () => {
      if (process === undefined || occupied.process !== process) return;
      end(occupied, now());
      onDeath();
    });
    if (process === undefined) return;
    occupied.process = process;
    occupied.job = {
      turn,
      places: slot.places,
      end: turn.end,
      words: [...words, turn.number],
      user: slot.user,
      pid: process.pid,
    };
  }

  function end(occupied: Occupied, seconds: number): void {
    if (occupied.job) occupied.last = { ...occupied.job, end: seconds };
    occupied.job = undefined;
    occupied.process?.kill();
    occupied.process = undefined;
  }

  return {
    advance(seconds) {
      let changed = false;
      for (const occupied of slots) {
        if (occupied.job && seconds >= occupied.job.end) {
          end(occupied, occupied.turn.end);
          changed = true;
        }
        const turn = turnAt(occupied.slot, occupied.turn, seconds, occupied.words);
        if (turn === occupied.turn) continue;
        occupied.turn = turn;
        if (seconds < turn.end) start(occupied);
        changed = true;
      }
      return changed;
    },
    running: () => slots.flatMap(({ job }) => (job ? [job] : [])),
    works: () => slots.flatMap(({ job, last }) => [...(job ? [job] : []), ...(last ? [last] : [])]),
    dispose() {
      for (const occupied of slots) end(occupied, now());
    },
  };
}
