/**
 * What the advisor knows: rows of official tables, each with its page and the day that was read. This is the one file to
 * edit when something new is released; `docs/compatibility.md` says how.
 */
import type {
  CompilerTargets,
  CudaFamily,
  CudaTargets,
  JaxBuild,
  Page,
  PythonRange,
  RocmTargets,
  Sourced,
  TensorflowRelease,
  ToolkitDriver,
  TorchRelease,
  WheelTargets,
  XformersRelease,
} from "./tableTypes";

/** Read on this day, where a row names no other. */
const read = (url: string, date = "2026-11-22"): Page => ({ url, date });

const cudaNotes = read("https://docs.nvidia.com/cuda/cuda-toolkit-release-notes/index.html", "2026-09-14");
const minorVersions = read(
  "https://docs.nvidia.com/deploy/cuda-compatibility/minor-version-compatibility.html",
  "2026-09-14",
);
const forward = read("https://docs.nvidia.com/deploy/cuda-compatibility/forward-compatibility.html");
const oldGpus = read(
  "https://developer.nvidia.com/blog/navigating-gpu-architecture-support-a-guide-for-nvidia-cuda-developers",
);
const ampereGuide = read("https://docs.nvidia.com/cuda/archive/11.0_GA/ampere-compatibility-guide/index.html");
const nvccManual = read("https://docs.nvidia.com/cuda/cuda-compiler-driver-nvcc/index.html");
const torchMatrix = read("https://github.com/pytorch/pytorch/blob/main/RELEASE.md", "2026-09-14");
const torchBuild = read("https://github.com/pytorch/pytorch/tree/main/.ci/manywheel");
const torchBuilder = read("https://github.com/pytorch/builder/blob/main/manywheel/build_cuda.sh");
const torchCuda = read("https://github.com/pytorch/pytorch/blob/main/torch/cuda/__init__.py");
const torchRocm = read("https://github.com/pytorch/pytorch/blob/release/2.13/.ci/docker/manywheel/build.sh");
const jaxInstall = read("https://docs.jax.dev/en/latest/installation.html");
const tensorflowBuilds = read("https://www.tensorflow.org/install/source#gpu");
const tensorflowPip = read("https://www.tensorflow.org/install/pip#hardware_requirements");
const tensorflowBlackwell = read("https://github.com/tensorflow/tensorflow/issues/89272");
const cupyInstall = read("https://docs.cupy.dev/en/stable/install.html");
const flashAttention = read("https://github.com/Dao-AILab/flash-attention/blob/main/README.md");
const xformersChanges = read("https://github.com/facebookresearch/xformers/blob/main/CHANGELOG.md");

const driver = (cuda: string, driver: string): ToolkitDriver => ({ cuda, driver, page: cudaNotes });

/** Newest first. */
export const toolkitDrivers: readonly ToolkitDriver[] = [
  driver("13.4", "615"),
  driver("13.3", "610.43.02"),
  driver("13.2.2", "595.71.05"),
  driver("13.2.1", "595.58.03"),
  driver("13.2", "595.45.04"),
  driver("13.1.1", "590.48.01"),
  driver("13.1", "590.44.01"),
  driver("13.0.2", "580.95.05"),
  driver("13.0.1", "580.82.07"),
  driver("13.0", "580.65.06"),
  driver("12.9.1", "575.57.08"),
  driver("12.9", "575.51.03"),
  driver("12.8.1", "570.124.06"),
  driver("12.8", "570.26"),
  driver("12.6.3", "560.35.05"),
  driver("12.6.1", "560.35.03"),
  driver("12.6", "560.28.03"),
  driver("12.5.1", "555.42.06"),
  driver("12.5", "555.42.02"),
  driver("12.4.1", "550.54.15"),
  driver("12.4", "550.54.14"),
  driver("12.3.1", "545.23.08"),
  driver("12.3", "545.23.06"),
  driver("12.2.2", "535.104.05"),
  driver("12.2.1", "535.86.09"),
  driver("12.2", "535.54.03"),
  driver("12.1", "530.30.02"),
  driver("12.0.1", "525.85.12"),
  driver("12.0", "525.60.13"),
  driver("11.8", "520.61.05"),
  driver("11.7.1", "515.48.07"),
  driver("11.7", "515.43.04"),
  driver("11.6.1", "510.47.03"),
  driver("11.6", "510.39.01"),
  driver("11.5", "495.29.05"),
  driver("11.4.3", "470.82.01"),
  driver("11.4.1", "470.57.02"),
  driver("11.4", "470.42.01"),
  driver("11.3", "465.19.01"),
  driver("11.2.1", "460.32.03"),
  driver("11.2", "460.27.03"),
  driver("11.1.1", "455.32"),
  driver("11.1", "455.23"),
  driver("11.0.2", "450.51.06"),
  driver("11.0.1", "450.51.05"),
  driver("11.0", "450.36.06"),
  driver("10.2", "440.33"),
  driver("10.1", "418.39"),
  driver("10.0", "410.48"),
];

