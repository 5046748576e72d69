import { Failure } from "../failure";
import type { Overlay } from "./overlay";
import { cshScript } from "./overlayShells/csh";
import { fishScript } from "./overlayShells/fish";
import { posixScript } from "./overlayShells/posix";

/** A shell that an overlay can be applied in; `csh` is tcsh as well, `sh` any POSIX shell. */
export type OverlayShell = "sh" | "bash" | "zsh" | "fish" | "csh";

/** The shell of a program such as `/usr/bin/zsh` or `-tcsh`; `sh` for those that are not known. */
export function overlayShellOf(program: string): OverlayShell {
  const name = (program.split("/").at(-1) ?? "").replace(/^-/, "");
  if (name === "tcsh") return "csh";
  return name === "bash" || name === "zsh" || name === "fish" || name === "csh" ? name : "sh";
}

/**
 * Text that applies an overlay in a running shell, by `eval` or as a file to source; it edits no file. What cannot be done
 * (a missing module, a broken file) is said on standard error, and the rest is done all the same.
 * @throws Failure `environmentNameUnusable` for a value that cannot be passed to a shell, such as one with a line feed
 */
export function overlayScript(overlay: Overlay, shell: OverlayShell): string {
  refuseUnusable(overlay);
  if (shell === "fish") return fishScript(overlay);
  return shell === "csh" ? cshScript(overlay) : posixScript(overlay, shell);
}

function refuseUnusable({ modules, source, set, unset, prepend }: Overlay): void {
  const refuse = (name: string, why: string): never => {
    throw new Failure({ reason: "environmentNameUnusable", name, why });
  };
  const folders = Object.values(prepend).flat();
  for (const value of [...modules, ...source, ...Object.values(set), ...folders])
    if (/[\0-\x1f\x7f]/.test(value)) refuse(value, "it holds a line break or another control character");
  for (const module of modules)
    if (module === "" || module.startsWith("-")) refuse(module, "a module's name does not begin with a dash");
  for (const folder of folders) if (folder.includes(":")) refuse(folder, "a colon separates the folders of a list");
  for (const name of [...Object.keys(set), ...unset, ...Object.keys(prepend)])
    if (!/^[A-Za-z_][A-Za-z0-9_]*$/.test(name)) refuse(name, "it is no name of a variable");
}
