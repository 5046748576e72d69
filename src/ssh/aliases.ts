import type { ClientFacts } from "../core/ports";
import { readConfigs } from "./builtinConfig";

/**
 * Names a person would recognise in the ssh config: `Host` aliases without wildcards or negation, in file order, each
 * once. Includes are followed.
 * @throws Failure `configUnreadable`
 */
export async function aliasesOf(client: ClientFacts, configFile?: string): Promise<readonly string[]> {
  const lines = await readConfigs(configFile, client);
  const names = lines.filter(({ key }) => key === "host").flatMap(({ args }) => args);
  return [...new Set(names.filter((name) => !/[*?!]/.test(name)))];
}
