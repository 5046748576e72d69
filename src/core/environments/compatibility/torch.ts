import type { Environment, GpuBuild, Package, Verdict } from "../../../shared/environments";
import { condaLike } from "../overlay";
import { jetsonFix } from "./advice";
import { buildOf, builtFor, cudaTag, labelOf, subjectOf } from "./build";
import { checkCode, checkDriver, checkNvidia, driverAdvice, reach } from "./cuda";
import {
  checkCpuBuild,
  type Finding,
  isIntegrated,
  type Machine,
  nvidiaGpus,
  remember,
  row,
  unknown,
  verdict,
} from "./finding";
import { checkAmd, checkGfx } from "./rocm";
import { integrated, torchIndex, torchReleases } from "./tables";
import type { TorchRelease } from "./tableTypes";
import { isVersion, majorMinor } from "./versions";
import { bestWheelsFor, fits, placeOf, rocmTargetsOf, torchRelease, torchTargets } from "./wheels";

/** By package, Python and manager: many environments have the same, and what is compiled against torch asks again. */
const judgedBefore = remember(() => new Map<string, Verdict>());

export function judgeTorch(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const before = judgedBefore(machine);
  const { name, version, build, channel } = pkg;
  const key = [
    name,
    version,
    build?.kind,
    builtFor(build),
    channel,
    environment.pythonVersion,
    environment.manager,
  ].join("\n");
  const judged = before.get(key) ?? judgeAnew(pkg, environment, machine);
  before.set(key, judged);
  return judged;
}

function judgeAnew(pkg: Package, environment: Environment, machine: Machine): Verdict {
  const python = checkPython(pkg, environment);
  const findings = [...checkBuild(pkg, environment, machine), ...(python ? [python] : [])];
  const judged = verdict(subjectOf(pkg), findings);
  if (judged.grade === "works" || judged.fix !== undefined) return judged;
  const fix = smallestChange(pkg, environment, machine, judged.grade);
  return fix === undefined ? judged : { ...judged, fix };
}

function checkBuild(pkg: Package, environment: Environment, machine: Machine): readonly Finding[] {
  const build = buildOf(pkg);
  if (!build) return [unknown("Its metadata does not say what it was built for.")];
  if (build.kind === "cpu") return [checkCpuBuild(machine)];
  if (build.kind === "rocm") return [checkAmd(machine) ?? checkGfx(rocmTargetsOf(pkg.version), machine)];
  const missing = checkNvidia(machine);
  if (missing) return [missing];
  if (!isVersion(build.version)) return [unknown("Its metadata does not say which CUDA it was built for.")];
  return [checkDriver(build.version, machine), checkWheel(pkg, build.version, environment, machine)];
}

function checkWheel(pkg: Package, cuda: string, environment: Environment, machine: Machine): Finding {
  const targets = isOfficial(pkg, environment) ? torchTargets(pkg.version, cudaTag(cuda), machine) : undefined;
  const gpus = nvidiaGpus(machine);
  if (
    isOfficial(pkg, environment) &&
    gpus.every((gpu) => isIntegrated(gpu) && (!targets || reach(targets, gpu) === "none"))
  ) {
    const rows = [row("Code for other GPUs does not run on integrated ones", integrated)];
    return { grade: "fails", why: "PyTorch's own wheels have no code for a Jetson's GPU.", rows, fix: jetsonFix };
  }
  if (targets) return checkCode("The wheel", cuda, targets, machine);
  const where = isOfficial(pkg, environment)
    ? "for this release, CUDA version and processor"
    : "about builds from elsewhere";
  return unknown(`For which GPUs it has code is not known: the tables have no row ${where}.`);
}

/** Made by PyTorch itself; conda-forge, NVIDIA and others choose GPUs of their own. */
function isOfficial({ version, channel }: Package, { manager }: Environment): boolean {
  const label = labelOf(version);
  if (label !== undefined) return /^(cu\d{3}|rocm[\d.]+|cpu)$/.test(label);
  return channel === "pypi" || (channel === undefined && !condaLike.has(manager));
}

function checkPython(pkg: Package, environment: Environment): Finding | undefined {
  const { pythonVersion } = environment;
  const release = torchRelease(pkg.version);
  if (!release || !isVersion(pythonVersion) || !isOfficial(pkg, environment)) return undefined;
  const { from, to, experimental } = release.python;
  const rows = [row(`torch ${release.version} is for Python ${from} to ${to}`, release)];
  const fit = fits(pythonVersion, release.python);
  if (fit === "yes") return undefined;
  if (fit === "experimental")
    return {
      grade: "limited",
      why: `torch ${release.version} supports Python ${experimental} only as an experiment.`,
      rows,
    };
  return {
    grade: "unknown",
    why: `torch ${release.version} is made for Python ${from} to ${to}, and this is ${majorMinor(pythonVersion)}.`,
    rows,
    fix: pythonFix(release, pythonVersion),
  };
}

function pythonFix(release: TorchRelease, python: string): string {
  const places = torchReleases.flatMap((one, place) => (fits(python, one.python) === "yes" ? [{ ...one, place }] : []));
  const other = nearest(placeOf(release.version), places);
  const own = `Use Python ${release.python.to} for torch ${release.version}`;
  return other === undefined ? `${own}.` : `${own}, or torch ${other.version} for Python ${majorMinor(python)}.`;
}

/** The candidate with the fewest releases between it and this place; the first, and so the better, of several. */
function nearest<T extends { readonly place: number }>(place: number, candidates: readonly T[]): T | undefined {
  let best: T | undefined;
  for (const one of candidates) if (!best || Math.abs(one.place - place) < Math.abs(best.place - place)) best = one;
  return best;
}

/** The nearest release and index whose wheel uses as many of the GPUs as any, else the driver that this one needs. */
function smallestChange(
  pkg: Package,
  { pythonVersion }: Environment,
  machine: Machine,
  grade: Verdict["grade"],
): string | undefined {
  if (grade === "unknown") return undefined;
  const best = bestWheelsFor(machine, isVersion(pythonVersion) ? majorMinor(pythonVersion) : "");
  const wheel = nearest(placeOf(pkg.version), best);
  const build = buildOf(pkg);
  if (!wheel) {
    const cuda = build?.kind === "cuda" && nvidiaGpus(machine).length > 0 ? build.version : undefined;
    return cuda && driverAdvice(cuda, machine);
  }
  const release = majorMinor(pkg.version);
  const tag = tagOf(build);
  const own = best.find((one) => one.tag === tag && one.release.version === release);
  const helps = !own || (own.limited && !wheel.limited);
  return helps ? `Install torch ${wheel.release.version} from the index ${torchIndex}${wheel.tag}.` : undefined;
}

function tagOf(build: GpuBuild | undefined): string | undefined {
  if (!build || build.kind === "cpu" || build.version === undefined) return undefined;
  return build.kind === "cuda" ? cudaTag(build.version) : `rocm${build.version}`;
}
