import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { pyenvCommands } from "./commands/pyenv";

/** The Pythons that pyenv built; virtual environments among them are virtual environments. */
export const pyenv: Manager = {
  id: "pyenv",
  label: "pyenv",
  recognise(found, host) {
    if (found.via !== "pyenv" || found.settings || found.condaMeta) return undefined;
    const name = posix.basename(found.prefix);
    const pythonVersion = /^(?:[a-z]+-)?(\d+\.\d+\.\d+\w*)/.exec(name)?.[1];
    return environmentAt(found, host, {
      manager: "pyenv",
      kind: "plain",
      name,
      isProtected: true,
      ...(pythonVersion !== undefined && { pythonVersion }),
    });
  },
  tool: ({ pyenv: tool }) => tool,
  ...pyenvCommands,
};
