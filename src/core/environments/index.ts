import { noOverlay } from "./overlay";
import type { EnvironmentParts } from "./parts";

export const environmentParts: EnvironmentParts = {
  managers: [
    {
      id: "venv",
      label: "venv",
      recognise: () => undefined,
      tool: (tools) => tools.python3,
      create: (tool, wish) => ({
        title: `Creating the environment ${wish.name ?? wish.prefix}`,
        commands: [`${tool} -m venv ${wish.prefix ?? wish.name}`],
        operation: { script: "echo hi", parameters: [] },
        ...(wish.prefix ? { prefix: wish.prefix } : {}),
      }),
      install: () => ({
        title: "Installing",
        commands: ["pip install"],
        operation: { script: "echo hi", parameters: [] },
      }),
      remove: (_t, e) => ({
        title: `Deleting the environment ${e.name}`,
        commands: [`rm -rf ${e.prefix}`],
        operation: { script: "echo hi", parameters: [] },
        destroys: e.prefix,
      }),
    },
  ],
  survey: async () => ({
    tools: { python3: "/usr/bin/python3", "python3.12": "/usr/bin/python3.12" },
    report: {
      warnings: [],
      projects: [{ path: "/home/ann/vision", files: ["environment.yml", "requirements.txt"] }],
      environments: [
        {
          manager: "venv",
          name: "train",
          prefix: "/home/ann/.venvs/train",
          interpreter: "/home/ann/.venvs/train/bin/python",
          pythonVersion: "3.12.4",
          packages: [{ name: "torch", version: "2.13.0+cu130", build: { kind: "cuda", version: "13.0" } }],
        },
        {
          manager: "conda",
          name: "old",
          prefix: "/home/ann/miniconda3/envs/old",
          packages: [],
          error: {
            reason: "danglingInterpreter",
            message: "Its Python is a link to /usr/bin/python3.6, which is not there.",
          },
        },
        {
          manager: "system",
          name: "python3.13",
          prefix: "/usr",
          interpreter: "/usr/bin/python3",
          pythonVersion: "3.13.1",
          packages: [],
          isProtected: true,
        },
      ],
    },
  }),
  listPackages: async () => [
    { name: "torch", version: "2.13.0+cu130" },
    { name: "numpy", version: "2.3.1" },
  ],
  surveyToolkits: async () => ({
    driver: { vendor: "nvidia", version: "580.95.05", cudaVersion: "13.0" },
    gpus: [{ index: 0, name: "H100", computeCapability: "9.0" }],
    toolkits: [
      {
        kind: "cuda",
        version: "13.0",
        path: "/usr/local/cuda-13.0",
        source: "folder",
        active: true,
        nvcc: "13.0.88",
        libraries: [{ name: "cudnn", version: "9.13", path: "/x" }],
      },
      {
        kind: "cuda",
        version: "12.4.1",
        path: "/usr/local/cuda-12.4",
        source: "folder",
        active: false,
        nvcc: "12.4.131",
        libraries: [],
      },
    ],
    warnings: [],
  }),
  judge: (environment) =>
    environment.packages.map((one) => ({
      subject: `${one.name} ${one.version}`,
      grade: "works",
      why: "Driver 580 runs CUDA 13.0.",
      rows: [],
    })),
  createOperations: () => ({
    start: async () => {},
    follow: async () => ({ id: "1", title: "x", state: "succeeded" }),
    cancel: async () => ({ id: "1", title: "x", state: "cancelled" }),
    list: async () => [],
    forget: async () => {},
  }),
  planPyTorch: () => ({ packages: ["torch"], why: "x", rows: [] }),
  selfTest: async () => ({ checks: [] }),
  overlay: () => noOverlay,
  overlayScript: () => "true",
  describeOverlay: () => [],
  systemDefaultCommand: () => undefined,
};
