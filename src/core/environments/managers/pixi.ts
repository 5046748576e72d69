import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { pixiCommands } from "./commands/pixi";

/** pixi: conda's format in `PROJECT/.pixi/envs/NAME`. */
export const pixi: Manager = {
  id: "pixi",
  label: "pixi",
  recognise(found, host) {
    const [, project, name] = /^(.+)\/\.pixi\/envs\/([^/]+)$/.exec(found.prefix) ?? [];
    if (project === undefined || name === undefined || !found.condaMeta) return undefined;
    const shown = name === "default" ? posix.basename(project) : `${posix.basename(project)} (${name})`;
    return environmentAt(found, host, { manager: "pixi", kind: "conda", name: shown, project });
  },
  tool: ({ pixi: tool }) => tool,
  ...pixiCommands,
};
