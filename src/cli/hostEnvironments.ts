import { Failure } from "../core/failure";
import type { Environment } from "../shared/environments";

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

/**
 * The environment that a name or a prefix means.
 * @throws Failure `environmentUnknown`, `environmentAmbiguous`
 */
export function findEnvironment(environments: readonly Environment[], host: string, name: string): Environment {
  const path = name.length > 1 ? name.replace(/\/+$/, "") : name;
  const byPrefix = environments.filter(({ prefix }) => prefix === path);
  const found = byPrefix.length > 0 ? byPrefix : environments.filter((environment) => environment.name === name);
  const [environment, another] = found;
  if (!environment) throw new Failure({ reason: "environmentUnknown", host, name });
  if (!another) return environment;
  throw new Failure({
    reason: "environmentAmbiguous",
    name,
    choices: found.map(({ prefix, module }) => (module === undefined ? prefix : `${prefix} (module ${module})`)),
  });
}
