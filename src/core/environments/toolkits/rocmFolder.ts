import type { FoundToolkit } from "./cudaFolder";
import { linesOf } from "./records";
import { libraryVersion, present, readVersion } from "./versions";

/** Reads the fields of a record `rocm`; undefined where nothing tells its version. */
export function readRocmFolder(fields: readonly string[]): FoundToolkit | undefined {
  const [source, path = "", info, defined, libraries] = fields;
  if (!path.startsWith("/")) return undefined;
  const told = rocmVersion(path, info, defined, linesOf(libraries));
  if (!told) return undefined;
  return present<FoundToolkit>({
    kind: "rocm",
    version: told.version,
    path,
    source: source === "module" ? source : "folder",
    libraries: [],
    evidence: told.evidence,
  });
}

/** `.info/version` is gone from ROCm 10 on; the folder is named after the version, except in builds of other makers. */
function rocmVersion(
  path: string,
  info: string | undefined,
  defined: string | undefined,
  libraries: readonly string[],
): { version: string; evidence: string } | undefined {
  // `6.4.0-47`: the number behind the dash counts builds.
  const inInfo = readVersion(info?.split("-")[0]);
  if (inInfo) return { version: inInfo, evidence: ".info/version" };
  const parts = ["MAJOR", "MINOR", "PATCH"].map(
    (part) => new RegExp(`ROCM_VERSION_${part}\\s+(\\d{1,4})\\b`).exec(defined ?? "")?.[1],
  );
  if (parts.every((part) => part !== undefined)) return { version: parts.join("."), evidence: "rocm_version.h" };
  const named = readVersion(/\/(?:rocm|core)-(\d+(?:\.\d+){1,2})$/.exec(path)?.[1]);
  if (named) return { version: named, evidence: "the folder's name" };
  // libamdhip64.so.6.4.60400 carries major and minor of its ROCm.
  const hip = libraries.flatMap((file) => libraryVersion(file, "libamdhip64") ?? []).find((text) => text.includes("."));
  return hip ? { version: hip.split(".").slice(0, 2).join("."), evidence: `libamdhip64.so.${hip}` } : undefined;
}
