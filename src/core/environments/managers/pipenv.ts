import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";

/** Pipenv: virtual environments called `PROJECT-HASH` among others, or `.venv` beside a `Pipfile`. */
export const pipenv: Manager = {
  id: "pipenv",
  label: "Pipenv",
  recognise(found, host) {
    const { prefix, settings, via, project } = found;
    if (!settings || settings.uv !== undefined) return undefined;
    const isNamed = via === "workon" && project !== undefined && /-[\w-]{8}$/.test(prefix);
    const inProject =
      posix.basename(prefix) === ".venv" && host.projectFiles(posix.dirname(prefix)).includes("Pipfile");
    return isNamed || inProject ? environmentAt(found, host, { manager: "pipenv", kind: "venv" }) : undefined;
  },
  tool: ({ pipenv: tool }) => tool,
};
