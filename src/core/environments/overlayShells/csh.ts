import type { Overlay } from "../overlay";

/** For csh and tcsh; to be sourced or given on standard input, as its blocks need lines of their own. */
export function cshScript({ modules, source, set, unset, prepend }: Overlay): string {
  const setLines = Object.entries(set).map(([name, value]) => `setenv ${name} ${quoteCsh(value)}`);
  return [
    ...(modules.length > 0 ? loadModules(modules) : []),
    ...unset.map((name) => `unsetenv ${name}`),
    ...setLines,
    ...Object.entries(prepend)
      .filter(([, folders]) => folders.length > 0)
      .flatMap(([name, folders]) => prependTo(name, quoteCsh(folders.join(":")))),
    ...source.flatMap(sourceFiles),
    ...(source.length > 0 ? setLines : []),
  ]
    .map((line) => `${line}\n`)
    .join("");
}

/** One word for csh: its history reaches into single quotes, and only a backslash stops it. */
const quoteCsh = (word: string): string => `'${word.replaceAll("'", `'\\''`).replaceAll("!", "\\!")}'`;

/** An empty part of a list would be the current folder. */
function prependTo(name: string, value: string): string[] {
  return [
    `if ( ! $?${name} ) setenv ${name} ''`,
    `if ( "$${name}" == '' ) then`,
    `  setenv ${name} ${value}`,
    "else",
    `  setenv ${name} ${value}":$${name}"`,
    "endif",
  ];
}

function loadModules(modules: readonly string[]): string[] {
  return [
    'if ( "`alias module`" == "" && $?MODULESHOME ) then',
    '  if ( -r "$MODULESHOME/init/csh" ) source "$MODULESHOME/init/csh"',
    "endif",
    "foreach tensorline_file ( /etc/profile.d/modules.csh /etc/profile.d/z00_lmod.csh /etc/profile.d/lmod.csh /usr/share/lmod/lmod/init/csh /usr/share/modules/init/csh /usr/share/Modules/init/csh )",
    '  if ( "`alias module`" == "" && -r "$tensorline_file" ) source "$tensorline_file"',
    "end",
    "unset tensorline_file",
    'if ( "`alias module`" == "" ) then',
    `  ${say(`this host has no module command; not loaded: ${modules.join(" ")}`)}`,
    "else",
    ...modules.flatMap((name) => [
      `  module load ${quoteCsh(name)}`,
      `  if ( $status != 0 ) ${say(`could not load the module ${name}`)}`,
    ]),
    "endif",
  ];
}

/** As for the other shells each file is tried in another one first: only one that was read whole gets to the status 77. */
function sourceFiles(path: string): string[] {
  const folder = /^(.*)\/\*\.sh$/.exec(path)?.[1];
  const files = folder === undefined ? quoteCsh(path.replace(/\.sh$/, ".csh")) : `${quoteCsh(folder)}/*.csh`;
  return [
    "set nonomatch",
    `foreach tensorline_file ( ${files} )`,
    '  if ( -r "$tensorline_file" ) then',
    '    ( source "$tensorline_file" ; exit 77 ) >& /dev/null < /dev/null',
    "    if ( $status == 77 ) then",
    '      source "$tensorline_file"',
    "    else",
    `      sh -c 'printf "tensorline: left out, as it fails: %s\\n" "$1" >&2' sh "$tensorline_file"`,
    "    endif",
    "  endif",
    "end",
    "unset nonomatch tensorline_file",
  ];
}

/** csh has no way to write to standard error itself. */
const say = (text: string): string => `sh -c 'printf "%s\\n" "$1" >&2' sh ${quoteCsh(`tensorline: ${text}`)}`;
