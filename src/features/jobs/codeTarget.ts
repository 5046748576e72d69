import type { CodePlace } from "../../core/jobs/launch/launch";
import { quoteArgv } from "../../core/remote";
import type { JobSettings } from "../../shared/jobSettings";
import { windowHost } from "../environments/windowHost";

/** A file of the editor, as far as it matters for running it. */
export interface EditorFile {
  readonly scheme: string;
  readonly authority: string;
  /** With `/`, as in a URI. */
  readonly path: string;
  /** In the client's own syntax. */
  readonly fsPath: string;
  /** First line of its text. */
  readonly firstLine: string;
  /** The workspace folder that it lies in. */
  readonly folder?: { readonly path: string; readonly fsPath: string };
}

/** Something that can be run, with what is known about how. */
export interface RunTarget {
  readonly place: CodePlace;
  readonly settings: JobSettings;
  /** Under which its settings are remembered. */
  readonly key: string;
}

/** Why a file cannot be run: a clause. */
export interface NoTarget {
  readonly why: string;
}

/** What running this file means, before anybody chose anything. */
export function codeTarget(file: EditorFile): RunTarget | NoTarget {
  const host = file.scheme === "vscode-remote" ? windowHost(file.authority) : undefined;
  if (file.scheme !== "file" && host === undefined) return { why: "it is not a file of this computer or of a host" };
  const { folder } = file;
  if (!folder) return { why: "it lies in no open folder, so nobody knows which files belong to it" };
  const relative = file.path.slice(folder.path.replace(/\/$/, "").length + 1);
  const settings = { ...programOf(relative, file.firstLine), name: relative.split("/").at(-1) ?? relative };
  if (host !== undefined) {
    const place: CodePlace = { kind: "host", folder: folder.path, file: file.path };
    return { place, settings: { ...settings, host, sync: false }, key: `${host}:${file.path}` };
  }
  return { place: { kind: "client", folder: folder.fsPath, file: file.fsPath }, settings, key: file.fsPath };
}

/** Python runs by the environment's interpreter, a script by what its first line names, else by `sh`. */
function programOf(relative: string, firstLine: string): Pick<JobSettings, "program" | "launcher" | "arguments"> {
  if (!/\.sh$/i.test(relative)) return { program: relative };
  const words = /^#!\s*(\S.*)$/.exec(firstLine)?.[1]?.trim().split(/\s+/) ?? [];
  const [program = "sh", ...options] = words[0]?.endsWith("/env") ? words.slice(1) : words;
  return { program, launcher: "command", arguments: quoteArgv([...options, relative]) };
}
