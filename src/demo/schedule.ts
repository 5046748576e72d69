import { chance } from "./random";

/** Where a job runs: a whole GPU, or one MIG instance of it by its GPU instance id. */
export interface Place {
  readonly gpu: number;
  readonly mig?: number;
}

/** How a job uses its GPUs over time; see `load` in `simulation.ts`. */
export type WorkKind = "training" | "serving" | "notebook";

export interface Program {
  readonly kind: WorkKind;
  /** The made-up command line; the first word is what GPU tools show as the process name. */
  readonly argv: readonly [string, ...string[]];
  /** Memory on each of its places once everything is loaded. */
  readonly memoryMiB: number;
}

/** Room on a host that one user's jobs take one after the other, with pauses. */
export interface Slot {
  readonly user: string;
  readonly places: readonly Place[];
  readonly programs: readonly [Program, ...Program[]];
}

/** One stay of a job in its slot. Times are seconds since the fleet started; the first turn began before that. */
export interface Turn {
  readonly number: number;
  readonly program: Program;
  readonly start: number;
  readonly end: number;
  /** When the next one starts. */
  readonly next: number;
}

const shortestSeconds = 900;
const longestSeconds = 3600;

function turn(slot: Slot, number: number, start: number, words: readonly (string | number)[]): Turn {
  const length = shortestSeconds + (longestSeconds - shortestSeconds) * chance("length", number, ...words);
  const pause = 30 + 300 * chance("pause", number, ...words);
  const program = slot.programs[number % slot.programs.length] ?? slot.programs[0];
  return { number, program, start, end: start + length, next: start + length + pause };
}

/** The turn that is under way when the fleet starts: at least a minute old, at least some minutes to go. */
export function firstTurn(slot: Slot, words: readonly (string | number)[]): Turn {
  return turn(slot, 0, -60 - 500 * chance("age", ...words), words);
}

/** The turn a slot is in (running or in the pause after it), advanced from an earlier one. */
export function turnAt(slot: Slot, current: Turn, seconds: number, words: readonly (string | number)[]): Turn {
  let found = current;
  while (seconds >= found.next) found = turn(slot, found.number + 1, found.next, words);
  return found;
}
