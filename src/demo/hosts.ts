import type { EnvironmentSpec, ToolkitSpec } from "./environments";
import { type GpuModel, type GpuSpec, h100, mi300x, oneSlice, rtx4090, threeSlices } from "./hardware";
import type { Program, Slot, WorkKind } from "./schedule";

/** A simulated machine, as data. */
export interface HostSpec {
  readonly name: string;
  /** One line for people: what this machine is. */
  readonly summary: string;
  /** The login name, and everybody with an account; the numeric ids start at 2001. */
  readonly user: string;
  readonly users: readonly string[];
  /** The lines of /etc/os-release. */
  readonly osRelease: readonly string[];
  readonly kernel: string;
  readonly cpu: { readonly model: string; readonly vendor: string; readonly sockets: number; readonly cores: number };
  readonly memoryGiB: number;
  readonly disks: readonly DiskSpec[];
  readonly gpus?: NvidiaGpus | AmdGpus;
  readonly slots: readonly Slot[];
  /** The login user's Python environments. */
  readonly environments?: readonly EnvironmentSpec[];
  /** The last one is the system's default. */
  readonly toolkits?: readonly ToolkitSpec[];
  /** Milliseconds between two states while somebody is connected. */
  readonly beatMs: number;
}

export interface DiskSpec {
  readonly device: string;
  readonly mount: string;
  readonly totalGiB: number;
  readonly usedGiB: number;
}

export interface NvidiaGpus {
  readonly vendor: "nvidia";
  readonly model: GpuModel;
  readonly driver: string;
  readonly cuda: string;
  readonly gpus: readonly GpuSpec[];
}

export interface AmdGpus {
  readonly vendor: "amd";
  readonly model: GpuModel;
  /** Version of the kernel driver. */
  readonly driver: string;
  readonly gpus: readonly GpuSpec[];
}

const GiB = 1024;

function program(kind: WorkKind, memoryGiB: number, ...argv: [string, ...string[]]): Program {
  return { kind, argv, memoryMiB: Math.round(memoryGiB * GiB) };
}

function osRelease(id: string, like: string, name: string, version: string, pretty: string): string[] {
  return [`PRETTY_NAME="${pretty}"`, `NAME="${name}"`, `VERSION_ID="${version}"`, `ID=${id}`, `ID_LIKE="${like}"`];
}

const ubuntu = osRelease("ubuntu", "debian", "Ubuntu", "22.04", "Ubuntu 22.04.5 LTS");
const hopperBuses = ["1a:00.0", "40:00.0", "53:00.0", "66:00.0", "9c:00.0", "c0:00.0", "d2:00.0", "e4:00.0"];
const conda = (user: string, environment: string) => `/home/${user}/miniforge3/envs/${environment}/bin/python`;
const condaEnvironment = (name: string, python: string, packages: EnvironmentSpec["packages"]): EnvironmentSpec => ({
  kind: "conda",
  folder: `miniforge3/envs/${name}`,
  python,
  packages,
});
const miniforge: EnvironmentSpec = { kind: "conda", folder: "miniforge3", python: "3.12.11", packages: {} };
const whole = (...gpus: number[]) => gpus.map((gpu) => ({ gpu }));

