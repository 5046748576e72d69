import type { Environment } from "../../shared/environments";
import { Failure } from "../failure";

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
