import { describe, expect, test } from "vitest";
import { readCarried } from "../../../src/core/environments/toolkits/carried";
import { loads } from "../../../src/core/environments/toolkits/loads";
import type { LoginShell } from "../../../src/core/environments/toolkits/loginShell";
import type { Environment, Package } from "../../../src/shared/environments";

const prefix = "/home/ada/envs/train";
const site = "lib/python3.11/site-packages";
const pip12 = [
  `${site}/nvidia_cuda_runtime_cu12-12.4.127.dist-info`,
  `${site}/nvidia_cudnn_cu12-9.1.0.70.dist-info`,
  `${site}/nvidia/cuda_runtime/lib/libcudart.so.12`,
  `${site}/nvidia/cudnn/lib/libcudnn.so.9`,
];
const torch = `${site}/torch/lib/libtorch_cuda.so`;
const jax = `${site}/jax_cuda12_plugin-0.6.0.dist-info`;
const conda = [
  `conda-meta/cuda-cudart-12.6.77-h5888daf_0.json`,
  `conda-meta/cudnn-9.3.0.75-hf36481c_1.json`,
  `lib/libcudart.so.12.6.77`,
  `lib/libcudnn.so.9`,
];
const condaTorch = `conda-meta/pytorch-2.5.1-cuda126_py311h_301.json`;
const toolkitFiles = [
  "/usr/local/cuda-11.8/lib64/libcudart.so.11.8.89",
  "/usr/local/cuda-11.8/lib64/libcudnn.so.8.9.7",
];
const newToolkitFiles = ["/usr/local/cuda-12.8/lib64/libcudart.so.12.8.90"];

const silent: LoginShell = { answered: true, libraryPath: [], systemLibraries: [] };
const withPath = (files: readonly string[]): LoginShell => ({
  ...silent,
  libraryPath: [{ folder: "/usr/local/cuda/lib64", files }],
});

/** `LIBRARY from ORIGIN VERSION` of each answer. */
function answers(files: readonly string[], shell: LoginShell, packages: readonly Package[] = []): readonly string[] {
  const carried = readCarried([prefix, files.join("\n")]);
  const environment: Environment = { manager: "venv", name: "train", prefix, packages };
  const facts = { carried: carried ? [carried] : [], shell, toolkits: [] };
  return loads(environment, facts).map(
    ({ framework, library, from, version }) => `${framework} ${library} from ${from} ${version}`,
  );
}

describe("what a framework loads", () => {
  test("PyTorch's RPATH names pip's packages before LD_LIBRARY_PATH", () => {
    expect(answers([...pip12, torch], withPath(newToolkitFiles))).toEqual([
      "torch cuda from pip 12.4",
      "torch cudnn from pip 9.1.0.70",
    ]);
  });

  test("JAX's RUNPATH comes after LD_LIBRARY_PATH", () => {
    expect(answers([...pip12, jax], withPath(newToolkitFiles))).toEqual([
      "jax cuda from shell 12.8",
      "jax cudnn from pip 9.1.0.70",
    ]);
    expect(answers([...pip12, jax], silent)).toEqual(["jax cuda from pip 12.4", "jax cudnn from pip 9.1.0.70"]);
  });

  test("what a framework brings in its own folder comes first", () => {
    const own = [`${site}/torch/lib/libcudart-d0da41ae.so.11.0`, `${site}/torch/lib/libcudnn.so.8`];
    expect(answers([...own, torch], withPath(toolkitFiles))).toEqual([
      "torch cuda from own 11.0",
      "torch cudnn from own 8",
    ]);
  });

  test("conda's packages find conda's libraries whatever the shell says", () => {
    expect(answers([...conda, condaTorch], withPath(newToolkitFiles))).toEqual([
      "torch cuda from conda 12.6",
      "torch cudnn from conda 9.3.0.75",
    ]);
  });

  test("a wheel in a conda environment takes the shell's libraries before conda's", () => {
    expect(answers([...conda, torch], withPath(newToolkitFiles))).toEqual([
      "torch cuda from shell 12.8",
      "torch cudnn from conda 9.3.0.75",
    ]);
  });

  test("a library of another main version is never taken", () => {
    const packages: Package[] = [{ name: "torch", version: "2.5.1+cu124", build: { kind: "cuda", version: "12.4" } }];
    expect(answers([torch], withPath(toolkitFiles), packages)[0]).toBe("torch cuda from nowhere undefined");
    const system = { ...withPath(toolkitFiles), systemLibraries: newToolkitFiles };
    expect(answers([torch], system, packages)[0]).toBe("torch cuda from system 12.8");
  });

  test("builds without code for CUDA load none", () => {
    const rocm = [`${site}/torch/lib/libtorch_hip.so`, `${site}/torch-2.5.1+rocm6.2.dist-info`];
    expect(answers([...rocm, `${site}/jaxlib-0.6.0.dist-info`], withPath(toolkitFiles))).toEqual([]);
  });
});

test("each answer says why, in a sentence", () => {
  const sentences = [
    [[...pip12, torch], withPath(newToolkitFiles)],
    [[...pip12, jax], withPath(newToolkitFiles)],
    [[...conda, condaTorch], silent],
    [[torch], silent],
  ].map(([files, shell]) => {
    const carried = readCarried([prefix, (files as readonly string[]).join("\n")]);
    const environment: Environment = { manager: "venv", name: "train", prefix, packages: [] };
    const facts = { carried: carried ? [carried] : [], shell: shell as LoginShell, toolkits: [] };
    return loads(environment, facts)[0]?.why;
  });
  expect(sentences).toEqual([
    "torch takes CUDA 12.4 from this environment’s pip packages: its RPATH names them, and comes before LD_LIBRARY_PATH.",
    "jax takes CUDA 12.8 from /usr/local/cuda-12.8/lib64 because the login shell’s LD_LIBRARY_PATH names that folder, and it comes before pip’s packages.",
    "torch takes CUDA 12.6 from this conda environment’s own lib folder.",
    "torch finds no CUDA that fits: not in this environment, LD_LIBRARY_PATH or the system’s list of libraries.",
  ]);
});
