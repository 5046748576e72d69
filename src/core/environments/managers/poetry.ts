import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { poetryCommands } from "./commands/poetry";

/** Poetry: virtual environments in its cache, or in a project whose lock is Poetry's. */
export const poetry: Manager = {
  id: "poetry",
  label: "Poetry",
  recognise(found, host) {
    if (!found.settings || found.settings.uv !== undefined) return undefined;
    const inProject =
      posix.basename(found.prefix) === ".venv" &&
      host.projectFiles(posix.dirname(found.prefix)).includes("poetry.lock");
    if (found.via !== "poetry" && !inProject) return undefined;
    return environmentAt(found, host, { manager: "poetry", kind: "venv" });
  },
  tool: ({ poetry: tool }) => tool,
  ...poetryCommands,
};
