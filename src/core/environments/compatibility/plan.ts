import type { Environment, TableRow, Verdict } from "../../../shared/environments";
import type { CreateWish } from "../manager";
import { type Advice, adviseWithoutWheel } from "./advice";
import { cudaOfTag } from "./build";
import { amdGpus, checkCpuBuild, gpuText, listed, type Machine, nvidiaGpus, row, unknown, verdict } from "./finding";
import { choosePython, suitsPython, withoutPython } from "./planPython";
import { torchIndex, torchReleases } from "./tables";
import type { TorchRelease } from "./tableTypes";
import { judgeTorch } from "./torch";
import { majorMinor } from "./versions";
import { torchRelease, usableWheels, type Wheel } from "./wheels";

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
  const { architecture = "x86_64" } = machine;
  if (!isOwn(wish) && !torchArchitectures.includes(architecture))
    return {
      kind: "none",
      why: [`PyTorch makes no wheels for ${architecture}.`],
      alternatives: ["Build PyTorch from source, or name an index that has wheels for it."],
    };
  const manager = [...pipManagers, ...condaManagers].find((one) => wish.managers.includes(one));
  if (!manager)
    return {
      kind: "none",
      why: ["This host has no manager that could make an environment."],
      alternatives: managerHelp,
    };
  if (condaManagers.includes(manager) && isOwn(wish))
    return {
      kind: "none",
      why: [`${manager} is the only manager here, and does not install from a Python index or a folder of wheels.`],
      alternatives: managerHelp,
    };
  return condaManagers.includes(manager) ? condaPlan(machine, wish, manager) : pipPlan(machine, wish, manager);
}

const isOwn = ({ indexUrl, offlineFolder }: TorchWish): boolean =>
  indexUrl !== undefined || offlineFolder !== undefined;

/** As `uname -m` says. */
const torchArchitectures: readonly string[] = ["x86_64", "aarch64"];

const managerHelp = ["Install uv or Miniforge into your home folder: neither needs an administrator."];

function pipPlan(machine: Machine, wish: TorchWish, manager: string): TorchPlan | NoTorchPlan {
  const usable = (release: TorchRelease) => suitsPython(release, wish, manager);
  const choice = isOwn(wish) ? ownChoice(wish) : (gpuChoice(machine, wish, usable) ?? cpuChoice(machine, wish, usable));
  if (!choice) return withoutPython(wish, manager);
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
  return `torch ${release.version} for ${build}${experimental ? " (experimental)" : ""} suits ${listed(gpus, gpuText)}. ${reasons}`;
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
  const { why, alternatives } = adviseOtherwise(machine, wish) ?? adviseWithoutWheel(machine);
  return { release, tag: "cpu", why: `${why} This is the build for the CPU.`, rows, alternatives };
}

/** Some wheel would use the GPUs, were it not for the wish. */
function adviseOtherwise(machine: Machine, { version }: TorchWish): Advice | undefined {
  const best = usableWheels(machine)[0];
  if (!best) return undefined;
  const { version: other, python } = best.release;
  return {
    why: `No wheel of torch${version === undefined ? "" : ` ${version}`} for this Python uses the GPUs.`,
    alternatives: [
      `torch ${other} from the index ${torchIndex}${best.tag} uses them, with Python ${python.from} to ${python.to}.`,
    ],
  };
}

const managerWhy = (manager: string): string =>
  manager === "uv"
    ? "uv installs it: it is on the host, and fast."
    : `${manager} makes the environment: it is on the host.`;

/** conda-forge's package chooses its CUDA itself, by what conda sees of the driver; and its Python, where none is wished. */
function condaPlan(machine: Machine, wish: TorchWish, manager: string): TorchPlan {
  const forCuda = nvidiaGpus(machine).length > 0;
  const package_ = `conda-forge::pytorch${forCuda ? "-gpu" : ""}`;
  return {
    kind: "plan",
    manager,
    ...(wish.python === undefined ? {} : { python: wish.python }),
    packages: [wish.version === undefined ? package_ : `${package_}=${wish.version}`, "conda-forge::torchvision"],
    why: [
      `${manager} makes it, as the host has no manager of Python's own packages. conda-forge's pytorch chooses its build by the driver that conda sees.`,
    ],
    rows: [],
    verdictAfter: verdict("pytorch of conda-forge", [forCuda ? unknown(condaUnknown) : checkCpuBuild(machine)]),
    alternatives: managerHelp,
  };
}

const condaUnknown = "For which GPUs conda-forge's build has code is not in the tables; the self-test will tell.";

function judgeAfter(
  machine: Machine,
  { tag }: Choice,
  version: string | undefined,
  pythonVersion: string | undefined,
  manager: string,
): Verdict {
  const subject = `torch ${version ?? ""}${tag ? `+${tag}` : ""}`;
  if (tag === "" || version === undefined)
    return verdict(subject.trim(), [unknown("What the index has is known only once it is installed.")]);
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
