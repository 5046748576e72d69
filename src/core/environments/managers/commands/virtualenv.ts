import type { ManagerTools } from "../../manager";
import { virtualEnvironmentCommands } from "./virtualEnvironments";

/** The program `virtualenv`, version 20 or newer. */
export const virtualenvCommands = {
  tool: (tools: ManagerTools): string | undefined => tools.virtualenv,
  ...virtualEnvironmentCommands({
    kind: "virtualenv",
    installer: "pip",
    make: (tool, python, prefix) => [tool, ...(python === undefined ? [] : ["--python", python]), prefix],
  }),
};
