import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";

/** Pythons that an environment module puts on the path; nothing can be changed in them. */
export const module: Manager = {
  id: "module",
  label: "Module",
  recognise(found, host) {
    if (found.via !== "module" || found.module === undefined || found.settings) return undefined;
    return environmentAt(found, host, { manager: "module", kind: "plain", name: found.module, isProtected: true });
  },
};
