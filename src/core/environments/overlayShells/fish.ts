import type { Overlay } from "../overlay";

/** For fish 3 and later. */
export function fishScript({ modules, source, set, unset, prepend }: Overlay): string {
  const setLines = Object.entries(set).map(([name, value]) => `set -gx ${name} ${quoteFish(value)}`);
  return [
    ...(modules.length > 0 ? loadModules(modules) : []),
    ...unset.map((name) => `set -e ${name}`),
    ...setLines,
    ...Object.entries(prepend)
      .filter(([, folders]) => folders.length > 0)
      .map(([name, folders]) => `set -gx --path ${name} ${folders.map(quoteFish).join(" ")} ${nonEmpty(name)}`),
    ...source.flatMap(sourceFiles),
    ...(source.length > 0 ? setLines : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** One word for fish: in single quotes only the quote and the backslash mean something. */
const quoteFish = (word: string): string => `'${word.replace(/[\\']/g, "\\$&")}'`;

/** An empty part of a list would be the current folder. */
const nonEmpty = (name: string): string => `(string match -v '' -- $${name})`;

function loadModules(modules: readonly string[]): string[] {
  return [
    'for tensorline_file in "$MODULESHOME/init/fish" "$LMOD_PKG/init/fish" /usr/share/lmod/lmod/init/fish /usr/share/modules/init/fish /usr/share/Modules/init/fish',
    "  type -q module; and break",
    '  test -r "$tensorline_file"; and source "$tensorline_file"',
    "end",
    "set -e tensorline_file",
    "if type -q module",
    ...modules.map((name) => `  module load ${quoteFish(name)}; or ${say(`could not load the module ${name}`)}`),
    "else",
    `  ${say(`this host has no module command; not loaded: ${modules.join(" ")}`)}`,
    "end",
  ];
}

/** A file that fails ends itself here, not the shell: none has to be tried before. */
function sourceFiles(path: string): string[] {
  const folder = /^(.*)\/\*\.sh$/.exec(path)?.[1];
  const files = folder === undefined ? quoteFish(path.replace(/\.sh$/, ".fish")) : `${quoteFish(folder)}/*.fish`;
  return [
    `for tensorline_file in ${files}`,
    '  test -r "$tensorline_file"; and source "$tensorline_file" </dev/null',
    "end",
    "set -e tensorline_file",
  ];
}

const say = (text: string): string => `printf '%s\\n' ${quoteFish(`tensorline: ${text}`)} >&2`;
