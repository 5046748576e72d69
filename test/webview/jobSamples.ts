import type {
  JobContents,
  JobExplanation,
  JobGpus,
  JobMetrics,
  JobPanelState,
  MetricValue,
} from "../../src/shared/jobPanel";
import type { JobSettings } from "../../src/shared/jobSettings";
import type { Job } from "../../src/shared/jobs";

/** Made-up jobs in the shape of the protocol, for tests and for looking at the page. */

/** A fixed "now" that all samples refer to; milliseconds since the epoch. */
export const NOON = Date.UTC(2026, 0, 15, 12, 0, 0);
const GIB = 1024 ** 3;
const ago = (seconds: number) => new Date(NOON - seconds * 1000).toISOString();

export const runningJob: Job = {
  id: "20260115-114759-k3f9",
  name: "train.py",
  state: "running",
  submittedAt: ago(745),
  startedAt: ago(722),
  backend: "process",
  command: "python train.py --epochs 10 --lr 3e-4",
  folder: "~/.local/state/tensorline/hosts/4f/jobs/20260115-114759-k3f9/code",
  environment: "torch-2.13-cu130",
  gpus: [
    { index: 1, uuid: "GPU-11111111-aaaa-bbbb-cccc-222222222222" },
    { index: 2, uuid: "GPU-33333333-aaaa-bbbb-cccc-444444444444" },
  ],
  logBytes: 18_230,
};

export const queuedJob: Job = {
  ...runningJob,
  state: "queued",
  startedAt: undefined,
  gpus: undefined,
  reason: "waitingForGpus",
  message: "Waits for 2 GPUs. GPU 0: alice, 71 GB; GPU 1: bob’s job, first in the queue.",
  ahead: 1,
  logBytes: 0,
};

export const failedJob: Job = {
  ...runningJob,
  state: "failed",
  exitCode: 1,
  reason: "gpuOutOfMemory",
  endedAt: ago(60),
};

/** What the page tells of a matrix product that did not fit. */
export const jobExplanation: JobExplanation = {
  summary: "fc2 needs 512 features and got 784.",
  message: "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
  expression: "self.fc2(h)",
  operands: [
    { name: "h", shape: [32, 784], dtype: "float32", device: "cuda:0", clash: [1], note: "last dimension 784" },
    { name: "fc2.weight", shape: [10, 512], dtype: "float32", device: "cuda:0", clash: [1], note: "expects 512" },
  ],
  layers: ["Net", "head", "fc2: Linear(in_features=512, out_features=10)"],
  rule: "A Linear layer multiplies the last dimension of its input, which has to be its in_features.",
  fixes: ["pass h through fc1 first", "self.fc2 = nn.Linear(784, 10)"],
  location: { file: "/home/ana/project/model.py", line: 41, column: 15 },
  rank: 1,
  others: 3,
  isGuess: false,
};

export function jobPanelState(changes: Partial<JobPanelState> = {}): JobPanelState {
  return {
    host: "lab1",
    job: runningJob,
    progress: { done: 4, total: 10, fraction: 0.453, etaSeconds: 871, rate: 0.0063, label: "Epoch" },
    ports: [{ port: 6006, url: "http://localhost:6006/" }],
    ...changes,
  };
}

export const jobSettings: JobSettings = {
  program: "train.py",
  arguments: "--epochs 10 --lr 3e-4",
  variables: { OMP_NUM_THREADS: "8" },
  secrets: ["WANDB_API_KEY"],
  timeLimit: "12h",
};

/** What training looks like: HF-like dictionaries, a warning in colour, and a bar that is rewritten. */
export const trainingText = training();