export const cudaFamilies: readonly CudaFamily[] = [
  { major: 13, driver: "580", page: minorVersions },
  { major: 12, driver: "525.60.13", page: minorVersions },
  { major: 11, driver: "450.80.02", page: minorVersions },
  { major: 10, page: minorVersions },
];

/** `cuda-compat-13-0` lets a newer CUDA run on an older driver; only on these GPUs. */
export const forwardCompatibility: Sourced & { readonly gpuNames: RegExp } = {
  gpuNames: /\b(tesla|A2|A10|A16|A30|A40|A100|A800|G?B[123]00|GH200|H20|H[128]00|L4|L20|L40S?|P4|P40|P100|T4|V100)\b/i,
  page: forward,
};

/** The last driver branch that knows GPUs below this compute capability. */
export const lastBranch = { belowComputeCapability: "7.5", branch: "580", page: oldGpus } as const satisfies Sourced & {
  belowComputeCapability: string;
  branch: string;
};

/** Machine code runs on GPUs of its generation with the same or a higher minor number; PTX on all later ones. */
export const codeRule: Sourced = { page: ampereGuide };

/** Integrated GPUs (Jetson): they run only code that was built for them. */
export const integrated: Sourced & { readonly computeCapabilities: readonly string[]; readonly names: RegExp } = {
  computeCapabilities: ["5.3", "6.2", "7.2", "8.7", "10.1"],
  names: /\b(orin|xavier|jetson|tegra)\b/i,
  page: torchCuda,
};

/** Oldest first. */
export const compilerTargets: readonly CompilerTargets[] = [
  { since: "10.0", least: "3.0", generations: [3, 5, 6, 7], page: nvccManual, unverified: true },
  { since: "11.0", least: "3.5", generations: [3, 5, 6, 7, 8], page: ampereGuide },
  { since: "11.8", least: "3.5", generations: [3, 5, 6, 7, 8, 9], page: nvccManual },
  { since: "12.0", least: "5.0", generations: [5, 6, 7, 8, 9], page: jaxInstall },
  { since: "12.8", least: "5.0", generations: [5, 6, 7, 8, 9, 10, 12], page: nvccManual },
  { since: "13.0", least: "7.5", generations: [7, 8, 9, 10, 11, 12], page: oldGpus },
];

const release = (
  version: string,
  python: PythonRange,
  stable: readonly string[],
  experimental: readonly string[],
  rocm?: string,
): TorchRelease => ({ version, python, stable, experimental, ...(rocm ? { rocm } : {}), page: torchMatrix });

const python = (from: string, to: string, experimental?: string): PythonRange =>
  experimental ? { from, to, experimental } : { from, to };

