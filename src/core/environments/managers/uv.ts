import { posix } from "node:path";
import type { Manager } from "../manager";
import { environmentAt } from "../survey/environment";
import { uvCommands } from "./commands/uv";

/** uv: its virtual environments say so in `pyvenv.cfg`, and its own Pythons stand in one folder. */
export const uv: Manager = {
  id: "uv",
  label: "uv",
  recognise(found, host) {
    if (found.settings?.uv !== undefined) return environmentAt(found, host, { manager: "uv", kind: "venv" });
    if (found.via !== "uv" || found.settings) return undefined;
    // cpython-3.12.7-linux-x86_64-gnu
    const name = posix.basename(found.prefix);
    const pythonVersion = /^[a-z]+-(\d+\.\d+\.\d+\w*)/.exec(name)?.[1];
    return environmentAt(found, host, {
      manager: "uv",
      kind: "plain",
      name,
      isProtected: true,
      ...(pythonVersion !== undefined && { pythonVersion }),
    });
  },
  ...uvCommands,
};
