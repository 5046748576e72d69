import { mergeOverlays, noOverlay, type Overlay } from "../../environments/overlay";
import bash from "./scripts/bash.sh";
import fish from "./scripts/fish.sh";
import zsh from "./scripts/zsh.sh";

/** What makes an interactive shell of this name tell where prompts and commands begin and end; empty for others. */
export function marksScript(shell: string): string {
  switch (shell) {
    case "bash":
      return bash;
    case "zsh":
      return zsh;
    case "fish":
      return fish;
    default:
      return "";
  }
}

/**
 * What a shell gets so that the Pythons it starts leave records. A debugger of the editor that waits elsewhere is
 * nobody's business there.
 */
export function hookOverlay(base: Overlay, variables: Readonly<Record<string, string>>): Overlay {
  const { PYTHONPATH, ...set } = variables;
  const hook: Overlay = {
    ...noOverlay,
    set,
    unset: ["DEBUGPY_ADAPTER_ENDPOINTS"],
    prepend: PYTHONPATH === undefined ? {} : { PYTHONPATH: PYTHONPATH.split(":").filter(Boolean) },
  };
  return mergeOverlays(hook, base);
}
