import placePart from "../operations/scripts/place.sh";
import { backends } from "./backends";
import outlivePart from "./scripts/outlive.sh";
import recordsPart from "./scripts/records.sh";

/** Functions of the host about its jobs, to stand before a script: `enter`, `tell` and those of every back end. */
export const jobsPart = [
  "kind=jobs\n",
  placePart,
  recordsPart,
  outlivePart,
  ...backends.map(({ script }) => script),
  `backends='${backends.map(({ id }) => id).join(" ")}'\n`,
].join("");
