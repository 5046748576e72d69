import { mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { quoteWord } from "../core/remote";
import { type FileTree, writeTree } from "./files";

/** A Python environment of a simulated host, as data. */
export interface EnvironmentSpec {
  readonly kind: "conda" | "venv";
  /** Below the login user's home. */
  readonly folder: string;
  /** `3.12.8` */
  readonly python: string;
  /** Versions by package name; a local part such as `+cu130` says what a framework was built for. */
  readonly packages: Readonly<Record<string, string>>;
  /** Its interpreter was uninstalled. */
  readonly isBroken?: true;
}

/** A CUDA toolkit or ROCm installation, by its full version. */
export interface ToolkitSpec {
  readonly kind: "cuda" | "rocm";
  readonly version: string;
  readonly cudnn?: string;
}

/** Writes the environments as their managers would have left them; what is in them cannot be imported. */
export function writeEnvironments(
  home: string,
  environments: readonly EnvironmentSpec[],
  python: string | undefined,
): void {
  for (const spec of environments) {
    const folder = join(home, spec.folder);
    writeTree(folder, { ...(spec.kind === "conda" ? condaFiles(spec) : venvFiles(spec)), ...packageFiles(spec) });
    const interpreter = join(folder, "bin", "python");
    mkdirSync(dirname(interpreter), { recursive: true });
    if (spec.isBroken || !python) symlinkSync("/usr/bin/python-that-was-removed", interpreter);
    else writeFileSync(interpreter, interpreterText(spec, python), { mode: 0o755 });
    symlinkSync("python", join(folder, "bin", "python3"));
  }
}

/** This computer's Python, which finds the packages of the environment: trying one out tells that it is not real. */
function interpreterText(spec: EnvironmentSpec, python: string): string {
  return `#!/bin/sh\nPYTHONPATH=\${0%/bin/*}/${siteOf(spec)}\nexport PYTHONPATH\nexec ${quoteWord(python)} "$@"\n`;
}

const siteOf = ({ python }: EnvironmentSpec): string => `lib/python${minor(python)}/site-packages`;

/** What stands below `/` of the machine. */
export function toolkitFiles(toolkits: readonly ToolkitSpec[]): FileTree {
  return Object.assign({}, ...toolkits.map((spec) => (spec.kind === "cuda" ? cudaFiles(spec) : rocmFiles(spec))));
}

/** The folder of a toolkit below `/`, and the name that leads to the default one. */
export function toolkitFolder({ kind, version }: ToolkitSpec): { folder: string; link: string } {
  return kind === "cuda"
    ? { folder: `usr/local/cuda-${minor(version)}`, link: "usr/local/cuda" }
    : { folder: `opt/rocm-${version}`, link: "opt/rocm" };
}

const minor = (version: string): string => version.split(".").slice(0, 2).join(".");

function condaFiles({ python }: EnvironmentSpec): FileTree {
  const build = "h9e4cc4f_1_cpython";
  return {
    "conda-meta/history": "==> 2026-09-01 10:00:00 <==\n# cmd: conda create --yes --prefix PREFIX python\n",
    [`conda-meta/python-${python}-${build}.json`]: JSON.stringify({
      build,
      channel: "https://conda.anaconda.org/conda-forge",
      name: "python",
      version: python,
    }),
  };
}

function venvFiles({ python }: EnvironmentSpec): FileTree {
  return {
    "pyvenv.cfg": `home = /usr/bin\ninclude-system-site-packages = false\nversion = ${python}\n`,
  };
}

function packageFiles(spec: EnvironmentSpec): FileTree {
  const site = siteOf(spec);
  return Object.fromEntries(
    Object.entries(spec.packages).flatMap(([name, version]) => [
      [
        `${site}/${name.replaceAll("-", "_")}-${version}.dist-info/METADATA`,
        `Metadata-Version: 2.1\nName: ${name}\nVersion: ${version}\n`,
      ],
      ...(name === "torch" ? Object.entries(torchFiles(site, version)) : []),
    ]),
  );
}

function torchFiles(site: string, version: string): FileTree {
  const [, kind, digits = ""] = /\+(cu|rocm)([\d.]+)$/.exec(version) ?? [];
  const quoted = (text: string | undefined) => (text === undefined ? "None" : `'${text}'`);
  const cuda = kind === "cu" ? `${digits.slice(0, -1)}.${digits.slice(-1)}` : undefined;
  const hip = kind === "rocm" ? `${digits}.43482` : undefined;
  return {
    [`${site}/torch/version.py`]: `__version__ = '${version}'\ndebug = False\ncuda = ${quoted(cuda)}\nhip = ${quoted(hip)}\n`,
    [`${site}/torch/__init__.py`]: 'raise ImportError("the demo fleet has no real PyTorch")\n',
  };
}

function cudaFiles(spec: ToolkitSpec): FileTree {
  const { folder } = toolkitFolder(spec);
  return {
    [`${folder}/version.json`]: JSON.stringify({ cuda: { name: "CUDA SDK", version: spec.version } }),
    [`${folder}/lib64/libcudart.so.${spec.version}`]: "",
    ...(spec.cudnn === undefined ? {} : { [`${folder}/include/cudnn_version.h`]: cudnnHeader(spec.cudnn) }),
  };
}

function cudnnHeader(version: string): string {
  const [major, minor, patch] = version.split(".");
  return `#define CUDNN_MAJOR ${major}\n#define CUDNN_MINOR ${minor}\n#define CUDNN_PATCHLEVEL ${patch}\n`;
}

function rocmFiles(spec: ToolkitSpec): FileTree {
  return { [`${toolkitFolder(spec).folder}/.info/version`]: `${spec.version}-1\n` };
}
