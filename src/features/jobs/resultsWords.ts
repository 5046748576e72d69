import type { BroughtResults } from "../../core/jobs/launch/results";
import { filesText, sizeText } from "../files/transferText";

/** What is said when the results of a job have come into the folder `to`. */
export function broughtText(
  name: string,
  { files, bytes, kept }: Pick<BroughtResults, "files" | "bytes" | "kept">,
  to: string,
): string {
  const stay =
    kept === 0
      ? ""
      : ` ${filesText(kept)} changed here ${kept === 1 ? "stays" : "stay"} as ${kept === 1 ? "it is" : "they are"}.`;
  if (files === 0) return `${name} left nothing in $TENSORLINE_OUT that is not here already.${stay}`;
  return `${filesText(files)} of ${name} (${sizeText(bytes)}) ${files === 1 ? "is" : "are"} in ${to}.${stay}`;
}
