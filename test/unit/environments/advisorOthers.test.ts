import type { Machine } from "../../../src/core/environments/compatibility/finding";
import type { Toolkit } from "../../../src/shared/environments";
import { amd, cards, index, noGpu, nvidia, run, toolkit } from "./advisorCases";

const { titanX, gtx1080, v100, t4, a100, h100, b200, rtx5090 } = cards;

run("jax", [
  ["CUDA 13 on driver 580", nvidia("580.65.06", a100), "jax-cuda13-plugin 0.8.0, jax 0.8.0", "works"],
  [
    "CUDA 13 on driver 570",
    nvidia("570.86.10", a100),
    "jax-cuda13-plugin 0.8.0, jax 0.8.0",
    "fails",
    "Install jax[cuda12] in this environment.",
  ],
  [
    "CUDA 13 on Volta",
    nvidia("580.95.05", v100),
    "jax-cuda13-plugin 0.8.0, jax 0.8.0",
    "fails",
    "Install jax[cuda12] in this environment.",
  ],
  ["CUDA 12 on Volta", nvidia("535.183.01", v100), "jax-cuda12-plugin 0.6.2, jax 0.6.2", "works"],
  [
    "CUDA 12 on driver 470",
    nvidia("470.82.01", a100),
    "jax-cuda12-plugin 0.6.2, jax 0.6.2",
    "fails",
    /driver 525 or newer/,
  ],
  ["an old release on a new GPU", nvidia("580.95.05", rtx5090), "jax-cuda12-plugin 0.4.30, jax 0.4.30", "unknown"],
  ["its old label", nvidia("535.183.01", a100), "jaxlib 0.4.16+cuda12.cudnn89, jax 0.4.16", "works"],
  ["CUDA 11 is not in the table", nvidia("535.183.01", a100), "jaxlib 0.4.16+cuda11.cudnn86, jax 0.4.16", "unknown"],
  ["nothing for GPUs beside it", nvidia("535.183.01", a100), "jax 0.6.2", "unknown"],
]);

const withToolkit = (machine: Machine, ...toolkits: Toolkit[]): Machine => ({ ...machine, toolkits });

run("tensorflow", [
  ["2.17 with its libraries", withToolkit(nvidia("550.54.15", a100), toolkit("12.4.1")), "tensorflow 2.17.0", "works"],
  [
    "without any",
    nvidia("550.54.15", a100),
    "tensorflow 2.17.0",
    "limited",
    "Install tensorflow[and-cuda] to have them from pip.",
  ],
  ["on an old driver", nvidia("470.82.01", a100), "tensorflow 2.17.0", "fails", /driver 525\.60\.13 or newer/],
  ["a GPU below its code", nvidia("580.95.05", titanX), "tensorflow 2.18.0", "fails"],
  [
    "Hopper has only PTX in 2.14",
    withToolkit(nvidia("580.95.05", h100), toolkit("11.8")),
    "tensorflow 2.14.0",
    "limited",
  ],
  [
    "Blackwell",
    nvidia("580.95.05", rtx5090),
    "tensorflow 2.18.0",
    "fails",
    "Use NVIDIA's container of TensorFlow, or a build for this GPU.",
  ],
  ["a release after the table", nvidia("580.95.05", a100), "tensorflow 2.21.0", "unknown"],
  [
    "for the CPU",
    nvidia("580.95.05", a100),
    "tensorflow-cpu 2.18.0",
    "limited",
    "Install tensorflow[and-cuda] in its place.",
  ],
  [
    "a Python that was not tested",
    withToolkit(nvidia("580.95.05", a100), toolkit("12.4.1")),
    "tensorflow 2.14.0",
    "unknown",
    undefined,
    "3.12.1",
  ],
]);

