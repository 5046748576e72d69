import { deviceRule, explainDevice } from "../../families/device";
import { explainAssert } from "../../families/deviceAssert";
import { explainMemory, memoryRule } from "../../families/memory";
import type { Rule } from "../../rule";

const both = ["1.13", "2.13"];

/** Devices, memory and what CUDA reports. Texts of CUDA come from the source of PyTorch and from reports. */
export const devices: readonly Rule[] = [
  {
    kind: "outOfMemory",
    seen: ["source"],
    texts: [
      "CUDA out of memory. Tried to allocate {wanted:number} {wantedUnit:name}",
      "out of memory. Tried to allocate {wanted:number} {wantedUnit:name}",
      "CUDA out of memory. Allocation was preemptively rejected because it would exceed",
      "CUDA out of memory. Tried to allocate more than 1EB memory",
      "CUDA error: out of memory",
      "CUDA out of memory.",
      "MPS backend out of memory",
      "XPU out of memory",
      "HIP out of memory. Tried to allocate {wanted:number} {wantedUnit:name}",
    ],
    rule: memoryRule,
    explain: explainMemory,
  },
  {
    kind: "outOfMemory",
    seen: both,
    texts: [
      "DefaultCPUAllocator: can't allocate memory: you tried to allocate {bytes:int} bytes",
      "DefaultCPUAllocator: not enough memory: you tried to allocate {bytes:int} bytes",
      "Storage size calculation overflowed with sizes={shape:shape}",
    ],
    rule: "The main memory of the host has not enough room for this tensor.",
    explain: explainMemory,
  },
  {
    kind: "deviceAssert",
    seen: ["source"],
    texts: [
      "device-side assert triggered",
      "Assertion `{condition:text}` failed.",
      "CUDA error: an illegal memory access was encountered",
    ],
    rule: "A check inside a GPU kernel failed. The GPU reports it later, so the line that is shown may be innocent.",
    explain: explainAssert,
  },
  {
    kind: "cudaLibrary",
    seen: ["source"],
    texts: [
      "CUDA error: CUBLAS_STATUS_{status:name}",
      "cuDNN error: CUDNN_STATUS_{status:name}",
      "CUBLAS_STATUS_{status:name}",
      "CUDNN_STATUS_{status:name}",
      "cuFFT error: CUFFT_{status:name}",
    ],
    rule: "A library of CUDA refused. Behind it is often full memory, an index out of range, or shapes that do not fit.",
    summary: "CUDA's library reports {status}",
    fixes: [
      "run it on the CPU, or with CUDA_LAUNCH_BLOCKING=1, to see the real message",
      "try a smaller batch: there may be no memory left for the library",
    ],
    confidence: 0.7,
  },
  {
    kind: "device",
    seen: ["1.13", "2.13", "source"],
    texts: [
      "Expected all tensors to be on the same device, but found at least two devices, {a:word} and {b:name}! (when checking {misspelt:word} for argument {argument:name} in method {method:name})",
      "Expected all tensors to be on the same device, but found at least two devices, {a:word} and {b:word}!",
      "Expected all tensors to be on the same device, but got {argument:name} is on {a:word}, different from other tensors on {b:word} (when checking argument",
      "Expected all tensors to be on the same device",
      "Tensor on device {a:word} is not on the expected device {b:word}!",
      "indices should be either on {b:text} or on the same device as the indexed tensor ({a:word})",
      "Expected object of device type {a:name} but got device type {b:name} for argument #{n:int} '{argument:name}'",
      "Expected object of backend {a:name} but got backend {b:name} for argument #{n:int} '{argument:name}'",
      "Input and parameter tensors are not at the same device, found input tensor at {a:word} and parameter tensor at {b:word}",
      "Input and hidden tensors are not at the same device, found input tensor at {a:word} and hidden tensor at {b:word}",
      "module must have its parameters and buffers on device {a:word} (device_ids[0]) but found one of them on device: {b:word}",
      "Unhandled FakeTensor Device Propagation for {operation:word}, found two different devices {a:word}, {b:word}",
      "can't convert {a:word} device type tensor to numpy. Use Tensor.cpu()",
      "Can't convert {a:word} device type tensor to numpy",
    ],
    rule: deviceRule,
    explain: explainDevice,
  },
  {
    kind: "meta",
    seen: both,
    texts: [
      "Cannot copy out of meta tensor; no data!",
      "Tensor.item() cannot be called on meta tensors",
      "with arguments from the 'Meta' backend",
      "Cannot access data pointer of Tensor that doesn't have storage",
    ],
    rule: "A tensor on the device meta has a shape and no data.",
    summary: "{0} has no data: it is on the device meta",
    fixes: ["give the model memory with model.to_empty(device=…) and load its weights, or load it with device_map"],
  },
  {
    kind: "noGpu",
    seen: [...both, "source"],
    texts: [
      "Torch not compiled with CUDA enabled",
      "Attempting to deserialize object on a CUDA device but torch.cuda.is_available() is False",
      "Cannot re-initialize CUDA in forked subprocess",
      "Invalid device string: '{device:word}'",
      "device type at start of device string: {device:word}",
      "CUDA error: invalid device ordinal",
      "CUDA error: no kernel image is available for execution on the device",
      "Distributed package doesn't have NCCL built in",
    ],
    rule: "The device that is asked for cannot be used by this build of PyTorch here.",
    summary: "this PyTorch cannot use the device that is asked for",
    fixes: [
      'write device = "cuda" if torch.cuda.is_available() else "cpu", and torch.load(…, map_location=device)',
      "install a PyTorch that is built for the GPU driver of this host",
    ],
  },
];
