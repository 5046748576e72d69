import { accessSync, chmodSync, constants, mkdirSync, realpathSync, symlinkSync, writeFileSync } from "node:fs";
import { basename, delimiter, join } from "node:path";
import absent from "./tools/absent.sh";
import hostTool from "./tools/host-tool.sh";
import nvidiaSmi from "./tools/nvidia-smi.sh";
import nvidiaSmiTable from "./tools/nvidia-smi-table.sh";
import nvidiaSmiText from "./tools/nvidia-smi-text.sh";
import nvidiaSmiXml from "./tools/nvidia-smi-xml.sh";
import nvidiaSmiXmlGpu from "./tools/nvidia-smi-xml-gpu.sh";
import rocmSmi from "./tools/rocm-smi.sh";

const scripts: Readonly<Record<string, string>> = {
  absent,
  "host-tool": hostTool,
  "nvidia-smi": nvidiaSmi,
  "nvidia-smi-table": nvidiaSmiTable,
  "nvidia-smi-text": nvidiaSmiText,
  "nvidia-smi-xml": nvidiaSmiXml,
  "nvidia-smi-xml-gpu": nvidiaSmiXmlGpu,
  "rocm-smi": rocmSmi,
};

/** The names under which `host-tool` tells about the simulated machine instead of the real one. */
export const hostTools = ["df", "getconf", "getent", "hostname", "id", "logname", "nproc", "uname", "whoami"];

/**
 * What a simulated host has of the real machine's tools. Nothing that tells about hardware or users is in it, and no GPU tool:
 * what a simulated host does not have must be absent there, even where the laptop has it.
 */
const basicTools = (
  "sh bash dash zsh fish awk base64 basename cat chmod clear cmp cp cut date dd diff dirname du echo env expr false find " +
  "fold grep gzip gunzip head install join kill less ln ls md5sum mkdir mkfifo mktemp more mv nano nice nohup od paste " +
  "printf ps pwd readlink realpath rm rmdir script sed seq setsid sha256sum sleep sort split stat stty sync tail tar tee " +
  "test timeout touch tr true tty uniq vi vim wc which xargs tmux screen"
).split(" ");

const gpuTools = ["nvidia-smi", "rocm-smi", "amd-smi", "tegrastats", "xpu-smi"];

/** Folders where GPU tools are installed and where programs look for them even when they are not on the PATH. */
const usualFolders = [
  "/usr/local/bin",
  "/usr/bin",
  "/bin",
  "/usr/sbin",
  "/sbin",
  "/usr/local/nvidia/bin",
  "/usr/lib/wsl/lib",
  "/opt/rocm/bin",
];

/** GPU tools of this computer that a simulated host must not show. */
export function realGpuTools(path: string): readonly string[] {
  return gpuTools.filter((name) => findExecutable(name, [path, ...usualFolders].join(delimiter)) !== undefined);
}

/** The first executable of that name on the path. */
export function findExecutable(name: string, path: string): string | undefined {
  return path
    .split(delimiter)
    .filter((folder) => folder !== "")
    .map((folder) => join(folder, name))
    .find((file) => {
      try {
        accessSync(file, constants.X_OK);
        return true;
      } catch {
        return false;
      }
    });
}

/** This computer's Python by its own name, such as `python3.12`: one that a version manager puts in its place needs that manager. */
function findPython(path: string): string | undefined {
  const real = path.split(delimiter).flatMap((folder) => {
    const found = findExecutable("python3", folder);
    return found === undefined ? [] : realpathSync(found);
  });
  return real.find((file) => /^python3\.\d+$/.test(basename(file)));
}

/** Writes the simulated tools and links to the real machine's basic ones. */
export function writeToolbox(toolsFolder: string, basicsFolder: string, path: string): void {
  mkdirSync(toolsFolder);
  mkdirSync(basicsFolder);
  for (const [name, text] of Object.entries(scripts)) {
    writeFileSync(join(toolsFolder, name), text);
    chmodSync(join(toolsFolder, name), 0o755);
  }
  for (const name of basicTools) {
    const found = findExecutable(name, path);
    if (found !== undefined) symlinkSync(found, join(basicsFolder, name));
  }
  const python = findPython(path);
  if (python !== undefined) symlinkSync(python, join(basicsFolder, "python3"));
}
