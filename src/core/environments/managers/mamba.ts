import { condaKin } from "./condaKin";

/** mamba, where it made the environment: the same format as conda's. */
export const mamba = condaKin("mamba", "mamba");
