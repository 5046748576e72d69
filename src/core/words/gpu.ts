import type { GpuProblem } from "../failure";
import { detail, ending, list, quoted, says, seconds, type Words } from "./say";

/** GPU tools, GPUs and their processes. */
export const gpuWords: Words<GpuProblem> = {
  noGpuTool: (problem) =>
    says(
      `No GPU tool was found on this host (looked for ${list(problem.lookedFor)}).`,
      "If it has GPUs, install their driver, or add the tool's folder to the PATH of non-interactive shells.",
    ),
  driverNotLoaded: (problem) =>
    says(
      `The ${quoted(problem.vendor)} driver is not loaded, so its GPUs cannot be read.`,
      "Load the kernel module or restart the host; after a kernel update the driver may have to be built again.",
    ),
  driverLibraryMismatch: (problem) =>
    says(
      `The running NVIDIA driver and its library${problem.library === undefined ? "" : ` (${quoted(problem.library)})`} have different versions, usually after an update.`,
      "Restart the host, or unload and load the NVIDIA kernel modules.",
    ),
  libraryMissing: (problem) =>
    says(
      `${quoted(problem.tool)} cannot find the driver's library.`,
      "Install the library package that belongs to the driver, or add its folder to the library path.",
    ),
  noDevices: (problem) =>
    says(
      `No ${quoted(problem.vendor)} GPU was found, although the tool is there.`,
      "Check that the card is seated and powered, and that this user or container may use it.",
    ),
  gpuLost: (problem) =>
    says(`${gpuName(problem)} fell off the bus and no longer answers.`, "Restart the host to get it back."),
  gpuNeedsReset: (problem) =>
    says(
      `${gpuName(problem)} must be reset before it can be relied on.`,
      "Stop its processes and reset it as root (nvidia-smi --gpu-reset), or restart the host.",
    ),
  gpuUnreadable: (problem) =>
    says(
      `${gpuName(problem)} cannot be read${detail(problem.detail)}.`,
      "If this stays, look at the kernel log and restart the host.",
    ),
  eccErrors: (problem) =>
    says(
      `GPU ${problem.index} has ${problem.count} uncorrectable memory ${problem.count === 1 ? "error" : "errors"} since its driver was loaded.`,
      "Results computed on it may be wrong; reset it, and have it replaced if errors return.",
    ),
  gpuAsleep: (problem) => says(`${gpuName(problem)} is powered down; it is not read, so as not to wake it.`),
  insufficientPermissions: (problem) =>
    says(
      `${quoted(problem.tool)} may not read the GPUs as this user.`,
      "Ask the administrator for access to the GPU device files (often membership in the groups video and render).",
    ),
  infoRomCorrupted: (problem) =>
    says(
      `The settings memory (infoROM) of ${problem.index === undefined ? "a GPU" : `GPU ${problem.index}`} is corrupted; its values may still be right.`,
      "Plan to have the card serviced.",
    ),
  unknownField: (problem) =>
    says(
      `${quoted(problem.tool)} does not know the field ${quoted(problem.field)}, so it is left out.`,
      "A newer driver may offer it.",
    ),
  toolHangs: (problem) =>
    says(
      `${quoted(problem.tool)} has not answered for ${seconds(problem.seconds)}.`,
      "It is started again; if this stays, a GPU or its driver hangs and the host needs a restart.",
    ),
  toolFailed: (problem) =>
    says(
      `${quoted(problem.tool)} failed${ending(problem)}${detail(problem.detail)}.`,
      "Run it in a terminal on the host to see its whole output.",
    ),
  cutOff: (problem) => says(`The output ends in the middle (${quoted(problem.what)}); what came before is shown.`),
  noSuchProcess: (problem) => says(`Process ${problem.pid} has already ended.`),
  processChanged: (problem) =>
    says(
      `Process ${problem.pid} is another process now than the one shown, so nothing was done.`,
      "Look at the refreshed list.",
    ),
  notYourProcess: (problem) =>
    says(
      `Process ${problem.pid} belongs to ${problem.user === undefined ? "another user" : quoted(problem.user)}, and only its owner or root may end it.`,
      "Ask its owner.",
    ),
  processSurvived: (problem) =>
    says(
      `Process ${problem.pid} is still running ${seconds(problem.seconds)} after it was told to end.`,
      "Force it to end; a process that waits for a hung GPU ends only with a restart of the host.",
    ),
};

function gpuName(problem: { index?: number; busId?: string }): string {
  if (problem.index !== undefined) return `GPU ${problem.index}`;
  return problem.busId === undefined ? "A GPU" : `The GPU at ${quoted(problem.busId)}`;
}
