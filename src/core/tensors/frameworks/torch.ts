import type { FrameworkRules } from "../rule";
import { devices } from "./torch/devices";
import { distributed } from "./torch/distributed";
import { dtypes } from "./torch/dtypes";
import { elementwise } from "./torch/elementwise";
import { gradients } from "./torch/gradients";
import { indexing } from "./torch/indexing";
import { joining } from "./torch/joining";
import { layers } from "./torch/layers";
import { losses } from "./torch/losses";
import { products } from "./torch/products";
import { sequences } from "./torch/sequences";
import { state } from "./torch/state";

/** PyTorch. Seen with 1.13.1 and 2.13.0; texts of CUDA, NCCL and DDP were read and not run. */
export const torch: FrameworkRules = {
  id: "torch",
  module: "torch",
  files: /[/\\>](?:torch|torchvision|torchaudio|lightning|pytorch_lightning|accelerate|transformers)[/\\]/,
  classes: /^(?:torch\.|torch$|OutOfMemoryError|AcceleratorError)/,
  code: /\b(?:torch|nn|F)\./,
  rules: [
    ...distributed,
    ...state,
    ...devices,
    ...gradients,
    ...losses,
    ...layers,
    ...sequences,
    ...products,
    ...joining,
    ...indexing,
    ...elementwise,
    ...dtypes,
  ],
};
