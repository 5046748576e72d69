import { cudaOfTag } from "./build";
import { checkCode, checkDriver, checkNvidia, reach } from "./cuda";
import { amdGpus, type Finding, type Machine, nvidiaGpus, remember } from "./finding";
import { checkAmd, checkGfx } from "./rocm";
import { rocmTargets, torchReleases, wheelTargets } from "./tables";
import type { PythonRange, RocmTargets, TorchRelease, WheelTargets } from "./tableTypes";
import { atLeast, compareVersions, majorMinor } from "./versions";

/** A wheel of PyTorch for GPUs, and what the tables say of it on a machine. */
export interface Wheel {
  readonly release: TorchRelease;
  /** `cu126`, `rocm7.2` */
  readonly tag: string;
  readonly experimental: boolean;
  readonly findings: readonly Finding[];
  /** Worst of the findings; never `fails` or `unknown` in `usableWheels`. */
  readonly limited: boolean;
  /** How many of the machine's GPUs it has code for. */
  readonly covered: number;
  /** How many releases are newer. */
  readonly place: number;
}

const within = (version: string, from: string, to: string | undefined): boolean =>
  atLeast(version, from) && (to === undefined || compareVersions(version, to) <= 0);

export const torchRelease = (version: string): TorchRelease | undefined =>
  torchReleases.find((one) => one.version === majorMinor(version));

/** What a wheel has code for, from the tables; nothing where no row is about it. */
export function torchTargets(
  version: string,
  tag: string,
  { architecture = "x86_64" }: Machine,
): WheelTargets | undefined {
  const release = majorMinor(version);
  return wheelTargets.find(
    (one) => one.tag === tag && one.machine === architecture && within(release, one.from, one.to),
  );
}

export const rocmTargetsOf = (version: string) =>
  rocmTargets.find(({ from, to }) => within(majorMinor(version), from, to));

/** Whether a Python such as `3.12.4` is one that the release has wheels for. */
export function fits(python: string, { from, to, experimental }: PythonRange): "yes" | "experimental" | "no" {
  const version = majorMinor(python);
  if (within(version, from, to)) return "yes";
  return version === experimental ? "experimental" : "no";
}

/** How many releases of the table are newer. */
export const placeOf = (version: string): number => {
  const place = torchReleases.findIndex((one) => atLeast(version, one.version));
  return place === -1 ? torchReleases.length : place;
};

/** What the rows say of a build, whichever release it is of. */
type Outcome = Pick<Wheel, "findings" | "covered">;

function cudaOutcome(targets: WheelTargets, machine: Machine): Outcome {
  const cuda = cudaOfTag(targets.tag) ?? "";
  const driver = checkDriver(cuda, machine);
  if (!isUsable([driver])) return { findings: [driver], covered: 0 };
  const covered = nvidiaGpus(machine).filter((gpu) => ["code", "ptx"].includes(reach(targets, gpu))).length;
  return { findings: [driver, checkCode("The wheel", cuda, targets, machine)], covered };
}

function rocmOutcome(targets: RocmTargets, machine: Machine): Outcome {
  const covered = amdGpus(machine).filter(({ gfx }) => gfx && targets.gfx.includes(gfx.replace(/:.*/, ""))).length;
  return { findings: [checkGfx(targets, machine)], covered };
}

const isUsable = (findings: readonly Finding[]): boolean =>
  findings.every(({ grade }) => grade === "works" || grade === "limited");

/** Best first: more GPUs, a newer release, no limit, not experimental, a newer CUDA. */
function better(a: Wheel, b: Wheel): number {
  return (
    b.covered - a.covered ||
    a.place - b.place ||
    Number(a.limited) - Number(b.limited) ||
    Number(a.experimental) - Number(b.experimental) ||
    compareVersions(cudaOfTag(b.tag) ?? "0", cudaOfTag(a.tag) ?? "0")
  );
}

/** Every wheel that uses GPUs of the machine, best first. */
export const usableWheels = remember(findWheels);

/**
 * Those that use as many of the GPUs as any does, by the Python they are for, as `3.12`; any Python's where it is empty.
 */
const bestWheels = remember(() => new Map<string, readonly Wheel[]>());

export function bestWheelsFor(machine: Machine, python: string): readonly Wheel[] {
  const known = bestWheels(machine);
  const before = known.get(python);
  if (before) return before;
  const wheels = usableWheels(machine).filter(({ release }) => python === "" || fits(python, release.python) !== "no");
  const best = wheels.filter(({ covered }) => covered === wheels[0]?.covered);
  known.set(python, best);
  return best;
}

function findWheels(machine: Machine): readonly Wheel[] {
  const wheels: Wheel[] = [];
  // Many releases share a row.
  const known = new Map<WheelTargets | RocmTargets, Outcome>();
  const add = <T extends WheelTargets | RocmTargets>(
    release: TorchRelease,
    tag: string,
    targets: T | undefined,
    judgeIt: (targets: T, machine: Machine) => Outcome,
  ) => {
    if (!targets) return;
    const outcome = known.get(targets) ?? judgeIt(targets, machine);
    known.set(targets, outcome);
    if (!isUsable(outcome.findings)) return;
    const limited = outcome.findings.some(({ grade }) => grade === "limited");
    const experimental = release.experimental.includes(tag);
    wheels.push({ ...outcome, release, tag, experimental, limited, place: placeOf(release.version) });
  };
  const nvidia = checkNvidia(machine) === undefined;
  const amd = checkAmd(machine) === undefined;
  for (const release of torchReleases) {
    for (const tag of nvidia ? [...release.stable, ...release.experimental] : [])
      add(release, tag, torchTargets(release.version, tag, machine), cudaOutcome);
    if (amd && release.rocm) add(release, release.rocm, rocmTargetsOf(release.version), rocmOutcome);
  }
  return wheels.sort(better);
}
