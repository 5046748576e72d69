import { readdir } from "node:fs/promises";
import type { ClientFacts } from "../ports";
import { type ConfigLine, hostBlocks, readLines } from "./configLines";
import { readConfigText } from "./configText";
import { fitsPattern, includedPath } from "./include";
import { pathRules } from "./places";

/** Where a host's block begins. */
export interface HostLocation {
  readonly file: string;
  /** From 0. */
  readonly line: number;
  /** The whole file. */
  readonly text: string;
}

const maxDepth = 16;

/** The first block that names the host without wildcards, in a config or a file that it includes. */
export async function locateHost(
  file: string,
  alias: string,
  client: ClientFacts,
  depth = 0,
): Promise<HostLocation | undefined> {
  const text = await readConfigText(file).catch(() => undefined);
  if (text === undefined || depth > maxDepth) return undefined;
  const lines = readLines(text);
  const block = hostBlocks(lines).find(({ patterns }) => patterns.includes(alias));
  for (const [at, line] of lines.entries()) {
    if (at === block?.start) return { file, line: at, text };
    for (const included of await includedFiles(line, client)) {
      const found = await locateHost(included, alias, client, depth + 1);
      if (found) return found;
    }
  }
  return undefined;
}

/** The files an `Include` line names; wildcards are followed in the file's name. */
async function includedFiles(line: ConfigLine, client: ClientFacts): Promise<string[]> {
  if (line.key !== "include") return [];
  const paths = pathRules(client);
  const files: string[] = [];
  for (const { text } of line.words) {
    const path = includedPath(text, client);
    const [folder, pattern] = [paths.dirname(path), paths.basename(path)];
    const names = /[*?[]/.test(pattern) ? await readdir(folder).catch(() => []) : undefined;
    files.push(
      ...(names?.filter((name) => fitsPattern(pattern, name)).sort() ?? [pattern]).map((n) => paths.join(folder, n)),
    );
  }
  return files;
}
