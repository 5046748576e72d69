import type { Environment, TableRow, Verdict } from "../../../shared/environments";
import type { CreateWish } from "../manager";
import { adviseWithoutWheel } from "./advice";
import { cudaOfTag } from "./build";
import { amdGpus, gpuText, listed, type Machine, nvidiaGpus, row } from "./finding";
import { torchIndex, torchReleases } from "./tables";
import type { TorchRelease } from "./tableTypes";
import { judgeTorch } from "./torch";
import { compareVersions, isVersion, majorMinor } from "./versions";
import { fits, torchRelease, usableWheels, type Wheel } from "./wheels";

/** What the user chose, and what the host has. */
export interface TorchWish {
  /** `3.12` */
  readonly python?: string;
  /** `2.9` or `2.9.1`. */
  readonly version?: string;
  /** Pythons on the host: `3.12.4`. */
  readonly pythons: readonly string[];
  /** Ids of the managers whose tools the host has. */
  readonly managers: readonly string[];
  /** Instead of PyTorch's own; or a folder of wheels on the host. */
  readonly indexUrl?: string;
  readonly offlineFolder?: string;
}

/** How a working PyTorch would be made: what `create` of the manager takes but for the name; shown before anything runs. */
export interface TorchPlan extends Pick<CreateWish, "python" | "packages" | "indexUrl" | "offlineFolder"> {
  readonly kind: "plan";
  readonly manager: string;
  /** One sentence for each choice. */
  readonly why: readonly string[];
  readonly rows: readonly TableRow[];
  readonly verdictAfter: Verdict;
  /** What else could be done where the GPUs cannot be used so; an administrator's part included. */
  readonly alternatives: readonly string[];
}

export interface NoTorchPlan {
  readonly kind: "none";
  readonly why: readonly string[];
  readonly alternatives: readonly string[];
}

/** Managers that make their environment from Python's own package index, in the order that they are taken. */
const pipManagers: readonly string[] = ["uv", "venv", "virtualenv"];
/** These bring any Python with them. */
const bringsPython: readonly string[] = ["uv"];
const condaManagers: readonly string[] = ["mamba", "micromamba", "conda"];

/** What is to be installed, and why that. */
interface Choice {
  readonly release: TorchRelease | undefined;
  readonly tag: string;
  readonly why: string;
  readonly rows: readonly TableRow[];
  readonly alternatives: readonly string[];
}

/**
 * Chooses release, index, Python and manager so that the machine's GPUs are used. An index or a folder of wheels that the
 * user names wins over the tables.
 */
export function planPyTorch(machine: Machine, wish: TorchWish): TorchPlan | NoTorchPlan {
  const manager = [...pipManagers, ...condaManagers].find((one) => wish.managers.includes(one));
  if (!manager)
    return {
      kind: "none",
      why: ["This host has no manager that could make an environment."],
      alternatives: managerHelp,
    };
  return condaManagers.includes(manager) ? condaPlan(machine, wish, manager) : pipPlan(machine, wish, manager);
}

const managerHelp = ["Install uv or Miniforge into your home folder: neither needs an administrator."];

function pipPlan(machine: Machine, wish: TorchWish, manager: string): TorchPlan | NoTorchPlan {
  const usable = (release: TorchRelease) => suitsPython(release, wish, manager);
  const own = wish.offlineFolder !== undefined || wish.indexUrl !== undefined;
  const choice = own ? ownChoice(wish) : (gpuChoice(machine, wish, usable) ?? cpuChoice(machine, wish, usable));
  if (!choice) return noPython(wish);
  const python = choosePython(choice.release, wish, manager);
  const version = wish.version ?? choice.release?.version;
  const torch = version === undefined ? "torch" : `torch==${version}${isMinor(version) ? ".*" : ""}`;
  return {
    kind: "plan",
    manager,
    ...(python.version === undefined ? {} : { python: python.version }),
    packages: [torch, "torchvision"],
    ...(wish.offlineFolder === undefined ? { indexUrl: wish.indexUrl ?? `${torchIndex}${choice.tag}` } : {}),
    ...(wish.offlineFolder === undefined ? {} : { offlineFolder: wish.offlineFolder }),
    why: [choice.why, python.why, managerWhy(manager)],
    rows: choice.rows,
    verdictAfter: judgeAfter(machine, choice, version, python.version, manager),
    alternatives: choice.alternatives,
  };
}

