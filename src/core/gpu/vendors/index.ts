import type { Reading } from "../reading";
import { parseRocmSmi } from "./amd/rocmSmi";
import { parseNvidiaCsv } from "./nvidia/csv";
import { parseNvidiaXml } from "./nvidia/xml";

export const captureFormats: Readonly<Record<string, (text: string) => Reading>> = {
  "nvidia-smi-xml": parseNvidiaXml,
  "nvidia-smi-csv": parseNvidiaCsv,
  "rocm-smi-json": parseRocmSmi,
};
