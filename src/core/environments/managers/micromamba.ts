import type { Manager } from "../manager";
import { micromambaCommands } from "./commands/micromamba";
import { condaKin } from "./condaKin";

/** micromamba: conda's format, below a root that has no Python of its own. */
export const micromamba: Manager = { ...condaKin("micromamba", "micromamba"), ...micromambaCommands };
