import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";

/** Python's own venv, and whatever else has a `pyvenv.cfg`. */
export const venv: Manager = {
  id: "venv",
  label: "venv",
  recognise: (found, host) => found.settings && environmentAt(found, host, { manager: "venv", kind: "venv" }),
  // Any Python makes one; the newest of the system's is taken where no other is asked for.
  tool: ({ python3 }) => python3,
};
