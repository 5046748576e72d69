import { condaKin } from "./condaKin";

/** micromamba: conda's format, below a root that has no Python of its own. */
export const micromamba = condaKin("micromamba", "micromamba");
