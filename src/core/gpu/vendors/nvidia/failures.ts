import { boundedText } from "../../../boundedText";
import type { Problem } from "../../../failure";
import { readBusId } from "../../values";

/**
 * What `nvidia-smi` says when it fails, read as its documented output: its texts first, since exit codes are shared, then
 * the codes. `exitCode` is absent where only the text is known. Undefined: nothing of a failure in it.
 */
export function classifyNvidiaFailure(text: string, exitCode?: number): Problem | undefined {
  return ofText(text) ?? ofExitCode(text, exitCode);
}

const tool = "nvidia-smi";

function ofText(text: string): Problem | undefined {
  const field = /Field "([^"]{1,100})" is not a valid field/.exec(text)?.[1];
  if (field !== undefined) return { reason: "unknownField", tool, field: boundedText(field, 100) };
  if (/couldn't communicate with the NVIDIA driver|driver is not loaded|Driver Not Loaded/i.test(text))
    return { reason: "driverNotLoaded", vendor: "NVIDIA" };
  if (/Driver\/library version mismatch|Mismatch in versions between nvidia-smi and NVML/i.test(text)) {
    const library = /NVML library version: *([0-9.]{3,20})/i.exec(text)?.[1];
    return { reason: "driverLibraryMismatch", ...(library === undefined ? {} : { library }) };
  }
  if (/couldn't find libnvidia-ml|libnvidia-ml\S* .*(cannot open|not found)|NVML Shared Library Not Found/i.test(text))
    return { reason: "libraryMissing", tool };
  if (/Function Not Found/.test(text) && /Failed to initialize NVML/.test(text))
    return { reason: "libraryMissing", tool };
  const device = deviceHandle.exec(text);
  if (device) return ofDevice(device[1], device[2] ?? "");
  const infoRom = /infoROM is corrupted at gpu (\S+)/i.exec(text);
  if (infoRom) return { reason: "infoRomCorrupted" };
  if (/No devices were found/i.test(text)) return { reason: "noDevices", vendor: "NVIDIA" };
  if (/Insufficient Permissions|not have permission|Operation not permitted/i.test(text))
    return { reason: "insufficientPermissions", tool };
  if (/(?<!\[)GPU is lost/i.test(text)) return { reason: "gpuLost" };
  if (/GPU requires (a )?reset/i.test(text)) return { reason: "gpuNeedsReset" };
  const nvml = /Failed to initialize NVML: *([^\r\n]*)/.exec(text);
  if (nvml) return { reason: "toolFailed", tool, detail: boundedText(nvml[1] ?? "") };
  if (/nvidia-smi: (command )?not found|: nvidia-smi: No such file/.test(text))
    return { reason: "noGpuTool", lookedFor: [tool] };
  return undefined;
}

/** The address may be short in its domain, or missing. */
const deviceHandle =
  /Unable to determine the device handle for(?:[^\r\n]*?((?:[0-9a-f]{1,8}:)?[0-9a-f]{2}:[0-9a-f]{2}\.[0-9a-f]))?[^\r\n]*?: *([^:\r\n]*)$/im;

function ofDevice(address: string | undefined, words: string): Problem {
  const busId = readBusId(address);
  const where = busId === undefined ? {} : { busId };
  if (/GPU is lost/i.test(words)) return { reason: "gpuLost", ...where };
  return { reason: "gpuUnreadable", ...where, detail: boundedText(words) };
}

function ofExitCode(text: string, exitCode: number | undefined): Problem | undefined {
  switch (exitCode) {
    case undefined:
    case 0:
      return undefined;
    case 4:
      return { reason: "insufficientPermissions", tool };
    case 6:
      return { reason: "noDevices", vendor: "NVIDIA" };
    case 9:
      return { reason: "driverNotLoaded", vendor: "NVIDIA" };
    case 12:
    case 13:
      return { reason: "libraryMissing", tool };
    case 14:
      return { reason: "infoRomCorrupted" };
    case 15:
      return { reason: "gpuLost" };
    case 16:
      return { reason: "gpuNeedsReset" };
    case 17:
      return { reason: "insufficientPermissions", tool };
    case 18:
      return { reason: "driverLibraryMismatch" };
    case 126:
      return { reason: "insufficientPermissions", tool };
    case 127:
      return { reason: "noGpuTool", lookedFor: [tool] };
    default:
      return { reason: "toolFailed", tool, exitCode, detail: boundedText(text) };
  }
}
