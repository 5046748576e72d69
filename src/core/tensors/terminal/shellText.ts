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
 * What the shell of a terminal gets besides its environment: the hook, where there is one. A debugger of the editor that
 * waits elsewhere is nobody's business there.
 */
export function terminalOverlay(environment: Overlay, hook: Overlay = noOverlay): Overlay {
  const own = { ...hook, unset: [...hook.unset, "DEBUGPY_ADAPTER_ENDPOINTS"] };
  return mergeOverlays(own, environment);
}
