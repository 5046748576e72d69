import type { SelfTestStep } from "../../../shared/environments";
import { boundedText } from "../../boundedText";
import { explain, explainText } from "./explain";
import type { DoneRecord, Facts, Framework, SelfTestRecord, StepName } from "./records";

const labels: Readonly<Record<Framework, string>> = {
  numpy: "NumPy",
  torch: "PyTorch",
  jax: "JAX",
  tensorflow: "TensorFlow",
  cupy: "CuPy",
};

/** Whose processes are on a GPU, where that is known. */
export type UsersOf = (gpu: { readonly index: number; readonly uuid?: string }) => readonly string[];

const gpuOf = (index: number, uuid: string | undefined) => (uuid === undefined ? { index } : { index, uuid });

type SkippedRecord = Extract<SelfTestRecord, { kind: "skipped" }>;

/** A step's name for people; the same for the same step in every run. */
export function stepTitle({ what, framework = "torch", device }: StepName): string {
  const where = device === undefined ? "CPU" : `GPU ${device}`;
  switch (what) {
    case "python":
      return "Python";
    case "look":
      return "frameworks";
    case "import":
      return `import ${framework}`;
    case "devices":
      return `${framework} GPUs`;
    case "matmul":
      return `${framework} ${where}`;
    case "allReduce":
      return `${framework} all-reduce`;
    case "compile":
      return "torch.compile";
  }
}

/** What a finished step says; undefined where there is nothing worth saying. */
export function finishedStep(record: DoneRecord, usersOf: UsersOf): SelfTestStep | undefined {
  const { step, error, seconds } = record;
  const took = seconds === undefined ? {} : { seconds };
  if (!error) {
    const said = success(record);
    return said && { step: stepTitle(step), ...said, ...took };
  }
  const gpu =
    step.device === undefined
      ? {}
      : { gpu: `GPU ${step.device}`, users: usersOf(gpuOf(step.device, step.uuid)).map((user) => plain(user, 32)) };
  const explained = explain(record, { label: subject(step), ...gpu });
  // Where there is no GPU, a framework that finds none is not broken.
  const outcome = step.what === "devices" && record.facts?.machineGpus === 0 ? "missing" : "fails";
  return { step: stepTitle(step), outcome, ...explained, ...took };
}

export function skippedStep({ step, because }: SkippedRecord): SelfTestStep {
  const reasons: Readonly<Record<SkippedRecord["because"], string>> = {
    import: `Not tried, because ${subject(step)} cannot be imported.`,
    fewGpus: "Not tried: it takes two GPUs that PyTorch can use.",
    oldPython: "Not tried: this Python is older than 3.6.",
  };
  return { step: stepTitle(step), outcome: "not tried", words: reasons[because] };
}

function subject({ what, framework }: StepName): string {
  if (what === "compile") return "torch.compile";
  return framework ? labels[framework] : "Python";
}

type Said = Pick<SelfTestStep, "outcome" | "words" | "detail">;

const works = (words: string): Said => ({ outcome: "works", words });

function success({ step, facts = {}, said = "" }: DoneRecord): Said | undefined {
  const label = subject(step);
  const where = step.device === undefined ? "the CPU" : `GPU ${step.device}`;
  switch (step.what) {
    case "python":
      return works(`Python ${plain(facts.version)} starts.`);
    case "look": {
      const frameworks = (facts.present ?? []).filter((name) => name !== "numpy");
      if (frameworks.length > 0) return undefined;
      return { outcome: "missing", words: "None of PyTorch, JAX, TensorFlow and CuPy is installed here." };
    }
    case "import":
      return works(`${label} ${plain(facts.version)} can be imported${builtFor(facts)}.`);
    case "devices":
      return devices(label, facts, said);
    case "matmul":
      if (step.device === undefined) return works(`${label} computes right on the CPU; no GPU is used.`);
      return works(`${label} gets memory and computes right on ${where}.`);
    case "allReduce":
      return works(
        step.backend === "nccl"
          ? `${step.count} GPUs work together.`
          : `${step.count} processes work together on the CPU (gloo).`,
      );
    case "compile":
      if (facts.absent) return { outcome: "not tried", words: "This PyTorch has no torch.compile; it came with 2.0." };
      return works(`A compiled function computes right on ${where}.`);
  }
}

function devices(label: string, facts: Facts, said: string): Said {
  const { devices: seen = [], machineGpus = 0, cpuBuild, visible, builtFor } = facts;
  if (seen.length > 0) {
    const names = seen.map(({ index, name, capability, gfx }) => {
      const architecture = gfx ?? capability;
      return `${index} ${plain(name)}${architecture ? ` (${plain(architecture)})` : ""}`;
    });
    const words = `${label} sees ${seen.length === 1 ? "1 GPU" : `${seen.length} GPUs`}: ${names.join(", ")}.`;
    const detail = builtFor?.length ? { detail: `built for ${plain(builtFor.join(", "), 300)}` } : {};
    return { ...works(words), ...detail };
  }
  if (machineGpus === 0) return works(`This machine has no GPU: ${label} computes on the CPU.`);
  const has = `this machine has ${machineGpus === 1 ? "1 GPU" : `${machineGpus} GPUs`}`;
  if (cpuBuild) {
    const words = `This ${label} is built for the CPU only, and ${has}. Install a build for CUDA or ROCm.`;
    return { outcome: "fails", words };
  }
  if (visible) {
    const words = `${label} sees no GPU, and ${has}: ${plain(visible, 80)} hides them. Unset the variable, or ask for a GPU.`;
    return { outcome: "fails", words };
  }
  // Some fall back to the CPU and only print why.
  const printed = explainText(said, { label, facts });
  if (printed !== undefined) return { outcome: "fails", words: printed };
  const plugin = label === "JAX" ? " JAX needs its GPU part: install `jax[cuda13]` or `jax[cuda12]`." : "";
  return { outcome: "fails", words: `${label} sees no GPU, although ${has}: it computes on the CPU.${plugin}` };
}

function builtFor({ cuda, hip }: Facts): string {
  if (hip !== undefined) return `; it is built for ROCm ${plain(hip)}`;
  return cuda === undefined ? "" : `; it is built for CUDA ${plain(cuda)}`;
}

const plain = (text: string | undefined, limit = 60) => boundedText(text ?? "–", limit);
