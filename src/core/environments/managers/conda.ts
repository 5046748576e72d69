import type { Manager } from "../manager";
import { condaCommands } from "./commands/conda";
import { condaKin } from "./condaKin";

/** conda itself, and every environment of its format that no other tool claims. */
export const conda: Manager = { ...condaKin("conda", "conda"), ...condaCommands };
