import { condaFamily } from "./condaFamily";

/** What conda can do. Its relatives differ in a few words: see `mamba.ts` and `micromamba.ts`. */
export const condaCommands = condaFamily({
  program: "conda",
  fromYaml: "env update",
  clone: true,
  explicitList: ["list", "--explicit", "--md5"],
});
