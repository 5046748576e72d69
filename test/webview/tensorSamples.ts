import type { PanelFailure, PanelTensor, TensorPanelState } from "../../src/shared/tensorPanel";

/** Failures as the extension tells them to the tensor page; made up in the forms of real ones. */

export const tensor = (name: string, shape: number[], more: Partial<PanelTensor> = {}): PanelTensor => ({
  name,
  type: "Tensor",
  shape,
  dtype: "float32",
  device: "cuda:0",
  bytes: shape.reduce((all, size) => all * size, 4),
  isOperand: false,
  notes: [],
  ...more,
});

const file = "/home/mara/proj/model.py";

export const matmulFailure: PanelFailure = {
  id: 1,
  kind: "matmul",
  framework: "torch",
  summary: "fc2 needs 512 features and got 784: was fc1 (784 → 512) left out before it?",
  message: "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
  rule: "The last dimension of what goes into a linear layer has to be its in_features.",
  confidence: 0.95,
  expression: "self.fc2(h)",
  location: { file, line: 41, column: 15 },
  operands: [
    { name: "h", shape: [32, 784], dtype: "float32", device: "cuda:0", clash: [1], note: "last dimension 784" },
    { name: "fc2.weight", shape: [10, 512], dtype: "float32", device: "cuda:0", clash: [1], note: "expects 512" },
  ],
  fixes: [
    {
      text: "pass h through fc1 first",
      edit: { was: "self.fc2(h)", text: "self.fc2(self.fc1(h))" },
      canApply: true,
    },
    { text: "or fc2 = Linear(784, 10) in Head.__init__", canApply: false },
  ],
  layers: [
    { path: "", type: "Net" },
    { path: "head", type: "Head" },
    { path: "head.fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" },
  ],
  siblings: [
    { path: "head.fc1", type: "Linear", sizes: "in_features=784, out_features=512, bias=True" },
    { path: "head.drop", type: "Dropout", sizes: "p=0.1, inplace=False" },
  ],
  frames: [
    {
      place: { file: "/opt/envs/torch/lib/python3.12/site-packages/torch/nn/modules/linear.py", line: 134, column: 15 },
      function: "forward",
      isUser: false,
      source: "        return F.linear(input, self.weight, self.bias)",
      tensors: [
        tensor("input", [32, 784], { isOperand: true, notes: ["requires grad"] }),
        tensor("self.weight", [10, 512], { isOperand: true, type: "Parameter", notes: ["requires grad"] }),
        tensor("self.bias", [10], { isOperand: true, type: "Parameter", notes: ["requires grad"] }),
      ],
    },
    {
      place: { file, line: 41, column: 15 },
      function: "Head.forward",
      isUser: true,
      source: "        return self.fc2(h)",
      tensors: [
        tensor("h", [32, 784], { isOperand: true, notes: ["requires grad"] }),
        tensor("x", [32, 1, 28, 28], { notes: ["not contiguous"] }),
        tensor("mask", [32, 784], { dtype: "bool", bytes: 25_088 }),
      ],
    },
    {
      place: { file: "/home/mara/proj/train.py", line: 88, column: 8 },
      function: "main",
      isUser: true,
      source: "        loss = criterion(net(batch), target)",
      tensors: [tensor("batch", [32, 1, 28, 28]), tensor("target", [32], { dtype: "int64", bytes: 256 })],
    },
  ],
  exceptions: [
    {
      type: "RuntimeError",
      message: "mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
      notes: [],
    },
  ],
  others: [],
  facts: ["train.py", "Python 3.12.4", "torch 2.13.0", "numpy 2.4.6"],
  from: "record",
  isHookSilent: false,
  isOver: false,
};

const GIB = 1024 ** 3;

export const memoryFailure: PanelFailure = {
  ...matmulFailure,
  id: 2,
  kind: "outOfMemory",
  summary: "cuda:0 ran out of memory: 2.5 GiB more were wanted and 1.1 GiB of 80 GiB were free.",
  message:
    "CUDA out of memory. Tried to allocate 2.50 GiB. GPU 0 has a total capacity of 79.10 GiB of which 1.10 GiB is free.",
  rule: "All tensors that are alive, and what the allocator keeps, have to fit into the memory of the device.",
  expression: "q @ k.transpose(-2, -1)",
  operands: [
    { name: "q", shape: [64, 16, 3277, 64], dtype: "bfloat16", device: "cuda:0" },
    { name: "k.transpose(-2, -1)", shape: [64, 16, 64, 3277], dtype: "bfloat16", device: "cuda:0" },
  ],
  fixes: [
    { text: "a batch of 28 instead of 64 would fit", canApply: false },
    { text: "scaled_dot_product_attention(q, k, v) never makes the whole matrix", canApply: false },
  ],
  siblings: [],
  memory: {
    device: "cuda:0",
    allocated: 74.2 * GIB,
    reserved: 77.6 * GIB,
    peak: 76.8 * GIB,
    free: 1.1 * GIB,
    total: 79.1 * GIB,
    largest: [
      tensor("attn", [64, 16, 3277, 3277], { dtype: "bfloat16", bytes: 20.5 * GIB }),
      tensor("model.embed.weight", [128_256, 4096], { type: "Parameter", dtype: "bfloat16", bytes: 0.98 * GIB }),
    ],
  },
  rank: 1,
  others: [
    { who: "rank 0", message: "DistBackendError: NCCL communicator was aborted on rank 0." },
    { who: "rank 2", message: "DistBackendError: NCCL communicator was aborted on rank 2." },
  ],
  exceptions: [
    { type: "KeyError", message: "'cached'", notes: [] },
    {
      type: "torch.OutOfMemoryError",
      message: "CUDA out of memory. Tried to allocate 2.50 GiB.",
      notes: ["step 1240 of 10000"],
    },
  ],
};

