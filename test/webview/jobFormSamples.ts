import type { FormChoices, FormPlan, JobForm } from "../../src/shared/jobForm";

/** Made-up hosts, environments and answers for the job form, for its tests and its preview. */

export const form = (more: Partial<JobForm> = {}): JobForm => ({
  id: "1",
  file: "train.py",
  place: "client",
  settings: {
    program: "train.py",
    host: "lab1",
    gpus: { count: 1, memoryGigabytes: 40 },
    arguments: "--epochs 10 --lr 3e-4",
  },
  hosts: [
    { value: "lab1", label: "lab1", detail: "3 of 8 free" },
    { value: "mi300", label: "mi300", detail: "all 4 taken" },
    { value: "orin", label: "orin", detail: "not connected" },
  ],
  presets: [
    {
      name: "full run",
      settings: { gpus: { count: 8 }, launcher: "torchrun", arguments: "--epochs 100", timeLimit: "1d" },
    },
    { name: "smoke test", settings: { program: "tests/smoke.py", gpus: { count: 0 } } },
  ],
  ...more,
});

export const choices = (more: Partial<FormChoices> = {}): FormChoices => ({
  host: "lab1",
  isReading: false,
  environment: "conda · torch-2.13-cu130, chosen for lab1",
  environments: [
    { value: "/opt/conda/envs/torch-2.13-cu130", label: "conda · torch-2.13-cu130", detail: "Python 3.12, torch 2.13" },
    { value: "/home/mara/proj/.venv", label: "venv · proj", detail: "Python 3.11" },
  ],
  toolkits: [
    { value: "13.0", label: "CUDA 13.0", detail: "active" },
    { value: "12.8", label: "CUDA 12.8" },
  ],
  gpus: Array.from({ length: 8 }, (_, index) => ({
    value: String(index),
    label: `GPU ${index}  H100 80GB`,
    detail: index % 3 === 1 ? "free 12 min" : "alice, 71 / 80 GB",
  })),
  backends: [
    { value: "process", label: "plain process", isScheduler: false },
    { value: "tmux", label: "tmux session", detail: "attach from any terminal", isScheduler: false },
    { value: "slurm", label: "Slurm", detail: "2 partitions", isScheduler: true },
  ],
  ...more,
});

export const script = `export PATH='/opt/conda/envs/torch-2.13-cu130/bin':"$PATH"
export CONDA_PREFIX='/opt/conda/envs/torch-2.13-cu130'
cd "$TENSORLINE_RUN/../code"
exec 'python' 'train.py' '--epochs' '10' '--lr' '3e-4'`;

export const planned = (turn: number, more: object = {}): FormPlan => ({
  turn,
  outcome: {
    kind: "planned",
    summary: "lab1 GPU 1 (free 12 min) · sync 3 files (18 kB) · torch-2.13-cu130",
    command: "python train.py --epochs 10 --lr 3e-4",
    script,
    cautions: [],
    missingSecrets: [],
    ...more,
  },
});