const lab1: HostSpec = {
  name: "lab1",
  summary: "8 × H100 80GB, MIG on two of them, Ubuntu 22.04",
  user: "alice",
  users: ["alice", "bob", "carol", "dave"],
  osRelease: ubuntu,
  kernel: "5.15.0-161-generic",
  cpu: { model: "Intel(R) Xeon(R) Platinum 8480+", vendor: "GenuineIntel", sockets: 2, cores: 56 },
  memoryGiB: 1007,
  disks: [
    { device: "/dev/md0", mount: "/", totalGiB: 1760, usedGiB: 412 },
    { device: "nfs1:/home", mount: "/home", totalGiB: 30720, usedGiB: 24210 },
    { device: "/dev/nvme1n1p1", mount: "/tmp", totalGiB: 7040, usedGiB: 655 },
  ],
  gpus: {
    vendor: "nvidia",
    model: h100,
    driver: "580.105.08",
    cuda: "13.0",
    gpus: hopperBuses.map((bus, index) => {
      if (index === 2) {
        const mig = [
          { ...threeSlices, gpuInstance: 2 },
          { ...oneSlice, gpuInstance: 9 },
          { ...oneSlice, gpuInstance: 10 },
        ];
        return { bus, mig };
      }
      if (index === 3) {
        const mig = [
          { ...threeSlices, gpuInstance: 1 },
          { ...threeSlices, gpuInstance: 2 },
        ];
        return { bus, mig };
      }
      return { bus };
    }),
  },
  slots: [
    {
      user: "alice",
      places: whole(0),
      programs: [
        program("training", 61, conda("alice", "gpt"), "train.py", "--config", "small.yaml", "--lr", "3e-4"),
        program("training", 44, conda("alice", "gpt"), "finetune.py", "--adapter", "rank 16"),
      ],
    },
    {
      user: "bob",
      places: whole(4, 5, 6, 7),
      programs: [
        program("training", 74, conda("bob", "torch"), "-m", "pretrain", "--nodes", "1", "--tensor-parallel", "4"),
      ],
    },
    {
      user: "carol",
      places: [{ gpu: 2, mig: 2 }],
      programs: [program("serving", 31, "/opt/vllm/bin/python", "-m", "vllm.entrypoints.openai.api_server")],
    },
    {
      user: "dave",
      places: [{ gpu: 2, mig: 9 }],
      programs: [program("notebook", 3.5, "/opt/jupyter/bin/python", "-m", "ipykernel_launcher", "-f", "kernel.json")],
    },
    {
      user: "alice",
      places: [{ gpu: 3, mig: 1 }],
      programs: [program("training", 22, conda("alice", "vision"), "segment.py", "--data", "/data/street scenes")],
    },
  ],
  environments: [
    miniforge,
    condaEnvironment("vision", "3.12.8", { torch: "2.13.0+cu130", torchvision: "0.28.0+cu130", numpy: "2.3.4" }),
    condaEnvironment("jax", "3.12.8", { jax: "0.8.1", jaxlib: "0.8.1", "jax-cuda12-plugin": "0.8.1", numpy: "2.3.4" }),
    { ...condaEnvironment("old", "3.8.20", { torch: "1.13.1+cu117", numpy: "1.24.4" }), isBroken: true },
    { kind: "venv", folder: "nanogpt/.venv", python: "3.11.9", packages: { torch: "2.9.1+cu128", numpy: "2.1.3" } },
  ],
  toolkits: [
    { kind: "cuda", version: "12.4.1" },
    { kind: "cuda", version: "13.0.2", cudnn: "9.13.1" },
  ],
  beatMs: 250,
};

const rtx: HostSpec = {
  name: "rtx",
  summary: "2 × RTX 4090 shared by five people, Debian 12",
  user: "alice",
  users: ["alice", "bob", "carol", "dave", "erin"],
  osRelease: osRelease("debian", "", "Debian GNU/Linux", "12", "Debian GNU/Linux 12 (bookworm)"),
  kernel: "6.1.0-41-amd64",
  cpu: { model: "AMD Ryzen Threadripper 7960X 24-Cores", vendor: "AuthenticAMD", sockets: 1, cores: 24 },
  memoryGiB: 125,
  disks: [{ device: "/dev/nvme0n1p2", mount: "/", totalGiB: 1832, usedGiB: 1641 }],
  gpus: {
    vendor: "nvidia",
    model: rtx4090,
    driver: "570.195.03",
    cuda: "12.8",
    gpus: [{ bus: "01:00.0" }, { bus: "41:00.0" }],
  },
  slots: [
    {
      user: "alice",
      places: whole(0),
      programs: [program("notebook", 2.1, conda("alice", "course"), "-m", "jupyter")],
    },
    {
      user: "bob",
      places: whole(0),
      programs: [program("training", 9.4, conda("bob", "gan"), "train.py", "--size", "256")],
    },
    {
      user: "carol",
      places: whole(1),
      programs: [program("training", 13.2, "python3", "diffuse.py", "--steps", "1000")],
    },
    {
      user: "dave",
      places: whole(1),
      programs: [program("notebook", 1.3, conda("dave", "tf"), "-m", "ipykernel_launcher")],
    },
    {
      user: "erin",
      places: whole(1),
      programs: [program("serving", 4.8, "/opt/ollama/bin/ollama", "runner", "--port", "40111")],
    },
  ],
  environments: [
    miniforge,
    condaEnvironment("course", "3.11.9", { torch: "2.8.0+cu126", numpy: "2.1.3" }),
    condaEnvironment("newest", "3.12.8", { torch: "2.14.0+cu132", numpy: "2.3.4" }),
    { kind: "venv", folder: "diffuse/.venv", python: "3.11.2", packages: { torch: "2.9.1+cpu", numpy: "2.1.3" } },
  ],
  toolkits: [{ kind: "cuda", version: "12.8.1", cudnn: "9.7.1" }],
  beatMs: 250,
};

