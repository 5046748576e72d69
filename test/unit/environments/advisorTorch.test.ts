import { amd, cards, index, noGpu, nvidia, run } from "./advisorCases";

const { titanX, p100, gtx1080, v100, t4, rtx2080, a100, rtx3090, rtx4090, h100, b200, rtx5090, orin, thor } = cards;

run("torch and the driver", [
  ["the driver of the toolkit itself", nvidia("580.65.06", a100), "torch 2.13.0+cu130", "works"],
  ["a newer driver", nvidia("595.71.05", a100), "torch 2.11.0+cu128", "works"],
  ["driver 535 of CUDA 12.2 runs 12.6 within limits", nvidia("535.183.01", a100), "torch 2.9.0+cu126", "limited"],
  [
    "the oldest driver of the 12 family",
    nvidia("525.60.13", a100),
    "torch 2.5.1+cu124",
    "limited",
    index("2.5", "cu118"),
  ],
  ["one older than that", nvidia("525.60.11", a100), "torch 2.5.1+cu124", "fails", index("2.5", "cu118")],
  ["cu13x needs 580", nvidia("575.57.08", h100), "torch 2.13.0+cu130", "fails", index("2.13", "cu126")],
  ["13.2 on a driver of 13.0", nvidia("580.95.05", h100), "torch 2.13.0+cu132", "limited", index("2.13", "cu130")],
  ["CUDA 11.8 on a driver of 11.4", nvidia("470.82.01", rtx3090), "torch 2.6.0+cu118", "limited"],
  ["CUDA 12 on a driver of 11.4", nvidia("470.82.01", rtx3090), "torch 2.9.0+cu128", "fails", index("2.7", "cu118")],
  [
    "a driver that carries nothing",
    nvidia("440.33.01", rtx2080),
    "torch 2.6.0+cu118",
    "fails",
    /driver 450\.80\.02 or newer/,
  ],
  ["a driver version that cannot be read", nvidia("N/A", a100), "torch 2.9.0+cu126", "unknown"],
  ["a CUDA that the tables do not know", nvidia("700.10", a100), "torch 3.1.0+cu150", "unknown"],
  [
    "no driver",
    nvidia(undefined, a100),
    "torch 2.9.0+cu126",
    "fails",
    "An administrator installs the NVIDIA driver, or loads it.",
  ],
  ["a driver without GPUs", nvidia("580.95.05"), "torch 2.13.0+cu130", "unknown"],
  [
    "a newer libcuda in front of an old driver",
    { ...nvidia("535.183.01", a100), driver: { vendor: "nvidia", version: "535.183.01", cudaVersion: "13.0" } },
    "torch 2.13.0+cu130",
    "limited",
  ],
]);

run("torch and the GPU's generation", [
  ["Pascal on cu126", nvidia("580.95.05", gtx1080), "torch 2.13.0+cu126", "works"],
  ["Pascal on cu128", nvidia("580.95.05", p100), "torch 2.9.0+cu128", "fails", index("2.9", "cu126")],
  ["Pascal on cu130", nvidia("580.95.05", gtx1080), "torch 2.13.0+cu130", "fails", index("2.13", "cu126")],
  ["Maxwell on cu126", nvidia("580.95.05", titanX), "torch 2.12.1+cu126", "works"],
  ["Volta on cu128 of 2.10", nvidia("580.95.05", v100), "torch 2.10.0+cu128", "works"],
  ["Volta left cu128 with 2.11", nvidia("580.95.05", v100), "torch 2.11.0+cu128", "fails", index("2.11", "cu126")],
  ["Volta was not in cu128 of 2.7", nvidia("580.95.05", v100), "torch 2.7.1+cu128", "fails", index("2.7", "cu126")],
  ["Turing on cu130", nvidia("580.95.05", t4), "torch 2.13.0+cu130", "works"],
  ["Ada runs the code of Ampere", nvidia("580.95.05", rtx4090), "torch 2.13.0+cu130", "works"],
  ["Hopper on cu118", nvidia("580.95.05", h100), "torch 2.6.0+cu118", "works"],
  ["Blackwell on cu126", nvidia("580.95.05", rtx5090), "torch 2.9.0+cu126", "fails", index("2.9", "cu128")],
  ["Blackwell on cu128", nvidia("570.86.10", rtx5090), "torch 2.9.0+cu128", "works"],
  [
    "Blackwell on cu130 with driver 570",
    nvidia("570.86.10", b200),
    "torch 2.13.0+cu130",
    "fails",
    index("2.11", "cu128"),
  ],
  [
    "Blackwell with a torch from before it",
    nvidia("580.95.05", b200),
    "torch 2.5.1+cu124",
    "fails",
    index("2.7", "cu128"),
  ],
  ["a GPU after Blackwell has PTX", nvidia("620.10", { computeCapability: "13.0" }), "torch 2.13.0+cu130", "limited"],
  [
    "and none without it",
    nvidia("620.10", { computeCapability: "13.0" }),
    "torch 2.10.0+cu128",
    "fails",
    index("2.10", "cu130"),
  ],
  [
    "PTX needs the whole driver",
    nvidia("580.95.05", { computeCapability: "13.0" }),
    "torch 2.13.0+cu132",
    "fails",
    index("2.13", "cu130"),
  ],
  ["Kepler", nvidia("470.82.01", { name: "Tesla K80", computeCapability: "3.7" }), "torch 2.6.0+cu118", "fails"],
  [
    "an unreadable generation",
    nvidia("580.95.05", { name: "NVIDIA Graphics Device" }),
    "torch 2.13.0+cu130",
    "unknown",
  ],
]);

