import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { virtualenvCommands } from "./commands/virtualenv";

/** virtualenv signs `pyvenv.cfg` with its version. */
export const virtualenv: Manager = {
  id: "virtualenv",
  label: "virtualenv",
  recognise: (found, host) =>
    found.settings?.virtualenv === undefined
      ? undefined
      : environmentAt(found, host, { manager: "virtualenv", kind: "venv" }),
  ...virtualenvCommands,
};
