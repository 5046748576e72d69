import type { Reading } from "../reading";
import type { GpuVendor } from "../vendor";
import { amd } from "./amd";
import { nvidia } from "./nvidia";

/** The vendors that Tensorline knows, in the order in which their GPUs are shown. */
export const vendors: readonly GpuVendor[] = [nvidia, amd];

/** How recorded output is read, by format name. */
export const captureFormats: Readonly<Record<string, (text: string) => Reading>> = Object.assign(
  {},
  ...vendors.map((vendor) => vendor.captureFormats),
);