run("several GPUs", [
  ["one of two is left out", nvidia("580.95.05", gtx1080, rtx5090), "torch 2.11.0+cu128", "limited"],
  [
    "another wheel has both",
    nvidia("580.95.05", gtx1080, rtx3090),
    "torch 2.13.0+cu130",
    "limited",
    index("2.13", "cu126"),
  ],
  [
    "an older release has both",
    nvidia("580.95.05", v100, b200),
    "torch 2.13.0+cu130",
    "limited",
    index("2.10", "cu128"),
  ],
  ["eight of one kind", nvidia("580.95.05", ...Array(8).fill(h100)), "torch 2.13.0+cu130", "works"],
]);

run("torch and where it was built", [
  ["a CPU build beside a GPU", nvidia("580.95.05", a100), "torch 2.13.0+cpu", "limited", index("2.13", "cu130")],
  ["a CPU build without a GPU", noGpu, "torch 2.13.0+cpu", "works"],
  ["a CUDA build without a GPU", noGpu, "torch 2.13.0+cu130", "limited"],
  ["a ROCm build on NVIDIA", nvidia("580.95.05", a100), "torch 2.13.0+rocm7.2", "fails", index("2.13", "cu130")],
  ["a CUDA build on AMD", amd("gfx942"), "torch 2.13.0+cu130", "fails", index("2.13", "rocm7.2")],
  ["NVIDIA's own build for a Jetson", nvidia("540.4.0", orin), "torch 2.5.0a0+872d972e41.nv24.08", "unknown"],
  [
    "PyTorch's own wheel on a Jetson",
    nvidia("540.4.0", orin),
    "torch 2.9.0+cu126",
    "fails",
    "Install the wheel that NVIDIA makes for this JetPack.",
  ],
  [
    "Thor on x86 does not exist, on ARM it has code",
    { ...nvidia("580.95.05", thor), architecture: "aarch64" },
    "torch 2.13.0+cu130",
    "works",
  ],
  [
    "an ARM host without a row",
    { ...nvidia("580.95.05", h100), architecture: "aarch64" },
    "torch 2.8.0+cu128",
    "unknown",
  ],
  ["nothing says what it was built for", nvidia("580.95.05", a100), "torch 2.13.0", "unknown"],
  ["Python 3.15 is an experiment", nvidia("580.95.05", a100), "torch 2.13.0+cu130", "limited", undefined, "3.15.0"],
  [
    "a Python too new",
    nvidia("580.95.05", a100),
    "torch 2.4.1+cu121",
    "unknown",
    "Use Python 3.12 for torch 2.4, or torch 2.6 for Python 3.13.",
    "3.13.0",
  ],
  [
    "a Python too old",
    nvidia("580.95.05", a100),
    "torch 2.13.0+cu130",
    "unknown",
    "Use Python 3.14 for torch 2.13, or torch 2.8 for Python 3.9.",
    "3.9.18",
  ],
]);

run("torch for ROCm", [
  ["MI300X", amd("gfx942"), "torch 2.13.0+rocm7.2", "works"],
  ["MI250X as the tools write it", amd("gfx90a:sramecc+:xnack-"), "torch 2.13.0+rocm7.2", "works"],
  ["RX 6700 XT has no code", amd("gfx1031"), "torch 2.13.0+rocm7.2", "fails"],
  ["RX 9070 came with 2.7", amd("gfx1201"), "torch 2.8.0+rocm6.4", "works"],
  ["MI350 before its code", amd("gfx950"), "torch 2.8.0+rocm6.4", "fails", index("2.10", "rocm7.1")],
  ["MI350 in a row that was not verified", amd("gfx950"), "torch 2.9.1+rocm6.4", "unknown"],
  ["wheels that no row is about", amd("gfx942"), "torch 2.14.0+rocm7.14", "unknown"],
  ["two of which one has code", amd("gfx1100", "gfx1036"), "torch 2.13.0+rocm7.2", "limited"],
  [
    "a GPU that no tool names",
    { ...amd(), gpus: [{ index: 0, name: "AMD Radeon" }] },
    "torch 2.13.0+rocm7.2",
    "unknown",
  ],
]);