run("cupy", [
  ["12x with a toolkit", withToolkit(nvidia("535.183.01", a100), toolkit("12.2")), "cupy-cuda12x 13.4.0", "works"],
  [
    "12x without one",
    nvidia("535.183.01", a100),
    "cupy-cuda12x 13.4.0",
    "limited",
    "Install cupy-cuda12x[ctk] to have them from pip.",
  ],
  [
    "13x on driver 570",
    nvidia("570.86.10", a100),
    "cupy-cuda13x 14.0.0",
    "fails",
    "Install cupy-cuda12x in its place.",
  ],
  ["13x on Volta", nvidia("580.95.05", v100), "cupy-cuda13x 14.0.0", "fails", "Install cupy-cuda12x in its place."],
  [
    "Blackwell with a toolkit from before it",
    withToolkit(nvidia("580.95.05", b200), toolkit("12.4.1")),
    "cupy-cuda12x 13.4.0",
    "fails",
    "Use CUDA toolkit 12.8 or newer.",
  ],
  ["it cannot do without a GPU", noGpu, "cupy-cuda12x 13.4.0", "fails"],
  ["only conda knows its CUDA", nvidia("580.95.05", a100), "cupy 13.4.0", "unknown"],
]);

run("xformers and flash-attn", [
  ["the torch it was built for", nvidia("580.95.05", a100), "torch 2.9.0+cu128, xformers 0.0.33", "works"],
  [
    "another torch",
    nvidia("580.95.05", a100),
    "torch 2.8.0+cu128, xformers 0.0.33",
    "fails",
    "Install xformers 0.0.32.",
  ],
  ["another patch of it", nvidia("580.95.05", a100), "torch 2.9.1+cu128, xformers 0.0.33", "unknown"],
  ["with a torch for ROCm", amd("gfx942"), "torch 2.13.0+rocm7.2, xformers 0.0.33", "unknown"],
  ["it cannot do without a GPU", noGpu, "torch 2.9.0+cu128, xformers 0.0.33", "fails"],
  ["no torch", nvidia("580.95.05", a100), "xformers 0.0.33", "fails"],
  ["Volta since 0.0.31", nvidia("580.95.05", v100), "torch 2.8.0+cu128, xformers 0.0.32", "fails"],
  ["Volta before", nvidia("580.95.05", v100), "torch 2.6.0+cu126, xformers 0.0.29.post2", "works"],
  ["a release after the table", nvidia("580.95.05", a100), "torch 2.9.1+cu128, xformers 0.0.99", "unknown"],
  [
    "a torch that cannot use the GPU",
    nvidia("580.95.05", gtx1080),
    "torch 2.9.0+cu128, xformers 0.0.33",
    "fails",
    index("2.9", "cu126"),
  ],
  ["flash-attn on Ampere", nvidia("580.95.05", a100), "torch 2.8.0+cu128, flash-attn 2.8.3", "works"],
  [
    "flash-attn on Turing",
    nvidia("580.95.05", t4),
    "torch 2.8.0+cu128, flash_attn 2.8.3",
    "fails",
    "Use PyTorch's own scaled_dot_product_attention on this GPU.",
  ],
  ["flash-attn on Blackwell is not named", nvidia("580.95.05", b200), "torch 2.8.0+cu128, flash-attn 2.8.3", "unknown"],
  [
    "flash-attn for another torch",
    nvidia("580.95.05", a100),
    "torch 2.9.0+cu128, flash-attn 2.8.3+cu12torch2.8cxx11abiTRUE",
    "fails",
    "Install the flash-attn wheel for torch 2.9.",
  ],
  [
    "flash-attn for another CUDA",
    nvidia("580.95.05", a100),
    "torch 2.9.0+cu130, flash-attn 2.8.3+cu12torch2.9cxx11abiTRUE",
    "fails",
    "Install the flash-attn wheel for CUDA 13.",
  ],
  ["flash-attn 1 is another thing", nvidia("580.95.05", a100), "torch 2.0.1+cu118, flash-attn 1.0.9", "unknown"],
]);
