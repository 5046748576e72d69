import type { Facts } from "./records";

/** What a step was about. */
export interface About {
  /** `PyTorch`, `torch.compile`. */
  readonly label: string;
  /** `GPU 0`, where it was one. */
  readonly gpu?: string;
  /** Names of those whose processes are on that GPU. */
  readonly users?: readonly string[];
  readonly facts: Facts;
}

export interface Rule {
  readonly when: RegExp;
  /** One plain sentence, and what to do. */
  say(about: About & { readonly found: readonly string[] }): string;
}

const gpuOf = ({ gpu }: About) => gpu ?? "the GPU";
const capital = (text: string) => text.charAt(0).toUpperCase() + text.slice(1);

/**
 * What frameworks, drivers and the dynamic loader say when something is wrong, in their own English. There are no codes to
 * go by. The first that fits counts, so the special stands before the general.
 */
export const rules: readonly Rule[] = [
  {
    when: /driver on your system is too old|driver version is insufficient|cudaErrorInsufficientDriver/,
    say: ({ label }) =>
      `The NVIDIA driver is too old for this ${label}. Install a build for an older CUDA, or have the driver updated.`,
  },
  {
    when: /forward compatibility was attempted|CUDA_ERROR_COMPAT_NOT_SUPPORTED|system has unsupported display driver/i,
    say: () =>
      "A CUDA compatibility library is loaded that does not fit this driver or GPU. Take its `compat` folder out of LD_LIBRARY_PATH.",
  },
  {
    when: /Driver\/library version mismatch|nvml.*version mismatch/i,
    say: () => "The NVIDIA driver was updated while the old one is still running. Restart the host.",
  },
  {
    when: /Found no NVIDIA driver|libcuda\.so[\w.]*: cannot open shared object/,
    say: () => "There is no NVIDIA driver on this machine. Have one installed, or use a machine with GPUs.",
  },
  {
    when: /no CUDA-capable device is detected|CUDA_ERROR_NO_DEVICE|cudaErrorNoDevice|hipErrorNoDevice/,
    say: ({ facts }) =>
      `The driver offers no GPU here${facts.visible ? `: ${facts.visible} hides them` : ""}. Ask for one, or use a machine with GPUs.`,
  },
  {
    when: /\/dev\/kfd.*(?:Permission|permitted)|(?:render|video) group/i,
    say: () => "You may not use this machine's AMD GPUs. Ask to be added to the groups render and video.",
  },
  {
    when: /no kernel image is available|hipErrorNoBinaryForGpu|NO_BINARY_FOR_GPU|not compatible with the current PyTorch|invalid device function/i,
    say: (about) =>
      `This ${about.label} has no code for the architecture of ${gpuOf(about)}. Install a build that covers it.`,
  },
  {
    when: /creating shared memory segment|Call to (?:shm_open|posix_fallocate) failed|failed to extend \/dev\/shm/,
    say: () =>
      "The GPUs could not share memory: /dev/shm is full or too small. Make it larger, or remove what lies in it.",
  },
  {
    when: /have NCCL built in|NCCL is not available|nccl.*not (?:built|compiled)/i,
    say: () => "This PyTorch was built without NCCL, so its GPUs cannot work together. Install an official build.",
  },
  {
    when: /Duplicate GPU detected/,
    say: () => "Two processes were given the same GPU. Check CUDA_VISIBLE_DEVICES.",
  },
  {
    when: /peer access|peer-to-peer|cudaErrorPeerAccess|invalid device ordinal/i,
    say: () =>
      "The GPUs cannot reach each other's memory directly. Set NCCL_P2P_DISABLE=1 to go without, or have the machine's PCIe settings (ACS, IOMMU) checked.",
  },
  {
    when: /unhandled system error|ncclSystemError/i,
    say: () =>
      "The GPUs could not talk to each other: NCCL met a system error. Run again with NCCL_DEBUG=INFO; most often it is the network interface or /dev/shm.",
  },
  {
    when: /unhandled cuda error|ncclUnhandledCudaError/i,
    say: () =>
      "The GPUs could not talk to each other: CUDA failed within NCCL. Check that all of them are free and healthy, and that PyTorch's NCCL fits the driver.",
  },
  {
    when: /out of memory|cudaErrorMemoryAllocation|RESOURCE_EXHAUSTED|CUDA_ERROR_OUT_OF_MEMORY|CUBLAS_STATUS_ALLOC_FAILED/i,
    say: (about) => {
      const { facts, users = [] } = about;
      const free = facts.freeBytes === undefined ? "" : `, with ${Math.round(facts.freeBytes / 2 ** 20)} MB free`;
      const who = users.length > 0 ? `; on it: ${users.join(", ")}` : "";
      return `${capital(gpuOf(about))} is full${free}${who}. Wait, take another GPU, or end what you do not need.`;
    },
  },
  {
    when: /CUBLAS_STATUS_NOT_INITIALIZED/,
    say: (about) =>
      `cuBLAS could not start on ${gpuOf(about)}, most often because its memory is full. Take another GPU, or end what you do not need.`,
  },
  {
    when: /busy or unavailable|cudaErrorDevicesUnavailable|DEVICE_UNAVAILABLE|exclusive[- ](?:process|thread)/i,
    say: (about) =>
      `${capital(gpuOf(about))} is taken: it is in exclusive mode and another process has it${about.users?.length ? ` (${about.users.join(", ")})` : ""}. Take another GPU, or wait.`,
  },
  {
    when: /uncorrectable ECC|ECCUncorrectable/i,
    say: (about) =>
      `The memory of ${gpuOf(about)} has errors that it cannot correct. Take another GPU, and tell whoever looks after the machine.`,
  },
  {
    when: /system not yet initialized|SYSTEM_NOT_READY|error 802/i,
    say: () =>
      "The GPUs are not connected to each other yet: NVIDIA's fabric manager is not running, or not in the driver's version. Have it started.",
  },
  {
    when: /CUDA unknown error|CUDA_ERROR_UNKNOWN|cudaErrorUnknown|OPERATING_SYSTEM/,
    say: () =>
      "The driver is there but does not answer properly, as after a suspend or without its module nvidia-uvm. Have `nvidia-modprobe -u` run, or the host restarted.",
  },
  {
    when: /compiled using NumPy 1\.x|Numpy is not available|multiarray failed to import|_ARRAY_API not found|numpy\.dtype size changed/i,
    say: ({ label }) =>
      `${label} was built for another NumPy than the one installed. Install \`numpy<2\`, or a newer ${label}.`,
  },
  {
    when: /[`'](GLIBC_[\d.]+)' not found/,
    say: ({ label, found }) =>
      `This machine's C library is too old for ${label}: it lacks ${found[0]}. Install an older build, or one from conda-forge, or use a container.`,
  },
  {
    when: /[`']((?:GLIBCXX|CXXABI)_[\d.]+)' not found/,
    say: ({ label, found }) =>
      `The libstdc++ that ${label} finds is too old: it lacks ${found[0]}. Install libstdcxx-ng into the environment, or take older folders out of LD_LIBRARY_PATH.`,
  },
  {
    when: /SUBLIBRARY_VERSION_MISMATCH|CUDNN_STATUS_VERSION_MISMATCH|cuDNN version incompatib|Loaded runtime CuDNN library/i,
    say: ({ label }) =>
      `${label} finds another cuDNN than it was built with. Take other CUDA folders out of LD_LIBRARY_PATH, or install the cuDNN that it asks for.`,
  },
  {
    when: /(lib[\w.+-]+\.so[\w.]*): cannot open shared object file/,
    say: ({ label, found }) =>
      `${label} does not find the library ${found[0]}. Install the package that brings it into the environment, or load the matching CUDA toolkit.`,
  },
  {
    when: /undefined symbol: (\S+)/,
    say: ({ label }) =>
      `${label} finds a library of another version than it was built with. Install its packages anew, and take other CUDA folders out of LD_LIBRARY_PATH.`,
  },
  {
    when: /failed to map segment/,
    say: ({ label }) =>
      `The libraries of ${label} may not be run from where they lie, or memory ran out. Check the mount option noexec and your memory limit.`,
  },
  {
    when: /too old to be supported by the triton|TooOldForTriton/i,
    say: (about) =>
      `${capital(gpuOf(about))} is too old for torch.compile, which needs compute capability 7.0. Run without it.`,
  },
  {
    when: /Dynamo is not supported on Python|torch\.compile.*not supported on Python|not supported for Python 3\.\d+/i,
    say: () => "This PyTorch cannot compile under this version of Python. Use an older Python or a newer PyTorch.",
  },
  {
    when: /Cannot find a working triton|TritonMissing|No module named '(?:py)?triton/i,
    say: () =>
      "torch.compile needs Triton for GPUs, and it is not installed. Install the package triton that fits this PyTorch.",
  },
  {
    when: /Cannot find ptxas|PTXASError|ptxas fatal|ptxas[^\n]{0,160}(?:failed|not found|not be found|No such file)|Triton only support/i,
    say: () =>
      "Triton's assembler ptxas is missing, or does not know this GPU. Install a newer triton, or set TRITON_PTXAS_PATH to that of a newer CUDA toolkit.",
  },
  {
    when: /cannot find -lcuda/,
    say: () =>
      "The compiler does not find the driver's library libcuda.so. Set LIBRARY_PATH to the folder that holds it, or have a link of that name made.",
  },
  {
    when: /Python\.h: No such file/,
    say: () =>
      "torch.compile needs Python's header files, and they are not there. Install python3-dev, or use a Python from conda or uv.",
  },
  {
    when: /No working C\+\+ compiler|InvalidCxxCompiler|Failed to find C compiler|(?:g\+\+|gcc|cc1plus)[^\n]*(?:not found|No such file)/,
    say: () =>
      "torch.compile needs a C and C++ compiler, and none is found. Install gcc and g++ (conda: gxx_linux-64), or name one in CC and CXX.",
  },
  {
    when: /No module named '([^']+)'/,
    say: ({ label, found }) =>
      `${label} needs the package ${found[0]}, which is not installed. Install it, or ${label} anew.`,
  },
  {
    when: /not compiled with CUDA enabled/,
    say: ({ label }) => `This ${label} is built for the CPU only. Install a build for CUDA or ROCm.`,
  },
  {
    when: /No space left on device|Disk quota exceeded/,
    say: () => "The disk is full, or your quota is used up. Free some space and try again.",
  },
  {
    when: /Permission denied|^PermissionError/,
    say: ({ label }) => `Files of ${label} may not be read or run by you. Ask their owner for permission.`,
  },
  {
    when: /^MemoryError|Cannot allocate memory|DefaultCPUAllocator|std::bad_alloc/,
    say: ({ label }) => `${label} got no memory from the system. Free memory, or raise your limit.`,
  },
  {
    when: /^WrongResult/,
    say: (about) =>
      `${capital(about.gpu ?? "the processor")} computed a wrong result. Do not trust it, and tell whoever looks after the machine.`,
  },
];
