import type { ToolkitLibrary } from "../../../shared/environments";
import { linesOf } from "./records";
import { libraryVersion } from "./versions";

type LibraryName = ToolkitLibrary["name"];

const files: Readonly<Record<string, LibraryName>> = { libcudnn: "cudnn", libnccl: "nccl", libnvinfer: "tensorrt" };

/** The definitions that make up each library's version, in order. */
const definitions: Readonly<Record<LibraryName, readonly string[]>> = {
  cudnn: ["CUDNN_MAJOR", "CUDNN_MINOR", "CUDNN_PATCHLEVEL"],
  nccl: ["NCCL_MAJOR", "NCCL_MINOR", "NCCL_PATCH"],
  tensorrt: ["NV_TENSORRT_MAJOR", "NV_TENSORRT_MINOR", "NV_TENSORRT_PATCH"],
};

/**
 * cuDNN, NCCL and TensorRT: headers say exactly, else the names of their files.
 * @param defined lines `FILE:#define NAME VALUE`, as grep prints them
 * @param found paths of library files
 */
export function readLibraries(defined: string | undefined, found: string | undefined): readonly ToolkitLibrary[] {
  return mergeLibraries(fromHeaders(defined), fromFiles(linesOf(found)));
}

/** One of each name: the first list that has it tells. */
export function mergeLibraries(...lists: readonly (readonly ToolkitLibrary[])[]): readonly ToolkitLibrary[] {
  const byName = new Map<LibraryName, ToolkitLibrary>();
  for (const library of lists.flat()) if (!byName.has(library.name)) byName.set(library.name, library);
  return [...byName.values()];
}

function fromHeaders(defined: string | undefined): readonly ToolkitLibrary[] {
  const headers = new Map<string, Map<string, string>>();
  for (const line of linesOf(defined)) {
    const [, path, name, value] = /^(\/.*):\s*#\s*define\s+(\w+)\s+(\w+)/.exec(line) ?? [];
    if (path === undefined || name === undefined || value === undefined) continue;
    const values = headers.get(path) ?? new Map<string, string>();
    headers.set(path, values.set(name, value));
  }
  return [...headers].flatMap(([path, values]) =>
    (Object.keys(definitions) as LibraryName[]).flatMap((name) => {
      // A definition may name another one: TensorRT 10.
      const parts = definitions[name].map((part) => {
        const value = values.get(part) ?? "";
        return values.get(value) ?? value;
      });
      return parts.every((part) => /^\d{1,6}$/.test(part)) ? [{ name, version: parts.join("."), path }] : [];
    }),
  );
}

function fromFiles(paths: readonly string[]): readonly ToolkitLibrary[] {
  const found = paths.flatMap((path) =>
    Object.entries(files).flatMap(([file, name]) => {
      const version = libraryVersion(path, file);
      return version === undefined ? [] : [{ name, version, path }];
    }),
  );
  // `libcudnn.so.9` is a link to `libcudnn.so.9.1.0`, which says more.
  return found.sort((a, b) => b.version.split(".").length - a.version.split(".").length);
}
