import type { Warning } from "../../src/shared/gpu";
import { plainText } from "../lib/format";
import { Icon } from "../lib/icon";
import type { Store } from "./store";

const WORDS: Readonly<Record<string, string>> = {
  gpuLost: "fell off the bus",
  gpuNeedsReset: "needs a reset",
  gpuUnreadable: "does not answer",
  gpuAsleep: "asleep",
  eccErrors: "memory errors",
  infoRomCorrupted: "InfoROM damaged",
};

/** A warning in two or three words. */
export function wordOf({ reason }: Warning): string {
  return WORDS[reason] ?? "warning";
}

/** One GPU's warnings: the short word at once, unless `told` already, and the sentence with what to do on demand. */
export function GpuWarnings({ warnings, told }: { warnings: readonly Warning[]; told: Warning | undefined }) {
  return (
    <>
      {warnings.map((warning) => (
        <details key={warning.reason} class="gpu-warning">
          <summary>
            {warning !== told && <Icon name="warning" />}
            {warning !== told && <span>{wordOf(warning)}</span>}
            <span class="gpu-warning-more">what to do</span>
          </summary>
          <p>{plainText(warning.message, 600)}</p>
        </details>
      ))}
    </>
  );
}

/** Warnings that concern the machine as a whole. */
export function HostWarnings({ store }: { store: Store }) {
  const warnings = store.report.value?.warnings.filter((warning) => warning.gpuIndex === undefined) ?? [];
  if (warnings.length === 0 || store.gpus.value.length === 0) return null;
  return (
    <ul class="host-warnings" aria-label="Warnings">
      {warnings.map((warning) => (
        <li key={`${warning.reason}/${warning.message}`}>
          <Icon name="warning" />
          <span title={plainText(warning.message, 600)}>{plainText(warning.message, 600)}</span>
        </li>
      ))}
    </ul>
  );
}
