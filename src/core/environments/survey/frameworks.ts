import type { GpuBuild, Package } from "../../../shared/environments";
import type { FoundPrefix } from "../survey";
import { condaGpuBuild, jaxBuild, localBuild, rolledBuild, tensorflowBuild, torchBuild } from "./gpuBuild";

/** A framework whose version is shown beside an environment. */
interface Framework {
  /** Its names as a package; the first that is there counts. `*` stands for anything. */
  readonly names: readonly string[];
  /** What it was built for, from what its own version does not tell. */
  build?(found: FoundPrefix, version: string): GpuBuild | undefined;
}

const frameworks: readonly Framework[] = [
  { names: ["torch"], build: torchBuild },
  { names: ["jax"], build: jaxBuild },
  { names: ["jaxlib"], build: jaxBuild },
  { names: ["tensorflow", "tensorflow-*", "tf-nightly*"], build: tensorflowBuild },
  { names: ["cupy", "cupy-*"], build: rolledBuild },
  { names: ["numpy"] },
  { names: ["triton", "pytorch-triton*"] },
  { names: ["xformers"] },
  { names: ["flash-attn"] },
  { names: ["vllm"] },
];

/** More that tells what a framework was built for, without being one. */
const evidence = ["jax-cuda*", "jax-rocm*", "nvidia-cuda-runtime*", "nvidia-cudnn*", "nvidia-nccl*"];
const condaEvidence = ["python", "pytorch", "jaxlib", "tensorflow-base", "cupy", "cuda-version"];

/** `tensorflow-io` and the like are no TensorFlow. */
const variants =
  /^(tensorflow-(cpu|gpu|rocm|intel|aarch64|macos)|tf-nightly(-\w+)?|cupy-(cuda|rocm)[\w-]*|pytorch-triton(-\w+)?)$/;

/** Names of metadata worth looking at, as a pattern of `grep -E`. */
export const wantedNames: string = [
  `^(${[...frameworks.flatMap(({ names }) => names), ...evidence].map(anyJoint).join("|")})-[0-9].*-info$`,
  `^(${condaEvidence.join("|")})-[0-9].*\\.json$`,
  "^(history|pixi)$",
].join("|");

/** In the name of a file the words of a package may be joined by any of three marks. */
function anyJoint(name: string): string {
  return name.replaceAll("-", "[-_.]").replaceAll("*", ".*");
}

/** The frameworks in an environment, in the order of the list. */
export function frameworkPackages(found: FoundPrefix): readonly Package[] {
  return frameworks.flatMap(({ names, build }) => {
    const one = found.distributions.find(
      ({ name, condaBuild }) => condaBuild === undefined && names.some((pattern) => fits(name, pattern)),
    );
    if (!one) return [];
    const built = build?.(found, one.version) ?? localBuild(one.version) ?? condaGpuBuild(found, one.name);
    return [{ name: one.name, version: one.version, ...(built && { build: built }) }];
  });
}

const fits = (name: string, pattern: string): boolean =>
  pattern.endsWith("*") ? variants.test(name) && name.startsWith(pattern.slice(0, -1)) : name === pattern;
