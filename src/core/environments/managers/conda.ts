import { condaKin } from "./condaKin";

/** conda itself, and every environment of its format that no other tool claims. */
export const conda = condaKin("conda", "conda");
