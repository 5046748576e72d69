import type { ClientFacts } from "../ports";
import { type ConfigLine, globalLines, lineEndOf, readLines, textOf } from "./configLines";
import { quoteValue } from "./editHosts";
import { expandTilde, type HostsPlaces, pathRules, sshFolder } from "./places";

/** The user's config with the line that includes the managed file on top; unchanged where it is included already. */
export function withInclude(config: string, places: HostsPlaces, client: ClientFacts): string {
  const isThere = globalLines(readLines(config)).some((line) => includesManaged(line, places, client));
  if (isThere) return config;
  const [mark, rest] = config.startsWith("\uFEFF") ? ["\uFEFF", config.slice(1)] : ["", config];
  return `${mark}Include ${quoteValue(places.include)}${lineEndOf(config)}${rest}`;
}

/** The user's config without the lines that include the managed file and nothing else. */
export function withoutInclude(config: string, places: HostsPlaces, client: ClientFacts): string {
  const lines = readLines(config).filter((line) => line.words.length !== 1 || !includesManaged(line, places, client));
  return textOf(lines);
}

/** The absolute path that a word of an `Include` stands for; it may hold wildcards. */
export function includedPath(word: string, client: ClientFacts): string {
  const paths = pathRules(client);
  const path = expandTilde(word, client);
  return paths.isAbsolute(path) ? paths.normalize(path) : paths.join(sshFolder(client), path);
}

/** Whether a file name fits a pattern of an `Include`. */
export function fitsPattern(pattern: string, name: string): boolean {
  if (name.startsWith(".") && !pattern.startsWith(".")) return false;
  const source = pattern
    .replace(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  try {
    return new RegExp(`^${source}$`, "u").test(name);
  } catch {
    return pattern === name;
  }
}

function includesManaged(line: ConfigLine, { managed }: HostsPlaces, client: ClientFacts): boolean {
  const paths = pathRules(client);
  return (
    line.key === "include" &&
    line.words.some(({ text }) => {
      const path = includedPath(text, client);
      const isSameFolder = paths.relative(paths.dirname(path), paths.dirname(managed)) === "";
      return isSameFolder && fitsPattern(paths.basename(path), paths.basename(managed));
    })
  );
}