/** Newest first. */
export const torchReleases: readonly TorchRelease[] = [
  release("2.14", python("3.10", "3.14", "3.15"), ["cu126", "cu130", "cu132"], [], "rocm7.14"),
  release("2.13", python("3.10", "3.14", "3.15"), ["cu126", "cu130"], ["cu132"], "rocm7.2"),
  release("2.12", python("3.10", "3.14"), ["cu126", "cu130"], ["cu132"], "rocm7.2"),
  release("2.11", python("3.10", "3.14"), ["cu126", "cu128", "cu130"], [], "rocm7.2"),
  release("2.10", python("3.10", "3.14"), ["cu126", "cu128"], ["cu130"], "rocm7.1"),
  release("2.9", python("3.10", "3.14"), ["cu126", "cu128"], ["cu130"], "rocm6.4"),
  release("2.8", python("3.9", "3.13"), ["cu126", "cu128"], ["cu129"], "rocm6.4"),
  release("2.7", python("3.9", "3.13"), ["cu118", "cu126"], ["cu128"], "rocm6.3"),
  release("2.6", python("3.9", "3.13"), ["cu118", "cu124"], ["cu126"], "rocm6.2.4"),
  release("2.5", python("3.9", "3.12"), ["cu118", "cu121", "cu124"], [], "rocm6.2"),
  release("2.4", python("3.8", "3.12"), ["cu118", "cu121"], ["cu124"], "rocm6.1"),
  release("2.3", python("3.8", "3.11"), ["cu118"], ["cu121"], "rocm6.0"),
  release("2.2", python("3.8", "3.11"), ["cu118"], ["cu121"]),
  release("2.1", python("3.8", "3.11"), ["cu118"], ["cu121"]),
  release("2.0", python("3.8", "3.11"), ["cu117"], ["cu118"]),
];

const wheels = (
  tag: string,
  [from, to]: readonly [string, string?],
  code: string,
  more: Partial<Pick<WheelTargets, "ptx" | "machine" | "page">> = {},
): WheelTargets => ({
  tag,
  from,
  ...(to ? { to } : {}),
  code: code.split(" "),
  machine: "x86_64",
  page: torchBuild,
  ...more,
});

/** Read from the build scripts at the releases' tags. */
export const wheelTargets: readonly WheelTargets[] = [
  wheels("cu117", ["2.0", "2.0"], "5.0 6.0 7.0 7.5 8.0 8.6", { page: torchBuilder }),
  wheels("cu118", ["2.0", "2.5"], "5.0 6.0 7.0 7.5 8.0 8.6 9.0", { page: torchBuilder }),
  wheels("cu118", ["2.6", "2.7"], "5.0 6.0 7.0 7.5 8.0 8.6 9.0"),
  wheels("cu121", ["2.1", "2.5"], "5.0 6.0 7.0 7.5 8.0 8.6 9.0", { page: torchBuilder }),
  wheels("cu124", ["2.4", "2.6"], "5.0 6.0 7.0 7.5 8.0 8.6 9.0", { page: torchBuilder }),
  wheels("cu126", ["2.6"], "5.0 6.0 7.0 7.5 8.0 8.6 9.0"),
  wheels("cu128", ["2.7", "2.7"], "7.5 8.0 8.6 9.0 10.0 12.0", { ptx: "12.0" }),
  wheels("cu128", ["2.8", "2.10"], "7.0 7.5 8.0 8.6 9.0 10.0 12.0"),
  wheels("cu128", ["2.11", "2.11"], "7.5 8.0 8.6 9.0 10.0 12.0"),
  wheels("cu129", ["2.8", "2.8"], "7.0 7.5 8.0 8.6 9.0 10.0 12.0", { ptx: "12.0" }),
  wheels("cu130", ["2.9", "2.10"], "7.5 8.0 8.6 9.0 10.0 12.0", { ptx: "12.0" }),
  wheels("cu130", ["2.11", "2.11"], "7.5 8.0 8.6 9.0 10.0 12.0"),
  wheels("cu130", ["2.12"], "7.5 8.0 8.6 9.0 10.0 12.0", { ptx: "12.0" }),
  wheels("cu132", ["2.12"], "7.5 8.0 8.6 9.0 10.0 12.0", { ptx: "12.0" }),
  wheels("cu126", ["2.11"], "8.0 9.0", { machine: "aarch64" }),
  wheels("cu130", ["2.10"], "8.0 9.0 10.0 11.0 12.0", { ptx: "12.0", machine: "aarch64" }),
  wheels("cu132", ["2.12"], "8.0 9.0 10.0 11.0 12.0", { ptx: "12.0", machine: "aarch64" }),
];

const gfx = (from: string, to: string, names: string, unverified?: true): RocmTargets => ({
  from,
  to,
  gfx: names.split(" ").map((name) => `gfx${name}`),
  page: torchRocm,
  ...(unverified ? { unverified } : {}),
});

