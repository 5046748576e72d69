import { quoteWord } from "../../remote";
import type { Overlay } from "../overlay";

/** For sh, bash and zsh. Names of its own are removed again at the end. */
export function posixScript({ modules, source, set, unset, prepend }: Overlay, shell: "sh" | "bash" | "zsh"): string {
  const setLines = Object.entries(set).map(([name, value]) => `export ${name}=${quoteWord(value)}`);
  const ownLines = [
    ...unset.map((name) => `unset ${name}`),
    ...setLines,
    ...Object.entries(prepend)
      .filter(([, folders]) => folders.length > 0)
      .map(([name, folders]) => `export ${name}=${quoteWord(folders.join(":"))}\${${name}:+":$${name}"}`),
  ];
  if (modules.length + source.length === 0) return lines(ownLines);
  return lines([
    // The files of others do not reckon with a shell that ends at a failing command or an unset variable.
    "tensorline_options=$-",
    "set +eu",
    ...(modules.length > 0 ? loadModules(modules, shell) : []),
    ...ownLines,
    ...source.flatMap((path) => sourceFiles(path, shell)),
    ...(source.length > 0 ? setLines : []),
    "case $tensorline_options in *e*) set -e ;; esac",
    "case $tensorline_options in *u*) set -u ;; esac",
    "unset tensorline_file tensorline_options",
  ]);
}

const lines = (all: readonly string[]): string => all.map((line) => `${line}\n`).join("");

/** `module` is a function of login shells: elsewhere the file that defines it is read first. */
function loadModules(modules: readonly string[], shell: "sh" | "bash" | "zsh"): string[] {
  const inits = [
    `"\${MODULESHOME-}/init/${shell}"`,
    `"\${LMOD_PKG-}/init/${shell}"`,
    "/etc/profile.d/modules.sh",
    "/etc/profile.d/z00_lmod.sh",
    "/etc/profile.d/lmod.sh",
    `/usr/share/lmod/lmod/init/${shell}`,
    `/usr/share/modules/init/${shell}`,
    `/usr/share/Modules/init/${shell}`,
  ];
  return [
    `for tensorline_file in ${inits.join(" ")}; do`,
    "  command -v module >/dev/null 2>&1 && break",
    '  if [ -r "$tensorline_file" ]; then . "$tensorline_file"; fi',
    "done",
    "if command -v module >/dev/null 2>&1; then",
    ...modules.map((name) => `  module load ${quoteWord(name)} || ${say(`could not load the module ${name}`)}`),
    "else",
    `  ${say(`this host has no module command; not loaded: ${modules.join(" ")}`)}`,
    "fi",
  ];
}

/** A file that ends its shell, or is no shell text, would take the user's shell with it: each is tried in another one first. */
function sourceFiles(path: string, shell: "sh" | "bash" | "zsh"): string[] {
  const folder = /^(.*)\/\*\.sh$/.exec(path)?.[1];
  // Without the flag zsh fails where there is no such file.
  const files = folder === undefined ? quoteWord(path) : `${quoteWord(folder)}/*.sh${shell === "zsh" ? "(N)" : ""}`;
  return [
    `for tensorline_file in ${files}; do`,
    '  if [ -r "$tensorline_file" ]; then',
    '    case "$(. "$tensorline_file" >/dev/null 2>&1 </dev/null; echo whole)" in',
    '      whole) . "$tensorline_file" </dev/null ;;',
    `      *) printf 'tensorline: left out, as it fails: %s\\n' "$tensorline_file" >&2 ;;`,
    "    esac",
    "  fi",
    "done",
  ];
}

const say = (text: string): string => `printf '%s\\n' ${quoteWord(`tensorline: ${text}`)} >&2`;