const isMinor = (version: string): boolean => version === majorMinor(version);

function ownChoice(wish: TorchWish): Choice {
  const what = wish.offlineFolder === undefined ? `the index ${wish.indexUrl}` : `the folder ${wish.offlineFolder}`;
  const why = `You named ${what}: it decides which build of torch there is.`;
  const tag = /\/(cu\d{3}|cpu|rocm[\d.]+)\/?$/.exec(wish.indexUrl ?? "")?.[1] ?? "";
  const release = wish.version === undefined ? undefined : torchRelease(wish.version);
  return { release, tag, why, rows: [], alternatives: [] };
}

/** The best wheel for the GPUs of a release that goes with a Python at hand. */
function gpuChoice(machine: Machine, wish: TorchWish, usable: (release: TorchRelease) => boolean): Choice | undefined {
  const wheel = usableWheels(machine).find(({ release }) => isWished(release, wish) && usable(release));
  if (!wheel) return undefined;
  return {
    release: wheel.release,
    tag: wheel.tag,
    why: wheelWhy(wheel, machine),
    rows: [
      ...wheel.findings.flatMap(({ rows }) => rows),
      row(`torch ${wheel.release.version} has wheels for ${wheel.tag}`, wheel.release),
    ],
    alternatives: alternativesTo(wheel, machine),
  };
}

const isWished = (release: TorchRelease, { version }: TorchWish): boolean =>
  version === undefined || release.version === majorMinor(version);

function wheelWhy({ release, tag, findings, experimental }: Wheel, machine: Machine): string {
  const cuda = cudaOfTag(tag);
  const build = cuda ? `CUDA ${cuda}` : `ROCm ${tag.replace("rocm", "")}`;
  const gpus = [...nvidiaGpus(machine), ...amdGpus(machine)];
  const reasons = findings.map(({ why }) => why).join(" ");
  return `torch ${release.version} for ${build}${experimental ? " (experimental)" : ""} suits ${listed(gpus.map(gpuText))}. ${reasons}`;
}

function alternativesTo({ covered }: Wheel, machine: Machine): readonly string[] {
  const gpus = nvidiaGpus(machine).length + amdGpus(machine).length;
  return covered < gpus ? ["No wheel has code for all of these GPUs: make one environment for each kind."] : [];
}

/** Without a GPU it is what one wants; with one that nothing supports it is what is left. */
function cpuChoice(machine: Machine, wish: TorchWish, usable: (release: TorchRelease) => boolean): Choice | undefined {
  const release = torchReleases.find((one) => isWished(one, wish) && usable(one));
  if (!release) return undefined;
  const rows = [row(`torch ${release.version} has wheels for the CPU`, release)];
  if (machine.gpus.length === 0 && !machine.driver)
    return {
      release,
      tag: "cpu",
      why: "This machine has no GPU: the build for the CPU is small and works.",
      rows,
      alternatives: [],
    };
  const { why, alternatives } = adviseWithoutWheel(machine);
  return { release, tag: "cpu", why: `${why} This is the build for the CPU.`, rows, alternatives };
}

function suitsPython(release: TorchRelease, wish: TorchWish, manager: string): boolean {
  if (wish.python !== undefined) return fits(wish.python, release.python) !== "no";
  return bringsPython.includes(manager) || wish.pythons.some((one) => fits(one, release.python) === "yes");
}

