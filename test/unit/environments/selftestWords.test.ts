import { expect, it } from "vitest";
import { createRecordReader, type DoneRecord } from "../../../src/core/environments/selftest/records";
import { finishedStep, stepTitle } from "../../../src/core/environments/selftest/stepWords";

const nobody = () => [];

function failed(step: DoneRecord["step"], text: string, more: Partial<DoneRecord> = {}): string | undefined {
  const error = { how: "exception", type: "RuntimeError", text, ...more.error } as const;
  return finishedStep({ kind: "done", step, ...more, error }, nobody)?.words;
}

const gpu = { what: "matmul", framework: "torch", device: 3 } as const;
const load = { what: "import", framework: "torch" } as const;
const devices = { what: "devices", framework: "torch" } as const;
const reduce = { what: "allReduce", framework: "torch", backend: "nccl", count: 4 } as const;
const compiled = { what: "compile", framework: "torch", device: 0 } as const;

// What the frameworks, the driver and the loader print, in our own words where they differ from version to version.
const errors: readonly (readonly [step: DoneRecord["step"], text: string, words: RegExp])[] = [
  [
    devices,
    "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU and installed a driver",
    /^There is no NVIDIA driver on this machine\./,
  ],
  [
    devices,
    "The NVIDIA driver on your system is too old (found version 11040). Please update your GPU driver",
    /^The NVIDIA driver is too old for this PyTorch\. Install a build for an older CUDA/,
  ],
  [
    { what: "devices", framework: "cupy" },
    "cudaErrorInsufficientDriver: CUDA driver version is insufficient for CUDA runtime version",
    /too old for this CuPy/,
  ],
  [
    devices,
    "Unexpected error from cudaGetDeviceCount(). Error 804: forward compatibility was attempted on non supported HW",
    /compatibility library/,
  ],
  [devices, "Unexpected error from cudaGetDeviceCount(). Error 802: system not yet initialized", /fabric manager/],
  [devices, "CUDA unknown error - this may be due to an incorrectly set up environment", /nvidia-uvm/],
  [devices, "cudaErrorNoDevice: no CUDA-capable device is detected", /offers no GPU here\./],
  [
    gpu,
    "CUDA error: no kernel image is available for execution on the device",
    /^This PyTorch has no code for the architecture of GPU 3\./,
  ],
  [gpu, "HIP error: invalid device function", /no code for the architecture/],
  [gpu, "CUDA out of memory. Tried to allocate 64.00 MiB", /^GPU 3 is full\. Wait/],
  [
    gpu,
    "CUDA error: CUBLAS_STATUS_NOT_INITIALIZED when calling `cublasCreate(handle)`",
    /^cuBLAS could not start on GPU 3, most often/,
  ],
  [gpu, "CUDA error: CUDA-capable device(s) is/are busy or unavailable", /^GPU 3 is taken: it is in exclusive mode/],
  [gpu, "CUDA error: uncorrectable ECC error encountered", /memory of GPU 3 has errors/],
  [gpu, "cuDNN error: CUDNN_STATUS_SUBLIBRARY_VERSION_MISMATCH", /another cuDNN/],
  [gpu, "Torch not compiled with CUDA enabled", /built for the CPU only/],
  [
    load,
    "libcudnn.so.9: cannot open shared object file: No such file or directory",
    /does not find the library libcudnn\.so\.9\./,
  ],
  [load, "libcublasLt.so.13: cannot open shared object file: No such file or directory", /libcublasLt\.so\.13/],
  [load, "libcuda.so.1: cannot open shared object file: No such file or directory", /no NVIDIA driver/],
  [
    load,
    "/x/libtorch_cuda.so: undefined symbol: cudaGetDriverEntryPointByVersion, version libcudart.so.12",
    /of another version/,
  ],
  [
    load,
    "/lib64/libc.so.6: version `GLIBC_2.28' not found (required by /x/libtorch_cpu.so)",
    /C library is too old for PyTorch: it lacks GLIBC_2\.28\./,
  ],
  [
    load,
    "/lib64/libstdc++.so.6: version `GLIBCXX_3.4.29' not found (required by /x/_C.so)",
    /libstdc\+\+.*lacks GLIBCXX_3\.4\.29/,
  ],
  [load, "Numpy is not available", /built for another NumPy/],
  [load, "/x/lib.so: failed to map segment from shared object", /noexec/],
  [load, "No module named 'typing_extensions'", /needs the package typing_extensions/],
  [load, "[Errno 13] Permission denied: '/x/torch/__init__.py'", /may not be read/],
  [
    reduce,
    "NCCL error in: x.cpp:77, unhandled cuda error (run with NCCL_DEBUG=INFO for details)",
    /CUDA failed within NCCL/,
  ],
  [
    reduce,
    "NCCL error: ncclSystemError: System call (e.g. socket, malloc) or external library call failed",
    /NCCL met a system error/,
  ],
  [reduce, "CUDA error: peer access is not supported between these two devices", /NCCL_P2P_DISABLE=1/],
  [reduce, "Distributed package doesn't have NCCL built in", /without NCCL/],
  [reduce, "Error while creating shared memory segment /dev/shm/nccl-x (size 9637888)", /\/dev\/shm is full/],
  [compiled, "Cannot find a working triton installation. Either the package is not installed", /needs Triton/],
  [compiled, "Failed to find C compiler. Please specify via CC environment variable", /needs a C and C\+\+ compiler/],
  [
    compiled,
    "No working C++ compiler found in torch._inductor.config.cpp.cxx: (None, 'g++')",
    /needs a C and C\+\+ compiler/,
  ],
  [compiled, "fatal error: Python.h: No such file or directory", /header files/],
  [compiled, "Cannot find ptxas", /assembler ptxas/],
  [compiled, "`ptxas` was searched in TRITON_PTXAS_PATH or PATH but a working version could not be found.", /ptxas/],
  [compiled, "/usr/bin/ld: cannot find -lcuda: No such file or directory", /libcuda\.so/],
  [
    compiled,
    "Found GTX 1080 which is too old to be supported by the triton GPU compiler",
    /too old for torch\.compile/,
  ],
  [compiled, "Dynamo is not supported on Python 3.14+", /cannot compile under this version of Python/],
];

