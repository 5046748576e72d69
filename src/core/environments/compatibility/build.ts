import type { Environment, GpuBuild, Package } from "../../../shared/environments";
import { majorOf } from "./versions";

/** Names of packages in one spelling: `flash_attn` and `Flash-Attn` are one. */
export const normalised = (name: string): string => name.toLowerCase().replace(/[-_.]+/g, "-");

export const findPackage = ({ packages }: Environment, name: string): Package | undefined =>
  packages.find((one) => normalised(one.name) === name);

/** What follows the `+` of a version: `cu130`, `cpu`. */
export const labelOf = (version: string): string | undefined => /\+(.*)$/.exec(version)?.[1];

/** The index tag of a CUDA version: `cu128` of 12.8. */
export const cudaTag = (version: string): string => `cu${version.split(".").slice(0, 2).join("")}`;

/** The CUDA version of an index tag: 12.8 of `cu128`. */
export function cudaOfTag(tag: string): string | undefined {
  const match = /^cu(\d{2})(\d)$/.exec(tag);
  return match ? `${match[1]}.${match[2]}` : undefined;
}

/** What a package was built for: as its metadata says, else as the label of its version does. */
export function buildOf({ build, version }: Package): GpuBuild | undefined {
  const label = labelOf(version) ?? "";
  const cuda = cudaOfTag(label) ?? /^cuda(\d+)/.exec(label)?.[1];
  const rocm = /^rocm([\d.]+)/.exec(label)?.[1];
  if (build?.kind === "cuda" && build.version === undefined && cuda) return { kind: "cuda", version: cuda };
  if (build) return build;
  if (cuda) return { kind: "cuda", version: cuda };
  if (rocm) return { kind: "rocm", version: rocm };
  return label === "cpu" ? { kind: "cpu" } : undefined;
}

/** For people: `torch 2.13.0+cu130`, or `torch 2.13.0 (CUDA 13.0)` where the version does not say it. */
export function subjectOf(pkg: Package): string {
  const build = buildOf(pkg);
  const text = `${pkg.name} ${pkg.version}`;
  if (labelOf(pkg.version) !== undefined || !build) return text;
  if (build.kind === "cpu") return `${text} (CPU only)`;
  return `${text} (${build.kind === "cuda" ? "CUDA" : "ROCm"}${build.version ? ` ${build.version}` : ""})`;
}

/** Whether two CUDA or ROCm versions have the same first number. */
export const sameMajor = (a: string, b: string): boolean => majorOf(a) === majorOf(b);

/** The version of CUDA or ROCm that something was built for. */
export const builtFor = (build: GpuBuild | undefined): string | undefined =>
  build === undefined || build.kind === "cpu" ? undefined : build.version;
