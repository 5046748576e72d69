/** A place in a source file that a line of output names. */
export interface SourceLink {
  /** Where in the line the link stands; UTF-16 units, `end` behind its last. */
  readonly start: number;
  readonly end: number;
  /** As the line has it: absolute, or relative to the folder where the program ran. */
  readonly path: string;
  /** From 1. */
  readonly line: number;
  readonly column?: number;
}

const LONGEST = 4000;
const MOST = 20;

const file = String.raw`((?:[A-Za-z]:[\\/]|~?\.{0,2}/)?(?:[\w@%+,~.-]+[\\/])*[\w@%+,~-][\w@%+,~.-]*\.(?:pyx?|pyi|cu|cuh|cc?|cpp|cxx|hh?|hpp|hip|sh|bash|rs|go|jl|js|ts|ya?ml|toml|json|ipynb|slurm|sbatch))`;

/**
 * - CPython: `  File "/a/train.py", line 3, in main`; also SyntaxError's and warnings' of `traceback`, torchrun's error file.
 * - pytest (`x.py:3: AssertionError`), `warnings` (`/a/x.py:3: UserWarning`), rich's boxes (`│ /a/x.py:3 in main │`),
 *   gcc and clang (`a.cu:12:5: error`), ruff, mypy, glog-style prefixes (`[x.py:3]`).
 * - nvcc and MSVC: `a.cu(12): error`, `a.cu(12,5)`.
 */
const forms = [
  /File "((?:[^"<>\u0000-\u001f]){1,1000})", line (\d{1,7})/g,
  new RegExp(String.raw`(?:^|[\s"'([│|=])${file}:(\d{1,7})(?::(\d{1,5}))?(?=$|[\s:,;)\]'"│|])`, "g"),
  new RegExp(String.raw`(?:^|[\s"'[│|=])${file}\((\d{1,7})(?:,(\d{1,5}))?\)(?=$|[\s:])`, "g"),
] as const;

/** References to source in one line of output, in their order; at most 20, in its first 4000 characters. */
export function sourceLinks(line: string): SourceLink[] {
  const text = line.length > LONGEST ? line.slice(0, LONGEST) : line;
  if (!/\d/.test(text)) return [];
  const links: SourceLink[] = [];
  for (const form of forms) {
    for (const match of text.matchAll(form)) {
      const [whole, name = "", row = "", column] = match;
      const at = match.index + whole.indexOf(name);
      const end = match.index + whole.length;
      const number = Number(row);
      if (number < 1 || links.some((known) => at < known.end && known.start < end)) continue;
      links.push({
        start: at,
        end,
        path: name,
        line: number,
        ...(column === undefined ? {} : { column: Number(column) }),
      });
    }
  }
  return links.sort((one, other) => one.start - other.start).slice(0, MOST);
}