export const textFailure: PanelFailure = {
  ...matmulFailure,
  id: 3,
  framework: "numpy",
  kind: "broadcast",
  summary: "a and b cannot be broadcast: 3 against 4 in the last dimension.",
  message: "operands could not be broadcast together with shapes (8,3) (4,)",
  rule: "From the right, sizes have to be equal, or one of them 1.",
  expression: undefined,
  confidence: 0.4,
  operands: [
    { name: "a", shape: [8, 3], clash: [1], note: "3 at dimension 1" },
    { name: "b", shape: [4], clash: [0], note: "4 at dimension 0" },
  ],
  fixes: [],
  layers: [],
  siblings: [],
  frames: [],
  exceptions: [],
  facts: [],
  from: "text",
  isHookSilent: true,
};

export const convolutionFailure: PanelFailure = {
  ...matmulFailure,
  id: 4,
  kind: "convolution",
  summary: "conv1 needs 3 channels in dimension 1 and got 224: images looks like NHWC.",
  rule: "PyTorch takes images as batch, channels, height, width.",
  expression: "self.conv1(images)",
  operands: [
    { name: "images", shape: [16, 224, 224, 3], dtype: "float32", device: "cpu", clash: [1], note: "224 channels" },
    { name: "conv1.weight", shape: [64, 3, 7, 7], dtype: "float32", device: "cpu", clash: [1], note: "expects 3" },
  ],
  fixes: [
    {
      text: "permute(0, 3, 1, 2) makes NCHW of NHWC",
      edit: { was: "self.conv1(images)", text: "self.conv1(images.permute(0, 3, 1, 2))" },
      canApply: false,
    },
  ],
};

export const panelState = (more: Partial<TensorPanelState> = {}): TensorPanelState => ({
  host: "lab1",
  hasTerminal: true,
  shapes: { kind: "failure", failure: matmulFailure },
  again: "python train.py --epochs 10",
  ...more,
});

/** What the shell printed. */
export const shellText = [
  "\u001b[2mConnecting to lab1…\u001b[0m",
  "\u001b[2mlab1: torch-2.13: failures of tensors are explained here.\u001b[0m",
  "\u001b[1;32mmara@lab1\u001b[0m:\u001b[1;34m~/proj\u001b[0m$ python train.py --epochs 10",
  "epoch 1",
  "Traceback (most recent call last):",
  '  File "\u001b[35m/home/mara/proj/train.py\u001b[0m", line \u001b[35m88\u001b[0m, in \u001b[35mmain\u001b[0m',
  "    loss = criterion(net(batch), target)",
  '  File "\u001b[35m/home/mara/proj/model.py\u001b[0m", line \u001b[35m41\u001b[0m, in \u001b[35mforward\u001b[0m',
  "    return self.fc2(h)",
  "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)",
  "\u001b[36m╭ tensorline ──────────────────────────────────────────────\u001b[0m",
  "\u001b[36m│\u001b[0m \u001b[4mmodel.py:41\u001b[0m   self.fc2(h)",
  "\u001b[36m│\u001b[0m Net › head › fc2: Linear(512 → 10)",
  "\u001b[36m│\u001b[0m \u001b[1mh\u001b[0m            float32[32, \u001b[1;31m≠784\u001b[0m] cuda:0   last dimension 784",
  "\u001b[36m│\u001b[0m \u001b[1mfc2.weight\u001b[0m   float32[10, \u001b[1;31m≠512\u001b[0m] cuda:0   expects 512",
  "\u001b[36m│\u001b[0m fc2 needs 512 features and got 784",
  "\u001b[36m│\u001b[0m \u001b[32mfix ▸ \u001b[0mpass h through fc1 first",
  "\u001b[36m╰ open model.py:41 · show shapes ──────────────────────────\u001b[0m",
  "\u001b[1;32mmara@lab1\u001b[0m:\u001b[1;34m~/proj\u001b[0m$ ",
].join("\r\n");
