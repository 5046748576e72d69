import { condaFamily } from "./condaFamily";

/**
 * What mamba can do: mamba 1 is conda with another solver, mamba 2 a program of its own that has no `create --clone`.
 * Where conda is there as well, its `clone` serves.
 */
export const mambaCommands = condaFamily({
  program: "mamba",
  fromYaml: "env update",
  explicitList: ["env", "export", "--explicit"],
});