it.each(errors)("%o: %s", (step, text, words) => {
  expect(failed(step, text)).toMatch(words);
});

it("an error that nobody knows keeps its own last line, without what could harm a screen", () => {
  const text = "Traceback\n  lines of it\n\u001b[31msomething quite new\u0007 happened\u001b[0m.\n";
  const step = finishedStep({ kind: "done", step: load, error: { how: "exception", type: "FooError", text } }, nobody);
  expect(step).toMatchObject({
    outcome: "fails",
    words: "PyTorch failed: something quite new  happened.",
    detail: "something quite new  happened.",
  });
});

it("what NCCL printed says more than what it threw", () => {
  const said = "box:12:12 [0] misc/shmutils.cc:88 NCCL WARN Error: failed to extend /dev/shm/nccl-x to 9637892 bytes";
  expect(failed(reduce, "NCCL error in: x.cpp:77, unhandled system error", { said })).toMatch(/\/dev\/shm is full/);
});

it("what was printed counts where the exception says nothing", () => {
  const said = "A module that was compiled using NumPy 1.x cannot be run in\nNumPy 2.4.0 as it may crash.";
  expect(failed(load, "initialization failed", { said })).toMatch(/built for another NumPy/);
  const crash = { kind: "done", step: load, said, error: { how: "signal", code: 11 } } as const;
  expect(finishedStep(crash, nobody)?.words).toMatch(/built for another NumPy/);
});

it.each([
  [4, /instructions that this processor does not have/],
  [9, /memory ran out/],
  [11, /crashed with a memory fault/],
  [31, /ended by signal 31\./],
])("signal %i", (code, words) => {
  expect(finishedStep({ kind: "done", step: load, error: { how: "signal", code } }, nobody)?.words).toMatch(words);
});

it("a machine without GPUs is no failure of the framework; one whose GPUs are not seen is", () => {
  const seen = (facts: DoneRecord["facts"], error?: DoneRecord["error"]) =>
    finishedStep({ kind: "done", step: devices, facts, ...(error && { error }) }, nobody);
  const noDriver = { how: "exception", text: "Found no NVIDIA driver on your system." } as const;
  expect(seen({ devices: [], machineGpus: 0 })).toMatchObject({ outcome: "works" });
  expect(seen({ machineGpus: 0 }, noDriver)).toMatchObject({ outcome: "missing" });
  expect(seen({ machineGpus: 2 }, noDriver)).toMatchObject({ outcome: "fails" });
  expect(seen({ devices: [], machineGpus: 2, cpuBuild: true })).toMatchObject({
    outcome: "fails",
    words: "This PyTorch is built for the CPU only, and this machine has 2 GPUs. Install a build for CUDA or ROCm.",
  });
  expect(seen({ devices: [], machineGpus: 1, visible: "CUDA_VISIBLE_DEVICES=" })?.words).toMatch(/hides them/);
  expect(seen({ devices: [], machineGpus: 1 })).toMatchObject({ outcome: "fails" });
  const said = "Unable to initialize backend 'cuda': libcudnn.so.9: cannot open shared object file: No such file";
  const jax = { what: "devices", framework: "jax" } as const;
  const facts = { devices: [], machineGpus: 1 };
  expect(finishedStep({ kind: "done", step: jax, facts }, nobody)?.words).toMatch(/install `jax\[cuda13\]`/);
  expect(finishedStep({ kind: "done", step: jax, facts, said }, nobody)?.words).toMatch(
    /find the library libcudnn\.so\.9/,
  );
});

it("records are found among whatever else is printed, in pieces of any size, and nothing else is believed", () => {
  const good = '\u001e{"kind":"started","step":{"what":"import","framework":"jax"},"limitSeconds":3}\n';
  const bad = [
    '\u001e{"kind":"started","step":{"what":"format the disk"},"limitSeconds":3}\n',
    '\u001e{"kind":"done","step":{"what":"matmul","device":-1}}\n',
    `\u001e{"kind":"done","step":{"what":"import"},"said":"${"x".repeat(9000)}"}\n`,
    "\u001enonsense\n{}\n",
  ];
  const bytes = Buffer.from(`hello ${good}${bad.join("é")}no end of line${good}`);
  for (const size of [1, 7, bytes.length]) {
    const read = createRecordReader();
    const records = [];
    for (let at = 0; at < bytes.length; at += size) records.push(...read(bytes.subarray(at, at + size)));
    expect(records.map((record) => "step" in record && stepTitle(record.step))).toEqual(["import jax", "import jax"]);
  }
});
