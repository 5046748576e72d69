import type { ManagerTools } from "../../manager";
import { virtualEnvironmentCommands } from "./virtualEnvironments";

/** Python's own `venv`. Its tool is an interpreter: `python3` where the host has it, else the newest. */
export const venvCommands = {
  tool: pythonOf,
  ...virtualEnvironmentCommands({
    kind: "venv",
    installer: "pip",
    make: (tool, python, prefix) => [interpreterFor(tool, python), "-m", "venv", prefix],
  }),
};

function pythonOf(tools: ManagerTools): string | undefined {
  const minor = (name: string) => Number(/^python3\.(\d+)$/.exec(name)?.[1] ?? -1);
  const newest = Object.keys(tools)
    .filter((name) => minor(name) >= 3)
    .sort((a, b) => minor(b) - minor(a))[0];
  return tools.python3 ?? (newest === undefined ? undefined : tools[newest]);
}

function interpreterFor(tool: string, python: string | undefined): string {
  if (python === undefined) return tool;
  return python.includes("/") ? python : `python${python}`;
}
