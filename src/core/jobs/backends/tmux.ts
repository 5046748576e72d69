import type { JobBackend } from "../backend";
import pane from "./pane.sh";
import script from "./tmux.sh";

/** As a plain process, with a tmux session `tensorline-ID` that shows it and stops it with Ctrl+C. */
export const tmuxBackend: JobBackend = {
  id: "tmux",
  label: "tmux session",
  hint: "Can be watched and stopped from any terminal: tmux attach -t tensorline-…",
  script,
  files: { pane },
  unusable: () => "tmux is not installed there",
};
