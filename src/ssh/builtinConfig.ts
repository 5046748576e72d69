import type { ClientFacts } from "../core/ports";
import { allLines, readConfigFiles } from "./config/files";
import { splitWords } from "./config/words";

/**
 * Names a person would recognise in the ssh config: `Host` aliases without wildcards or negation, in file order, each
 * once. Includes are followed.
 * @throws Failure `configUnreadable`
 */
export async function configuredHosts(configFile: string | undefined, client: ClientFacts): Promise<readonly string[]> {
  const lines = [...allLines(await readConfigFiles(configFile, client))];
  const names = lines.filter(({ key }) => key === "host").flatMap(({ text }) => splitWords(text) ?? []);
  return [...new Set(names.filter((name) => !/[*?!]/.test(name)))];
}
