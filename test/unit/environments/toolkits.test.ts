import { describe, expect, test } from "vitest";
import { computeCapabilityOf, cudaOfDriver } from "../../../src/core/environments/toolkits/cards";
import { readCarried } from "../../../src/core/environments/toolkits/carried";
import { readCudaFolder } from "../../../src/core/environments/toolkits/cudaFolder";
import { gfxOf, readDriver } from "../../../src/core/environments/toolkits/driver";
import { readLibraries } from "../../../src/core/environments/toolkits/libraries";
import { readModules } from "../../../src/core/environments/toolkits/moduleText";
import { readRecords } from "../../../src/core/environments/toolkits/records";
import { toolkitSurvey } from "../../../src/core/environments/toolkits/surveyToolkits";
import { systemDefaultCommand } from "../../../src/core/environments/toolkits/systemDefault";
import { toolkitOverlay } from "../../../src/core/environments/toolkits/toolkitOverlay";
import type { Toolkit } from "../../../src/shared/environments";

const cuda: Toolkit = {
  kind: "cuda",
  version: "12.4.1",
  path: "/usr/local/cuda-12.4",
  source: "folder",
  active: false,
  nvcc: "12.4.131",
  libraries: [],
};

describe("records", () => {
  test("what is no record, or is cut off, is dropped", () => {
    const text = "motd\u001ekernel\u001da\nb\u001d\u001f noise \u001ecuda\u001dcut\u001edone\u001f\u001esmi\u001dx";
    expect(readRecords(text)).toEqual([
      { type: "kernel", fields: ["a\nb", ""] },
      { type: "done", fields: [] },
    ]);
  });

  test("a script that did not come to its end is a failure", () => {
    const { parse } = toolkitSurvey({ environments: [] });
    expect(() => parse({ stdout: "\u001ekernel\u001dx\u001f", stderr: "sh: killed", exitCode: 137 })).toThrow(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "commandFailed", exitCode: 137 }) }),
    );
  });
});

describe("the version of a folder", () => {
  const read = (fields: Partial<Record<"json" | "line" | "runtimes" | "header" | "nvcc" | "said", string>>) => {
    const { json = "", line = "", runtimes = "", header = "", nvcc = "", said = "" } = fields;
    const toolkit = readCudaFolder(["folder", "/srv/cuda", json, line, runtimes, header, nvcc, said, "", "", ""]);
    return toolkit && `${toolkit.version} by ${toolkit.evidence}`;
  };

  test.each([
    [{ json: '{"cuda":{"version":"12.4.1"}}', line: "CUDA Version 11.0.1" }, "12.4.1 by version.json"],
    [{ json: "[1, null]", line: "CUDA Version 10.2.89" }, "10.2.89 by version.txt"],
    [{ json: '{"cuda":{"version":12}}', runtimes: "/a/libcudart.so.10.1.243" }, "10.1.243 by libcudart.so.10.1.243"],
    [{ runtimes: "/a/libcudart.so.12\n/a/libcudart.so.12.4.127" }, "12.4 by libcudart.so.12.4.127"],
    [{ header: "#define CUDA_VERSION 12060" }, "12.6 by cuda.h"],
    [{ nvcc: "/srv/cuda/bin/nvcc", said: "Cuda compilation tools, release 9.1, V9.1.85" }, "9.1 by nvcc"],
    [{ json: '{"cuda":{"version":"<b>1</b>"}}', header: "#define CUDA_VERSION 0" }, undefined],
    [{ json: '{"cuda":null}', line: "CUDA Version 12.4; rm -rf /" }, undefined],
  ])("of %j is %s", (fields, expected) => {
    expect(read(fields)).toBe(expected);
  });
});

test.each([
  ["90402", "gfx942"],
  ["90010", "gfx90a"],
  ["90006", "gfx906"],
  ["100300", "gfx1030"],
  ["110001", "gfx1101"],
  ["120001", "gfx1201"],
  ["0", undefined],
  ["", undefined],
  ["-90402", undefined],
])("gfx_target_version %j is %s", (target, gfx) => {
  expect(gfxOf(target)).toBe(gfx);
});

test.each([
  ["Tesla V100-SXM2-16GB", "7.0"],
  ["NVIDIA A100-SXM4-40GB", "8.0"],
  ["NVIDIA A10G", "8.6"],
  ["NVIDIA GeForce RTX 3090", "8.6"],
  ["GeForce RTX 2080 Ti", "7.5"],
  ["Tesla T4", "7.5"],
  ["GeForce GTX 1070 Ti", "6.1"],
  ["TITAN Xp", "6.1"],
  ["TITAN X (Pascal)", "6.1"],
  ["GeForce GTX TITAN X", "5.2"],
  ["Tesla P100-PCIE-16GB", "6.0"],
  ["Quadro P400", "6.1"],
  ["Tesla K80", "3.7"],
  ["NVIDIA Something New", undefined],
])("the card %j has compute capability %s", (name, capability) => {
  expect(computeCapabilityOf(name)).toBe(capability);
});

test.each([
  ["580.95.05", "13.0"],
  ["535.104.05", "12.2"],
  ["470.82.01", "11.4"],
  ["999.1", undefined],
])("driver %s speaks CUDA %s", (version, limit) => {
  expect(cudaOfDriver(version)).toBe(limit);
});

test("the closed kernel module's line is read as well as the open one's", () => {
  const version = (line: string) => readDriver([{ type: "kernel", fields: [line] }]).driver?.version;
  expect(version("NVRM version: NVIDIA UNIX x86_64 Kernel Module  535.129.03  Thu Oct 19")).toBe("535.129.03");
  expect(version("NVRM version: NVIDIA UNIX Open Kernel Module for aarch64  560.35.03  Release")).toBe("560.35.03");
  expect(version("NVRM version: Kernel Module  unknown")).toBeUndefined();
});

