import { boundedText } from "../../../boundedText";
import type { Problem } from "../../../failure";

const tool = "rocm-smi";

/**
 * What `rocm-smi` says when it fails; it often does so with exit code 0, so the text decides. Undefined: nothing of a
 * failure in it.
 */
export function classifyAmdFailure(text: string, exitCode?: number): Problem | undefined {
  if (/Driver not initialized|amdgpu not found in modules|Drivers? not loaded/i.test(text))
    return { reason: "driverNotLoaded", vendor: "AMD" };
  if (/Unable to (find|load) .*(librocm_smi|rocm_smi library)|librocm_smi64\S* .*cannot open/i.test(text))
    return { reason: "libraryMissing", tool };
  if (/No JSON data to report|No AMD GPUs? (were )?(specified|found)|No such device/i.test(text))
    return { reason: "noDevices", vendor: "AMD" };
  if (/NOT_SUPPORTED|Traceback \(most recent call last\)/.test(text))
    return { reason: "toolFailed", tool, detail: boundedText(lastLine(text)) };
  if (/Permission denied|PERMISSION/.test(text)) return { reason: "insufficientPermissions", tool };
  if (exitCode === 127 || /rocm-smi: (command )?not found|: rocm-smi: No such file/.test(text))
    return { reason: "noGpuTool", lookedFor: [tool] };
  if (exitCode === 126) return { reason: "insufficientPermissions", tool };
  if (exitCode !== undefined && exitCode !== 0)
    return { reason: "toolFailed", tool, exitCode, detail: boundedText(lastLine(text)) };
  return undefined;
}

function lastLine(text: string): string {
  return text.trimEnd().split(/\r?\n/).at(-1) ?? "";
}
