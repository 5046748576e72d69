import { overlayScript } from "../environments/overlayScript";
import { quoteArgv, quoteWord } from "../remote";
import type { JobRequest } from "./request";

/**
 * POSIX shell text that is the job: it applies the overlay, sets the job's variables, goes to its folder and becomes the
 * program. What the supervisor has exported by then is told in `scripts/become.sh`. Holds no secret.
 * @throws Failure `environmentNameUnusable`
 */
export function scriptText(
  request: Pick<JobRequest, "argv" | "folder" | "overlay" | "variables" | "snapshot" | "hook">,
): string {
  const variables = Object.entries(request.variables).map(([name, value]) => `export ${name}=${quoteWord(value)}\n`);
  return [
    overlayScript(request.overlay, "sh"),
    ...variables,
    ...(request.hook === undefined ? [] : [hookText(request.hook)]),
    `cd ${folderWord(request)} || exit 126\n`,
    `exec ${quoteArgv(request.argv)}\n`,
  ].join("");
}

/**
 * Lets the job's Pythons load the hook, which lies beside the folders of machines; an empty part of PYTHONPATH would be the
 * working folder. TENSORLINE_RUN tells it where its records go.
 */
const hookText = (name: string): string =>
  `export PYTHONPATH="\${TENSORLINE_OUT%/hosts/*}/hook/"${quoteWord(name)}"\${PYTHONPATH:+:$PYTHONPATH}"\n`;

/** The working folder as one word of a shell. */
function folderWord({ folder, snapshot }: Pick<JobRequest, "folder" | "snapshot">): string {
  if (snapshot && !folder.startsWith("/")) return `"\${TENSORLINE_OUT%/out}/code"/${quoteWord(folder)}`;
  if (folder === "~") return '"$HOME"';
  return folder.startsWith("~/") ? `"$HOME"/${quoteWord(folder.slice(2))}` : quoteWord(folder);
}
