import type { ManagerTools } from "../../manager";
import { virtualEnvironmentCommands } from "./virtualEnvironments";

/** uv's environments, which need no pip of their own. */
export const uvCommands = {
  tool: (tools: ManagerTools): string | undefined => tools.uv,
  ...virtualEnvironmentCommands({
    kind: "uv",
    installer: "uv",
    make: (tool, python, prefix) => [
      tool,
      "venv",
      "--no-project",
      ...(python === undefined ? [] : ["--python", python]),
      prefix,
    ],
  }),
};
