import type { Manager } from "../manager";
import { mambaCommands } from "./commands/mamba";
import { condaKin } from "./condaKin";

/** mamba, where it made the environment: the same format as conda's. */
export const mamba: Manager = { ...condaKin("mamba", "mamba"), ...mambaCommands };
