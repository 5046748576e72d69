import { describe, expect, test } from "vitest";
import { classifyAmdFailure } from "../../../src/core/gpu/vendors/amd/failures";
import { classifyNvidiaFailure } from "../../../src/core/gpu/vendors/nvidia/failures";

describe("what nvidia-smi says when it fails", () => {
  test.each([
    [
      "NVIDIA-SMI has failed because it couldn't communicate with the NVIDIA driver. Make sure that it runs.",
      9,
      { reason: "driverNotLoaded", vendor: "NVIDIA" },
    ],
    ["", 9, { reason: "driverNotLoaded", vendor: "NVIDIA" }],
    [
      "Failed to initialize NVML: Driver/library version mismatch\nNVML library version: 535.161\n",
      18,
      { reason: "driverLibraryMismatch", library: "535.161" },
    ],
    ["Failed to initialize NVML: Driver/library version mismatch", undefined, { reason: "driverLibraryMismatch" }],
    ["", 18, { reason: "driverLibraryMismatch" }],
    ["Mismatch in versions between nvidia-smi and NVML.", 255, { reason: "driverLibraryMismatch" }],
    ["No devices were found", 6, { reason: "noDevices", vendor: "NVIDIA" }],
    [
      "NVIDIA-SMI couldn't find libnvidia-ml.so library in your system.",
      12,
      { reason: "libraryMissing", tool: "nvidia-smi" },
    ],
    ["", 13, { reason: "libraryMissing", tool: "nvidia-smi" }],
    ["WARNING: infoROM is corrupted at gpu 0000:17:00.0", 14, { reason: "infoRomCorrupted" }],
    ["table", 14, { reason: "infoRomCorrupted" }],
    ["", 15, { reason: "gpuLost" }],
    ["", 16, { reason: "gpuNeedsReset" }],
    ["", 4, { reason: "insufficientPermissions", tool: "nvidia-smi" }],
    [
      "Failed to initialize NVML: Insufficient Permissions",
      255,
      { reason: "insufficientPermissions", tool: "nvidia-smi" },
    ],
    [
      "Failed to initialize NVML: Unknown Error",
      255,
      { reason: "toolFailed", tool: "nvidia-smi", detail: "Unknown Error" },
    ],
    [
      "Unable to determine the device handle for GPU 0000:02:00.0: GPU is lost.  Reboot the system to recover this GPU",
      15,
      { reason: "gpuLost", busId: "0000:02:00.0" },
    ],
    [
      "Unable to determine the device handle for GPU 000:BA:80.0: Unknown Error",
      255,
      { reason: "gpuUnreadable", busId: "0000:ba:80.0", detail: "Unknown Error" },
    ],
    [
      "Unable to determine the device handle for GPU1: 00000000:41:00.0: Unknown Error",
      255,
      { reason: "gpuUnreadable", busId: "0000:41:00.0", detail: "Unknown Error" },
    ],
    ["Unable to determine the device handle for gpu: Not Found", 255, { reason: "gpuUnreadable", detail: "Not Found" }],
    ['Field "x.y" is not a valid field to query.\n\n', 2, { reason: "unknownField", tool: "nvidia-smi", field: "x.y" }],
    ["sh: 1: nvidia-smi: not found", 127, { reason: "noGpuTool", lookedFor: ["nvidia-smi"] }],
    ["something new", 77, { reason: "toolFailed", tool: "nvidia-smi", exitCode: 77, detail: "something new" }],
    ["all is well", 0, undefined],
    ["0, [GPU is lost], 1", undefined, undefined],
  ])("%j with exit code %s", (text, exitCode, problem) => {
    expect(classifyNvidiaFailure(text, exitCode)).toEqual(problem);
  });
});

describe("what rocm-smi says when it fails", () => {
  test.each([
    ["ERROR:root:Driver not initialized (amdgpu not found in modules)", 0, "driverNotLoaded"],
    ["Unable to load the rocm_smi library.", 0, "libraryMissing"],
    ["WARNING: No JSON data to report", 0, "noDevices"],
    ["NOT_SUPPORTED: Cannot print JSON/CSV output for concise output", 1, "toolFailed"],
    ["Traceback (most recent call last):\n  File x\nKeyError: 'a'", 1, "toolFailed"],
    ["sh: rocm-smi: not found", 127, "noGpuTool"],
    ["", 3, "toolFailed"],
    ["{}", 0, undefined],
  ])("%j with exit code %s", (text, exitCode, reason) => {
    expect(classifyAmdFailure(text, exitCode)?.reason).toBe(reason);
  });
});
