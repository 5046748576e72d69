import type { GpuModel } from "./hardware";
import { chance, wander } from "./random";
import type { Place, Turn, WorkKind } from "./schedule";

/** A job on its places. `end` is earlier than the turn's own end where somebody killed it. Seconds since the fleet started. */
export interface Work {
  readonly turn: Turn;
  readonly places: readonly Place[];
  readonly end: number;
  /** Seeds of its noise: the same job looks the same at the same time. */
  readonly words: readonly (string | number)[];
}

/** What a GPU does at one moment. */
export interface GpuReading {
  readonly utilizationPercent: number;
  readonly memoryUtilizationPercent: number;
  readonly memoryUsedMiB: number;
  readonly watts: number;
  readonly celsius: number;
  readonly memoryCelsius: number;
  readonly fanPercent: number;
  readonly clockMhz: number;
  readonly memoryClockMhz: number;
  /** The clocks are held down by the power limit. */
  readonly powerCapped: boolean;
  readonly idle: boolean;
}

/** Seconds from the start of a process until its memory is full: context, then weights, then optimizer state and activations. */
const loadingSteps = [
  { after: 3, share: 0.01 },
  { after: 9, share: 0.35 },
  { after: 20, share: 0.8 },
  { after: 32, share: 1 },
];

/** Share of its final memory that a job holds this many seconds after its start. It grows in steps and stays. */
function memoryShare(age: number): number {
  return loadingSteps.findLast((step) => age >= step.after)?.share ?? 0;
}

/** Share of a GPU's time that a job keeps it busy, 0 to 1. */
export function load(kind: WorkKind, age: number, place: Place, words: readonly (string | number)[]): number {
  if (age < 20) return 0;
  const noise = wander(age, 1.7, "noise", place.gpu, place.mig ?? "", ...words);
  if (kind === "notebook") {
    const cell = Math.floor(age / 45);
    return chance("cell", cell, ...words) < 0.25 && age % 45 < 12 ? 0.55 + 0.3 * noise : 0;
  }
  if (kind === "serving") return Math.max(0.02, 0.35 + 0.3 * wander(age, 19, "demand", ...words) + 0.15 * noise);
  return trainingLoad(age, words) + 0.025 * noise;
}

/** Epochs of near full load; a checkpoint and an evaluation close each one, and now and then the data loader is late. */
function trainingLoad(age: number, words: readonly (string | number)[]): number {
  const epoch = 150 + 120 * chance("epoch", ...words);
  const into = age % epoch;
  if (into < 5) return 0.06;
  if (into > epoch * 0.87) return 0.46 + 0.1 * wander(age, 4, "evaluation", ...words);
  const window = Math.floor(age / 30);
  const stalled = chance("stall", window, ...words) < 0.3 && age % 30 < 2.5;
  return stalled ? 0.3 : 0.96;
}

/** True while the job runs and sits on this GPU (and this MIG instance, where one is asked for). */
export function isOn(work: Work, seconds: number, gpu: number, mig?: number): boolean {
  if (seconds < work.turn.start || seconds >= work.end) return false;
  return work.places.some((place) => place.gpu === gpu && (mig === undefined || place.mig === mig));
}

/** Memory the job holds on each of its places, in MiB. */
export function memoryOf(work: Work, seconds: number): number {
  return Math.round(work.turn.program.memoryMiB * memoryShare(seconds - work.turn.start));
}

interface Effort {
  /** 0 to 1. */
  readonly busy: number;
  /** What it would draw if nothing limited it. */
  readonly wantedWatts: number;
}

function effort(model: GpuModel, gpu: number, works: readonly Work[], seconds: number): Effort {
  let busy = 0;
  let appetite = 0;
  for (const work of works) {
    if (!isOn(work, seconds, gpu)) continue;
    const age = seconds - work.turn.start;
    for (const place of work.places) {
      if (place.gpu !== gpu) continue;
      const share = place.mig === undefined ? 1 : 1 / 3;
      const part = Math.max(0, load(work.turn.program.kind, age, place, work.words)) * share;
      busy += part;
      appetite += part * (0.8 + 0.3 * chance("appetite", gpu, ...work.words));
    }
  }
  const span = model.powerLimitWatts - model.idleWatts;
  const flicker = 1.5 * wander(seconds, 2.3, "power", gpu, model.name);
  return { busy: Math.min(1, busy), wantedWatts: model.idleWatts + span * appetite ** 0.9 + flicker };
}

/** Seconds ago and weight: the heat sink remembers about a minute. */
const heatMemory = [
  { ago: 1, weight: 0.2 },
  { ago: 6, weight: 0.25 },
  { ago: 15, weight: 0.25 },
  { ago: 30, weight: 0.2 },
  { ago: 60, weight: 0.1 },
];

/** The state of one GPU, a pure function of its model, the jobs and the time. */
export function readGpu(model: GpuModel, gpu: number, works: readonly Work[], seconds: number): GpuReading {
  const now = effort(model, gpu, works, seconds);
  const powerCapped = now.wantedWatts > model.powerLimitWatts;
  const limited = (watts: number) => Math.min(watts, model.powerLimitWatts);
  const heat = heatMemory.reduce(
    (sum, { ago, weight }) => sum + weight * limited(effort(model, gpu, works, seconds - ago).wantedWatts),
    0,
  );
  const celsius = model.coolCelsius + (model.hotCelsius - model.coolCelsius) * (heat / model.powerLimitWatts);
  const used = works
    .filter((work) => isOn(work, seconds, gpu))
    .reduce((sum, work) => sum + memoryOf(work, seconds) * work.places.filter((place) => place.gpu === gpu).length, 0);
  const present = used > 0;
  const idle = now.busy < 0.01;
  return {
    utilizationPercent: Math.round(100 * now.busy),
    memoryUtilizationPercent: Math.round(45 * now.busy),
    memoryUsedMiB: Math.min(model.memoryMiB - model.reservedMiB, model.restingMemoryMiB + used),
    watts: limited(now.wantedWatts),
    celsius: Math.round(celsius),
    memoryCelsius: Math.round(celsius + 6),
    fanPercent: model.fan ? Math.round(30 + 70 * Math.max(0, (celsius - 40) / 50)) : 0,
    clockMhz: clock(model, present, idle, powerCapped ? model.powerLimitWatts / now.wantedWatts : 1),
    memoryClockMhz: present || !model.memoryClockSleeps ? model.memoryClockMhz : model.idleClockMhz,
    powerCapped,
    idle,
  };
}

/** A GPU without a process rests; with one it boosts; at its power limit it gives up speed in steps of 15 MHz. */
function clock(model: GpuModel, present: boolean, idle: boolean, headroom: number): number {
  if (!present) return model.idleClockMhz;
  if (idle || headroom === 1) return model.maxClockMhz;
  return Math.round((model.maxClockMhz * headroom ** 0.7) / 15) * 15;
}