interface PythonChoice {
  readonly version?: string;
  readonly why: string;
}

/** The newest on the host that the release was made for; uv may fetch another. */
function choosePython(release: TorchRelease | undefined, wish: TorchWish, manager: string): PythonChoice {
  if (wish.python !== undefined) return { version: wish.python, why: `Python ${wish.python}, as you chose.` };
  const newest = wish.pythons
    .filter((one) => isVersion(one) && (release === undefined || fits(one, release.python) === "yes"))
    .sort(compareVersions)
    .at(-1);
  if (newest !== undefined)
    return {
      version: majorMinor(newest),
      why: `Python ${majorMinor(newest)} is on the host and has wheels of this release.`,
    };
  if (release !== undefined && bringsPython.includes(manager))
    return {
      version: release.python.to,
      why: `Python ${release.python.to} is fetched by ${manager}: the host has none for this release.`,
    };
  return { why: `The Python that ${manager} takes by itself.` };
}

const managerWhy = (manager: string): string =>
  manager === "uv"
    ? "uv installs it: it is on the host, and fast."
    : `${manager} makes the environment: it is on the host.`;

function noPython({ python, pythons, version }: TorchWish): NoTorchPlan {
  const release = version === undefined ? torchReleases[0] : torchRelease(version);
  if (!release)
    return {
      kind: "none",
      why: [`The tables do not have torch ${version}.`],
      alternatives: ["Leave the version open, or name an index of your own."],
    };
  const has = python ?? (pythons.length > 0 ? listed(pythons) : "no Python");
  const { from, to } = release.python;
  return {
    kind: "none",
    why: [`torch ${release.version} is for Python ${from} to ${to}, and there is ${has}.`],
    alternatives: ["Install uv into your home folder: it fetches any Python."],
  };
}

/** conda-forge's package chooses its CUDA itself, by what conda sees of the driver. */
function condaPlan(machine: Machine, wish: TorchWish, manager: string): TorchPlan {
  const gpu = nvidiaGpus(machine).length > 0;
  const version = wish.version === undefined ? "" : `=${wish.version}`;
  const best = usableWheels(machine)[0];
  return {
    kind: "plan",
    manager,
    python: wish.python ?? torchReleases[0]?.python.to ?? "3.12",
    packages: [`conda-forge::pytorch${gpu ? "-gpu" : ""}${version}`, "conda-forge::torchvision"],
    ...(wish.indexUrl === undefined ? {} : { indexUrl: wish.indexUrl }),
    ...(wish.offlineFolder === undefined ? {} : { offlineFolder: wish.offlineFolder }),
    why: [
      `${manager} is the only manager here. conda-forge's pytorch chooses its build by the driver that conda sees.`,
    ],
    rows: best?.findings.flatMap(({ rows }) => rows) ?? [],
    verdictAfter: {
      subject: "pytorch of conda-forge",
      grade: gpu ? "unknown" : "works",
      why: gpu
        ? "For which GPUs conda-forge's build has code is not in the tables; the self-test will tell."
        : "A build for the CPU.",
      rows: [],
    },
    alternatives: managerHelp,
  };
}

function judgeAfter(
  machine: Machine,
  { tag }: Choice,
  version: string | undefined,
  pythonVersion: string | undefined,
  manager: string,
): Verdict {
  const subject = `torch ${version ?? ""}${tag ? `+${tag}` : ""}`;
  if (tag === "" || version === undefined)
    return {
      subject: subject.trim(),
      grade: "unknown",
      why: "What the index has is known only once it is installed.",
      rows: [],
    };
  const torch = { name: "torch", version: `${isMinor(version) ? `${version}.0` : version}+${tag}` };
  const environment: Environment = {
    manager,
    name: "",
    prefix: "",
    packages: [torch],
    ...(pythonVersion === undefined ? {} : { pythonVersion }),
  };
  return { ...judgeTorch(torch, environment, machine), subject };
}