const mi300: HostSpec = {
  name: "mi300",
  summary: "4 × MI300X, ROCm 6.4, RHEL 9",
  user: "alice",
  users: ["alice", "bob", "carol"],
  osRelease: osRelease("rhel", "fedora", "Red Hat Enterprise Linux", "9.6", "Red Hat Enterprise Linux 9.6 (Plow)"),
  kernel: "5.14.0-570.12.1.el9_6.x86_64",
  cpu: { model: "AMD EPYC 9654 96-Core Processor", vendor: "AuthenticAMD", sockets: 2, cores: 96 },
  memoryGiB: 1511,
  disks: [
    { device: "/dev/mapper/rhel-root", mount: "/", totalGiB: 440, usedGiB: 97 },
    { device: "/dev/mapper/rhel-home", mount: "/home", totalGiB: 13970, usedGiB: 5120 },
  ],
  gpus: {
    vendor: "amd",
    model: mi300x,
    driver: "6.12.12",
    gpus: ["0c:00.0", "22:00.0", "9f:00.0", "b8:00.0"].map((bus) => ({ bus })),
  },
  slots: [
    {
      user: "bob",
      places: whole(0, 1),
      programs: [program("training", 158, conda("bob", "rocm"), "train_moe.py", "--experts", "16")],
    },
    {
      user: "carol",
      places: whole(3),
      programs: [program("serving", 61, "/opt/vllm/bin/python", "-m", "vllm.entrypoints.openai.api_server")],
    },
  ],
  environments: [
    miniforge,
    condaEnvironment("rocm", "3.12.8", { torch: "2.9.1+rocm6.4", numpy: "2.3.4" }),
    condaEnvironment("copied", "3.12.8", { torch: "2.9.1+cu128", numpy: "2.3.4" }),
  ],
  toolkits: [{ kind: "rocm", version: "6.4.0" }],
  beatMs: 250,
};

const login: HostSpec = {
  name: "login",
  summary: "login node without GPUs, Rocky Linux 9",
  user: "alice",
  users: ["alice", "bob", "carol", "dave", "erin"],
  osRelease: osRelease("rocky", "rhel centos fedora", "Rocky Linux", "9.6", "Rocky Linux 9.6 (Blue Onyx)"),
  kernel: "5.14.0-570.17.1.el9_6.x86_64",
  cpu: { model: "AMD EPYC 7543 32-Core Processor", vendor: "AuthenticAMD", sockets: 2, cores: 32 },
  memoryGiB: 251,
  disks: [
    { device: "/dev/sda3", mount: "/", totalGiB: 196, usedGiB: 61 },
    { device: "nfs1:/home", mount: "/home", totalGiB: 30720, usedGiB: 24210 },
  ],
  slots: [],
  beatMs: 1000,
};

/** The machines of the demo: what a group might really have. */
export const labHosts: readonly HostSpec[] = [lab1, rtx, mi300, login];

/** `count` like machines with eight GPUs and one job each, for measuring at scale. */
export function clusterHosts(count: number): readonly HostSpec[] {
  const { environments: _, toolkits: __, ...machine } = lab1;
  return Array.from({ length: count }, (_, index) => ({
    ...machine,
    name: `gpu${String(index + 1).padStart(3, "0")}`,
    summary: "8 × H100 80GB, one of many",
    gpus: {
      vendor: "nvidia",
      model: h100,
      driver: "580.105.08",
      cuda: "13.0",
      gpus: hopperBuses.map((bus) => ({ bus })),
    },
    slots: [
      {
        user: "bob",
        places: whole(0, 1, 2, 3, 4, 5, 6, 7),
        programs: [program("training", 72, conda("bob", "torch"), "-m", "pretrain", "--data-parallel", "8")],
      },
    ],
    beatMs: 1000,
  }));
}
