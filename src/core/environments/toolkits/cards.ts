/**
 * The newest CUDA of each branch of NVIDIA's driver, by the branch's number. Source: "CUDA Toolkit and Corresponding
 * Driver Versions" in the release notes of the CUDA Toolkit, docs.nvidia.com/cuda/cuda-toolkit-release-notes, 13.4.
 */
const cudaByBranch: Readonly<Record<number, string>> = {
  615: "13.4",
  610: "13.3",
  595: "13.2",
  590: "13.1",
  580: "13.0",
  575: "12.9",
  570: "12.8",
  565: "12.7",
  560: "12.6",
  555: "12.5",
  550: "12.4",
  545: "12.3",
  535: "12.2",
  530: "12.1",
  525: "12.0",
  520: "11.8",
  515: "11.7",
  510: "11.6",
  495: "11.5",
  470: "11.4",
  465: "11.3",
  460: "11.2",
  455: "11.1",
  450: "11.0",
  440: "10.2",
  418: "10.1",
  410: "10.0",
  396: "9.2",
  390: "9.1",
  384: "9.0",
  375: "8.0",
};

/** For drivers whose own tool does not say it. */
export function cudaOfDriver(version: string): string | undefined {
  return cudaByBranch[Number(version.split(".")[0])];
}

/**
 * Compute capability by name, for drivers older than 510, which do not tell it; so nothing newer than Ampere is needed.
 * Source: developer.nvidia.com/cuda-gpus and /cuda-legacy-gpus. The first that fits holds.
 */
const capabilities: readonly (readonly [RegExp, string])[] = [
  [/\bA(100|30)\b/, "8.0"],
  [/\b(A(2|10G?|16|40)|RTX A\d{4}|RTX 30[5-9]0)\b/, "8.6"],
  [/\b(T4G?|RTX 20[5-8]0|GTX 16[2-6]0|Quadro RTX [3-8]000|TITAN RTX|T(400|600|1000|2000))\b/i, "7.5"],
  [/\b(V100S?|TITAN V|Quadro GV100)\b/i, "7.0"],
  [/\b(P100|Quadro GP100)\b/, "6.0"],
  [/\b(P(4|40|6)|GTX 10[1-8]0|GT 10[13]0|TITAN Xp?|Quadro P\d{3,4})\b/i, "6.1"],
  [/\b(M(4|6|40|60)|GTX 9[5-8]0|GTX TITAN X|Quadro M[2-6]000)\b/i, "5.2"],
  [/\b(GTX 7[45]0( Ti)?|M10|Quadro [KM][126]20[0M]?)\b/i, "5.0"],
  [/\b(K80)\b/, "3.7"],
  [/\b(K(20|40)[cmstx]?|GTX 7[78]0( Ti)?|GTX TITAN)\b/i, "3.5"],
];

/** Undefined for a name that the table does not know. */
export function computeCapabilityOf(name: string | undefined): string | undefined {
  if (name === undefined) return undefined;
  // "GTX TITAN X" is Maxwell, "TITAN X (Pascal)" and "TITAN Xp" are not.
  if (/\bGTX TITAN X\b/i.test(name)) return "5.2";
  return capabilities.find(([pattern]) => pattern.test(name))?.[1];
}
