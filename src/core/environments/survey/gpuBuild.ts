import type { GpuBuild } from "../../../shared/environments";
import type { FoundPrefix } from "../survey";

/** What a framework's binary was built for, read from names and version files; nothing is imported. */

/** The local part of a version: `2.13.0+cu130`, `2.9.0+rocm6.4`, `2.4.0+cpu`, `0.4.23+cuda12.cudnn89`. */
export function localBuild(version: string): GpuBuild | undefined {
  const [, local = ""] = version.split("+");
  const [, kind, digits = ""] = /(?:^|\.)(cpu|cuda|cu|rocm)(\d[\d.]*|(?![a-z]))/.exec(local) ?? [];
  if (kind === "cpu") return { kind: "cpu" };
  if (kind === "cu") return cuda(digits);
  if (kind === "cuda") return cuda(digits.replace(/\.$/, ""));
  return kind === "rocm" ? rocm(digits) : undefined;
}

/** `torch/version.py` says it; older ones say it in the version alone. */
export function torchBuild(found: FoundPrefix, version: string): GpuBuild | undefined {
  const said = (name: string) => {
    const pattern = new RegExp(`^torch ${name}\\b[^=]*=\\s*['"]?([\\w.-]+)['"]?\\s*$`);
    return found.buildTexts.map((text) => pattern.exec(text)?.[1]).find((value) => value !== undefined);
  };
  const [forCuda, forHip] = [said("cuda"), said("hip")];
  if (forCuda !== undefined && forCuda !== "None") return cuda(forCuda);
  // HIP's own version has more parts than ROCm's, whose first two they are.
  if (forHip !== undefined && forHip !== "None") return localBuild(version) ?? rocm(forHip);
  return forCuda === "None" ? { kind: "cpu" } : undefined;
}

/** JAX has its GPU part in a package of its own, `jax-cuda12-plugin`; without one it is for processors. */
export function jaxBuild(found: FoundPrefix): GpuBuild | undefined {
  for (const { name } of found.distributions) {
    const [, kind, digits = ""] = /^jax-(cuda|rocm)(\d+)-(plugin|pjrt)$/.exec(name) ?? [];
    if (kind === "cuda") return cuda(digits);
    if (kind === "rocm") return rocm(digits.length === 2 ? digits.split("").join(".") : digits);
  }
  const library = found.distributions.find(({ name, condaBuild }) => name === "jaxlib" && condaBuild === undefined);
  return (library && localBuild(library.version)) ?? condaGpuBuild(found, "jaxlib") ?? (library && { kind: "cpu" });
}

/** `tensorflow/python/platform/build_info.py` says it, else the name of the package or what stands beside it. */
export function tensorflowBuild(found: FoundPrefix): GpuBuild | undefined {
  const said = (name: string) => {
    const pattern = new RegExp(`^tensorflow '${name}'[,:]\\s*'?([\\w.]+)`);
    return found.buildTexts.map((text) => pattern.exec(text)?.[1]).find((value) => value !== undefined);
  };
  if (said("is_rocm_build") === "True") return rocm(said("rocm_version") ?? "");
  if (said("is_cuda_build") === "True") return cuda(said("cuda_version") ?? "");
  if (said("is_cuda_build") === "False") return { kind: "cpu" };
  const names = found.distributions.map(({ name }) => name);
  if (names.includes("tensorflow-cpu")) return { kind: "cpu" };
  if (names.includes("tensorflow-rocm")) return { kind: "rocm" };
  const runtime = found.distributions.find(({ name }) => name.startsWith("nvidia-cuda-runtime"));
  return condaGpuBuild(found, "tensorflow-base") ?? (runtime && cuda(runtime.version));
}

/** The name of a wheel of CuPy: `cupy-cuda12x`, `cupy-cuda110`, `cupy-rocm-5-0`. */
export function rolledBuild(found: FoundPrefix): GpuBuild | undefined {
  for (const { name } of found.distributions) {
    const [, kind, digits = ""] = /^cupy-(cuda|rocm)-?([\d-]+)x?$/.exec(name) ?? [];
    if (kind === "cuda") return cuda(digits);
    if (kind === "rocm") return rocm(digits.replaceAll("-", "."));
  }
  return undefined;
}

/** conda's build string: `cuda126_py312h…`, `py3.12_cuda12.4_cudnn9.1.0_0`, `cpu_generic_py312…`. */
export function condaGpuBuild(found: FoundPrefix, name: string): GpuBuild | undefined {
  const packages = found.distributions.filter(({ condaBuild }) => condaBuild !== undefined);
  const build = packages.find((one) => one.name === (name === "torch" ? "pytorch" : name))?.condaBuild;
  if (build === undefined) return undefined;
  const [, digits] = /(?:^|_)cuda_?(\d[\d.]*)/.exec(build) ?? [];
  if (digits !== undefined) return cuda(digits);
  if (/(^|_)cpu/.test(build)) return { kind: "cpu" };
  const runtime = packages.find((one) => one.name === "cuda-version");
  return runtime && cuda(runtime.version);
}

/** `12.4.1` and `124` as `12.4`, `92` as `9.2`, `12` as it is: all that is known then. */
function cuda(text: string): GpuBuild {
  const [, major, minor] =
    /^(\d{1,2})\.(\d+)/.exec(text) ?? /^(\d\d)(\d)$/.exec(text) ?? /^([89])(\d)$/.exec(text) ?? [];
  if (major !== undefined) return { kind: "cuda", version: `${major}.${minor}` };
  return { kind: "cuda", ...(/^\d{1,2}$/.test(text) && { version: text }) };
}

function rocm(text: string): GpuBuild {
  const version = /^\d+(\.\d+)?/.exec(text)?.[0];
  return { kind: "rocm", ...(version !== undefined && { version }) };
}