/** By release of PyTorch. The wheels for ROCm 7.14 are made another way, not yet read. */
export const rocmTargets: readonly RocmTargets[] = [
  gfx("2.10", "2.13", "900 906 908 90a 942 950 1030 1100 1101 1102 1103 1150 1151 1200 1201"),
  gfx("2.9", "2.9", "900 906 908 90a 942 1030 1100 1101 1102 1200 1201", true),
  gfx("2.7", "2.8", "900 906 908 90a 942 1030 1100 1101 1102 1200 1201"),
  gfx("2.3", "2.6", "900 906 908 90a 942 1030 1100", true),
];

const tensorflow = (version: string, range: PythonRange, cuda: string): TensorflowRelease => ({
  version,
  python: range,
  cuda,
  page: tensorflowBuilds,
});

/** Newest first. */
export const tensorflowReleases: readonly TensorflowRelease[] = [
  tensorflow("2.18", python("3.9", "3.12"), "12.5"),
  tensorflow("2.17", python("3.9", "3.12"), "12.3"),
  tensorflow("2.16", python("3.9", "3.12"), "12.3"),
  tensorflow("2.15", python("3.9", "3.11"), "12.2"),
  tensorflow("2.14", python("3.9", "3.11"), "11.8"),
  tensorflow("2.13", python("3.8", "3.11"), "11.8"),
  tensorflow("2.12", python("3.8", "3.11"), "11.8"),
  tensorflow("2.11", python("3.7", "3.10"), "11.2"),
  tensorflow("2.10", python("3.7", "3.10"), "11.2"),
];

/** TensorFlow's wheels, newest first: from this release on they have code for these GPUs. */
export const tensorflowTargets: readonly (CudaTargets & { readonly since: string })[] = [
  {
    since: "2.18",
    code: ["6.0", "7.0", "8.0", "8.9"],
    ptx: "9.0",
    page: read("https://github.com/tensorflow/tensorflow/blob/v2.18.0/.bazelrc"),
  },
  { since: "2.10", code: ["3.5", "5.0", "6.0", "7.0", "7.5", "8.0"], ptx: "8.0", page: tensorflowPip },
];

/** Releases that are reported to fail on GPUs of this generation and later. */
export const tensorflowWithoutBlackwell = { upTo: "2.21", generation: 10, page: tensorflowBlackwell } as const;

export const jaxBuilds: readonly JaxBuild[] = [
  { cudaMajor: 13, driver: "580", computeCapability: "7.5", page: jaxInstall },
  { cudaMajor: 12, driver: "525", computeCapability: "5.2", page: jaxInstall },
];

/** Releases of jax before this one are older than these GPUs; the page is about the newest release only. */
export const jaxNewGpus = { since: "0.6", generation: 10, page: jaxInstall } as const;

/** CuPy compiles its kernels on the machine, with a toolkit of the CUDA version that its package is named after. */
export const cupy: Sourced & { readonly computeCapability: string } = { computeCapability: "3.0", page: cupyInstall };

/** FlashAttention 2: Ampere, Ada and Hopper are named; newer ones are not. */
export const flashAttention2: Sourced & { readonly least: string; readonly named: readonly number[] } = {
  least: "8.0",
  named: [8, 9],
  page: flashAttention,
};

const xformers = (version: string, torch: string): XformersRelease => ({ version, torch, page: xformersChanges });

/** Newest first: the PyTorch that the wheel of each release was built with. */
export const xformersReleases: readonly XformersRelease[] = [
  xformers("0.0.33", "2.9.0"),
  xformers("0.0.32", "2.8.0"),
  xformers("0.0.31", "2.7.1"),
  xformers("0.0.30", "2.7.0"),
  xformers("0.0.29.post2", "2.6.0"),
  xformers("0.0.28.post3", "2.5.1"),
  xformers("0.0.28.post2", "2.5.0"),
  xformers("0.0.28", "2.4.1"),
  xformers("0.0.27.post2", "2.4.0"),
  xformers("0.0.27", "2.3.1"),
  xformers("0.0.26", "2.3.0"),
  xformers("0.0.25.post1", "2.2.2"),
  xformers("0.0.25", "2.2.1"),
  xformers("0.0.24", "2.2.0"),
];
/** From this release on V100 and older GPUs are not supported. */
export const xformersDropsVolta = { since: "0.0.31", computeCapability: "7.5", page: xformersChanges } as const;

/** Where PyTorch's own wheels are. */
export const torchIndex = "https://download.pytorch.org/whl/";