test("libraries are known by headers first, then by the longest name of their files", () => {
  const defined =
    "/a b:c/nccl.h:#define NCCL_MAJOR 2\n/a b:c/nccl.h:#define NCCL_MINOR 21\n/a b:c/nccl.h:#define NCCL_PATCH 5";
  const files = "/l/libnccl.so.2\n/l/libcudnn.so.9\n/l/libcudnn.so.9.1.0\n/l/libcudnn_ops.so.9\n/l/libnvinfer.so.x";
  expect(readLibraries(defined, files)).toEqual([
    { name: "nccl", version: "2.21.5", path: "/a b:c/nccl.h" },
    { name: "cudnn", version: "9.1.0", path: "/l/libcudnn.so.9.1.0" },
  ]);
});

test("pip's packages of CUDA 13 lie in one folder", () => {
  const site = "lib/python3.12/site-packages";
  const files = [
    `${site}/nvidia_cuda_runtime_cu12-12.8.90.dist-info`,
    `${site}/nvidia_cuda_runtime-13.0.96.dist-info`,
    `${site}/nvidia_cuda_nvcc-13.0.88.dist-info`,
    `${site}/nvidia_nccl_cu13-2.30.7.dist-info`,
    `${site}/nvidia/cu13/lib/libcudart.so.13`,
    `${site}/nvidia/cu13/bin/nvcc`,
    `${site}/nvidia/nccl/lib/libnccl.so.2`,
  ];
  expect(readCarried(["/env", files.join("\n")])?.toolkits).toEqual([
    {
      kind: "cuda",
      version: "13.0",
      path: `/env/${site}/nvidia/cu13`,
      source: "pip",
      environment: "/env",
      libraryFolder: `/env/${site}/nvidia/cu13/lib`,
      nvcc: "13.0.88",
      libraries: [{ name: "nccl", version: "2.30.7", path: `/env/${site}/nvidia/nccl/lib/libnccl.so.2` }],
      evidence: "nvidia-cuda-runtime 13.0.96",
    },
  ]);
});

test("a module that names itself after a property of objects does no harm", () => {
  const shown = '   /m/cuda/1.lua:\nsetenv("__proto__","x")\nprepend_path("constructor","/a:/b")\nsetenv("A","")\n';
  expect(readModules("cuda/1", shown)[0]?.prepend).toEqual({ constructor: ["/a", "/b"] });
});

describe("switching", () => {
  test("is variables of a shell, or a module", () => {
    expect(toolkitOverlay(cuda)).toEqual({
      modules: [],
      source: [],
      unset: [],
      set: { CUDA_HOME: "/usr/local/cuda-12.4", CUDA_PATH: "/usr/local/cuda-12.4" },
      prepend: { PATH: ["/usr/local/cuda-12.4/bin"], LD_LIBRARY_PATH: ["/usr/local/cuda-12.4/lib64"] },
    });
    const jetson = toolkitOverlay({ ...cuda, libraryFolder: "/usr/local/cuda-12.4/targets/aarch64-linux/lib" });
    expect(jetson.prepend.LD_LIBRARY_PATH).toEqual(["/usr/local/cuda-12.4/targets/aarch64-linux/lib"]);
    expect(toolkitOverlay({ ...cuda, source: "module", module: "cuda/12.4.1" })).toMatchObject({
      modules: ["cuda/12.4.1"],
      set: {},
      prepend: {},
    });
    expect(toolkitOverlay({ ...cuda, kind: "rocm", path: "/opt/rocm-6.4.0" })).toMatchObject({
      set: { ROCM_PATH: "/opt/rocm-6.4.0", HIP_PATH: "/opt/rocm-6.4.0" },
      prepend: { PATH: ["/opt/rocm-6.4.0/bin"], LD_LIBRARY_PATH: ["/opt/rocm-6.4.0/lib"] },
    });
    const { nvcc: _, ...runtime } = cuda;
    const path = "/e/lib/python3.12/site-packages/nvidia/cu13";
    const carried: Toolkit = { ...runtime, path, source: "pip", environment: "/e", libraryFolder: `${path}/lib` };
    expect(toolkitOverlay(carried)).toMatchObject({ set: {}, prepend: { LD_LIBRARY_PATH: [`${path}/lib`] } });
  });

  test("for everybody is a command for an administrator", () => {
    const none = { alternatives: { cuda: [], rocm: [] } };
    expect(systemDefaultCommand(cuda, none)).toBe("ln -sfn /usr/local/cuda-12.4 /usr/local/cuda");
    expect(systemDefaultCommand(cuda, { alternatives: { cuda: ["/usr/local/cuda-11.8", cuda.path], rocm: [] } })).toBe(
      "update-alternatives --set cuda /usr/local/cuda-12.4",
    );
    expect(systemDefaultCommand({ ...cuda, path: "/srv/it's cuda" }, none)).toBe(
      "ln -sfn '/srv/it'\\''s cuda' /usr/local/cuda",
    );
    expect(systemDefaultCommand({ ...cuda, kind: "rocm", path: "/opt/rocm-6.4.0" }, none)).toBe(
      "ln -sfn /opt/rocm-6.4.0 /opt/rocm",
    );
    expect(systemDefaultCommand({ ...cuda, kind: "rocm", path: "/opt/rocm/core-7.14" }, none)).toBeUndefined();
    expect(systemDefaultCommand({ ...cuda, module: "cuda/12.4.1" }, none)).toBeUndefined();
    expect(systemDefaultCommand({ ...cuda, environment: "/e" }, none)).toBeUndefined();
  });
});
