import { present, readVersion } from "./versions";

/** A framework in an environment, with what decides which libraries it loads. */
export interface CarriedFramework {
  readonly name: "torch" | "jax" | "tensorflow" | "cupy";
  readonly from: "pip" | "conda";
  /** Libraries inside the framework's own folder. */
  readonly own: readonly OwnLibrary[];
}

export interface OwnLibrary {
  readonly library: "cuda" | "cudnn";
  readonly version?: string;
  readonly path: string;
}

/** By which files it is known in an environment that pip or conda filled. Only builds with code for CUDA. */
const marks: readonly { name: CarriedFramework["name"]; pip: RegExp; conda: RegExp }[] = [
  { name: "torch", pip: /\/torch\/lib\/libtorch_cuda\.so$/, conda: /\/conda-meta\/pytorch-\d[^/]*cuda[^/]*$/ },
  {
    name: "jax",
    pip: /\/(jax_cuda\d+_plugin-\d[^/]*|jaxlib-\d[^/]*\+cuda[^/]*)\.dist-info$/,
    conda: /\/conda-meta\/jaxlib-\d[^/]*cuda[^/]*$/,
  },
  {
    name: "tensorflow",
    pip: /\/tensorflow-\d[^/]*\.dist-info$/,
    conda: /\/conda-meta\/tensorflow-base-\d[^/]*(cuda|gpu)[^/]*$/,
  },
  { name: "cupy", pip: /\/cupy_cuda\d+x?-\d[^/]*\.dist-info$/, conda: /\/conda-meta\/cupy-\d[^/]*$/ },
];

/** The frameworks with code for CUDA among an environment's files. */
export function readFrameworks(paths: readonly string[]): readonly CarriedFramework[] {
  return marks.flatMap(({ name, pip, conda }) => {
    // conda's packages look like pip's inside site-packages, too.
    const from = paths.some((path) => conda.test(path)) ? "conda" : "pip";
    if (from === "pip" && !paths.some((path) => pip.test(path))) return [];
    return [{ name, from, own: name === "torch" ? paths.flatMap(ownLibrary) : [] }];
  });
}

/** `torch/lib/libcudart-d0da41ae.so.11.0`: wheels that bring their libraries hold some under a name of their own. */
function ownLibrary(path: string): readonly OwnLibrary[] {
  const [, name, version] = /\/torch\/lib\/(libcudart|libcudnn)(?:-[0-9a-f]+)?\.so\.([\d.]+)$/.exec(path) ?? [];
  if (name === undefined) return [];
  return [
    present<OwnLibrary>({ library: name === "libcudart" ? "cuda" : "cudnn", version: readVersion(version), path }),
  ];
}
