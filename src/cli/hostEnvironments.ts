import type { Environment } from "../shared/environments";

export { findEnvironment } from "../core/environments/findEnvironment";

/** Where environments are looked for: a home folder and the projects in it. */
export const places = { searchPaths: ["~"], depth: 3 } as const;

/** By manager, then name: the same order each time. */
export function sorted(environments: readonly Environment[]): readonly Environment[] {
  const key = ({ manager, name, prefix, module = "" }: Environment) => [manager, name, prefix, module];
  return environments.toSorted((a, b) => compare(key(a), key(b)));
}

function compare(a: readonly string[], b: readonly string[]): number {
  for (const [at, word] of a.entries()) {
    const other = b[at] ?? "";
    if (word !== other) return word < other ? -1 : 1;
  }
  return 0;
}
