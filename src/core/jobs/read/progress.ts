import type { LineEnd } from "./lines";
import { readBar, readSteps, type Steps } from "./steps";

/** How far a job is, by its outermost loop that tells. */
export interface Progress {
  /** As the program counts: `450` of `1000`, `3` of `10` epochs. */
  readonly done: number;
  readonly total: number;
  /** 0 to 1; counts what the loops inside have done of the present step, where they tell. */
  readonly fraction: number;
  readonly etaSeconds?: number;
  /** Steps a second of the outermost loop. */
  readonly rate?: number;
  readonly label?: string;
}

export interface ProgressReader {
  /** `at`: when the line arrived, in milliseconds of a clock that only grows. */
  line(text: string, end: LineEnd, at: number): void;
  /** The remaining time counts down from when it was told. */
  current(at: number): Progress | undefined;
}

interface Loop {
  readonly key: string;
  /** Places in the order of what was said: when it began, last moved on, and was last told. */
  readonly since: number;
  moved: number;
  said: number;
  saidAt: number;
  steps: Omit<Steps, "outer">;
  /** How often a loop inside came to its end since this one moved on. */
  rounds: number;
  /** Where it stood when, at least a second apart: its pace, where the program does not tell it. */
  readonly seen: { readonly at: number; fraction: number }[];
}

const LOOPS = 16;
/** A loop that stands still while others end so often was left without a word. */
const ROUNDS = 10;
const SEEN = 32;
/** Times of arrival say nothing about pace where much of a log arrives at once. */
const PACE_MS = 1000;

/** Follows bars and counters; knows the outermost of nested ones. */
export function createProgressReader(): ProgressReader {
  /** Oldest first. */
  const loops: Loop[] = [];
  let turn = 0;

  function note(key: string, steps: Omit<Steps, "outer">, at: number): void {
    const known = loops.find((one) => one.key === key);
    turn++;
    // One that began anew is younger than whatever went on around it.
    const fresh = !known || steps.done < known.steps.done;
    if (known && fresh) loops.splice(loops.indexOf(known), 1);
    const loop: Loop =
      known && !fresh ? known : { key, since: turn, moved: turn, said: turn, saidAt: at, steps, rounds: 0, seen: [] };
    if (fresh) loops.push(loop);
    if (loops.length > LOOPS) loops.shift();
    const moves = fresh || steps.done !== loop.steps.done;
    if (moves && steps.done === steps.total) for (const other of loops) if (other.since < loop.since) other.rounds++;
    if (moves) Object.assign(loop, { moved: turn, rounds: 0 });
    Object.assign(loop, { steps, said: turn, saidAt: at });
  }

  /** The oldest loop that goes on, else the one that ended last. */
  const outermost = (): Loop | undefined =>
    loops.find((one) => one.steps.done < one.steps.total && one.rounds < ROUNDS) ??
    loops.reduce<Loop | undefined>((last, one) => (last && last.moved > one.moved ? last : one), undefined);

  /** Counts what the loop inside has done since the outer one moved on. */
  function fractionOf(loop: Loop): number {
    const inside = loops.find((one) => one.since > loop.since);
    const part = inside && inside.said > loop.moved ? inside.steps.done / inside.steps.total : 0;
    return Math.min(1, (loop.steps.done + part) / loop.steps.total);
  }

  function observe(at: number): void {
    const loop = outermost();
    if (!loop) return;
    const { seen } = loop;
    const fraction = fractionOf(loop);
    const newest = seen.at(-1);
    if (!newest || at - newest.at >= PACE_MS) seen.push({ at, fraction });
    else if (seen.length === 1) newest.fraction = fraction;
    if (seen.length > SEEN) seen.splice(1, 1);
  }

  return {
    line(text, end, at) {
      const told = end === "pending" ? readBar(text) : readSteps(text);
      if (!told) return;
      const { outer, ...steps } = told;
      if (outer) note("around", { kind: "heading", label: "epoch", ...outer }, at);
      note(keyOf(steps, outer !== undefined), steps, at);
      observe(at);
    },

    current(at) {
      const loop = outermost();
      if (!loop) return undefined;
      const { done, total, rate, label } = loop.steps;
      const fraction = fractionOf(loop);
      const etaSeconds = fraction === 1 ? 0 : etaOf(loop, fraction, at);
      return {
        done,
        total,
        fraction,
        ...(etaSeconds === undefined ? {} : { etaSeconds }),
        ...(rate === undefined ? {} : { rate }),
        ...(label === undefined ? {} : { label }),
      };
    },
  };
}

/** A loop is known by its name and length; numbers in a bar's name change as it goes on. */
function keyOf({ kind, label = "", total }: Omit<Steps, "outer">, inside: boolean): string {
  return `${inside ? "inside" : "alone"} ${kind === "bar" ? "bar" : "line"} ${label.replace(/[\d.]+/g, "#")} ${total}`;
}

/** What the program said, less the time since; else by the pace at which it told. */
function etaOf({ steps, saidAt, seen }: Loop, fraction: number, at: number): number | undefined {
  if (steps.etaSeconds !== undefined) return Math.max(0, Math.round(steps.etaSeconds - (at - saidAt) / 1000));
  const first = seen[0];
  const last = seen.at(-1);
  if (!first || !last || last.at - first.at < PACE_MS || last.fraction <= first.fraction) return undefined;
  const eachMs = (last.fraction - first.fraction) / (last.at - first.at);
  return Math.max(0, Math.round(((1 - Math.max(fraction, last.fraction)) / eachMs - (at - last.at)) / 1000));
}
