import type { JobBackend } from "../backend";
import script from "./process.sh";

/** A process in a session of its own: needs nothing but a shell. */
export const processBackend: JobBackend = {
  id: "process",
  label: "Plain process",
  hint: "Runs at once and needs nothing on the host",
  script,
  unusable: () => "it cannot start programs apart from the connection",
};
