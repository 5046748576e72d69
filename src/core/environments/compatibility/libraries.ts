import type { Environment } from "../../../shared/environments";
import { sameMajor } from "./build";
import type { Finding, Machine } from "./finding";
import { compareVersions } from "./versions";

/** CUDA toolkits that an environment can load: its own, and those of the host; newest first. */
export function toolkitsFor(cuda: string, { prefix }: Environment, { toolkits }: Machine) {
  return toolkits
    .filter((one) => one.kind === "cuda" && sameMajor(one.version, cuda))
    .filter((one) => one.environment === undefined || one.environment === prefix)
    .sort((a, b) => compareVersions(b.version, a.version));
}

/** For frameworks that do not bring CUDA's libraries themselves. */
export function checkLibraries(
  cuda: string,
  environment: Environment,
  machine: Machine,
  fix: string,
): readonly Finding[] {
  if (toolkitsFor(cuda, environment, machine).length > 0) return [];
  const why = `No libraries of CUDA ${cuda.split(".")[0]} were found for it, in this environment or on the host.`;
  return [{ grade: "limited", why, rows: [], fix }];
}
