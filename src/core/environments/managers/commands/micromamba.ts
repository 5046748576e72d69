import { condaFamily } from "./condaFamily";

/** What micromamba can do; it installs from every kind of file by the same words, and has no `clone`. */
export const micromambaCommands = condaFamily({
  program: "micromamba",
  fromYaml: "install",
  explicitList: ["env", "export", "--explicit"],
});
