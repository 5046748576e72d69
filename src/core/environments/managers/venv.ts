import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { venvCommands } from "./commands/venv";

/** Python's own venv, and whatever else has a `pyvenv.cfg`. */
export const venv: Manager = {
  id: "venv",
  label: "venv",
  recognise: (found, host) => found.settings && environmentAt(found, host, { manager: "venv", kind: "venv" }),
  ...venvCommands,
};
