import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";

/** The Pythons of the distribution and of the administrator, and what else stands on the path. */
export const system: Manager = {
  id: "system",
  label: "System",
  recognise(found, host) {
    if (found.via !== "system" && (found.via !== "path" || !found.interpreter)) return undefined;
    const name = found.library === undefined ? "python3" : posix.basename(found.library);
    return environmentAt(found, host, { manager: "system", kind: "plain", name, isProtected: true });
  },
};