function training(): string {
  const lines = [
    "\u001b[1mtorch\u001b[0m 2.13.0+cu130, 2 GPUs, bf16",
    "TensorBoard 2.19.0 at http://localhost:6006/ (Press CTRL+C to quit)",
    "\u001b[33mWARNING\u001b[0m  /home/mara/proj/data.py:41: the cache is older than the data set and is made anew",
  ];
  for (let step = 100; step <= 4500; step += 100) {
    const loss = (2.4 * Math.exp(-step / 1500) + 0.31 + 0.02 * Math.sin(step)).toFixed(4);
    lines.push(
      `{'loss': ${loss}, 'grad_norm': ${(1 + Math.cos(step) / 4).toFixed(3)}, 'learning_rate': 0.0003, 'step': ${step}}`,
    );
  }
  const bars = [20, 31, 45].map((percent) => {
    const full = "█".repeat(Math.round(percent / 3));
    return `\rEpoch 4: ${percent}%|${full.padEnd(33)}| ${percent * 10}/1000 [00:12<00:15, 36.5it/s, loss=0.412]`;
  });
  return `${lines.join("\n")}\n${bars.join("")}`;
}

export const tracebackText = `${trainingText}
Traceback (most recent call last):
  File "/home/mara/proj/train.py", line 88, in <module>
    main()
  File "/home/mara/proj/train.py", line 71, in main
    loss = step(model, batch)
  File "/home/mara/proj/model.py", line 41, in forward
    return self.fc2(h)
torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.50 GiB. GPU 1 has a total capacity of 79.11 GiB of which 1.06 GiB is free.
`;

export const jobMetrics: JobMetrics = {
  from: 0,
  series: [
    { name: "loss", axis: "step", points: points((x) => 2.4 * Math.exp(-x / 1500) + 0.31 + 0.05 * Math.sin(x * 7)) },
    {
      name: "eval/accuracy",
      axis: "step",
      points: points((x) => 0.91 - 0.8 * Math.exp(-x / 900) + 0.01 * Math.sin(x)),
    },
    { name: "learning_rate", axis: "step", points: points((x) => 3e-4 * (1 - x / 5000)) },
    { name: "grad_norm", axis: "step", points: points((x) => (x >= 3000 && x < 3200 ? "NaN" : 1 + Math.cos(x) / 4)) },
  ],
};

function points(of: (step: number) => MetricValue): [number, MetricValue][] {
  return Array.from({ length: 90 }, (_, place) => [(place + 1) * 50, of((place + 1) * 50)]);
}

export const jobGpus: JobGpus = {
  times: Array.from({ length: 120 }, (_, at) => NOON - (119 - at) * 6000),
  gpus: [1, 2].map((index) => ({
    index,
    name: "NVIDIA H100 80GB HBM3",
    memoryTotalBytes: 80 * GIB,
    utilizationPercent: readings((at) => 90 + 8 * Math.sin(at / 3 + index)),
    memoryUsedBytes: readings((at) => Math.min(71, 8 + at * 2) * GIB),
  })),
};

/** Nobody looked for two minutes in the middle. */
function readings(of: (at: number) => number): (number | null)[] {
  return Array.from({ length: 120 }, (_, at) => (at > 50 && at < 70 ? null : of(at)));
}

export const jobContents: JobContents = {
  outFolder: "/home/mara/.local/state/tensorline/hosts/4f/jobs/20260115-114759-k3f9/out",
  files: [
    { path: "checkpoints/epoch-3.pt", sizeBytes: 812_345_678, modifiedAt: ago(120) },
    { path: "checkpoints/epoch-4.pt", sizeBytes: 812_345_678, modifiedAt: ago(40) },
    { path: "metrics.jsonl", sizeBytes: 48_213, modifiedAt: ago(4) },
    { path: "config.yaml", sizeBytes: 911, modifiedAt: ago(720) },
  ],
  more: false,
  diskBytes: 1_702_345_678,
  script:
    "export OMP_NUM_THREADS='8'\nPATH='/home/mara/miniforge3/envs/torch-2.13-cu130/bin':$PATH\ncd '/home/mara/proj'\nexec 'python' 'train.py' '--epochs' '10' '--lr' '3e-4'\n",
};
