import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { Failure } from "../../core/failure";
import type { ClientFacts } from "../../core/ports";
import { envOf, expandHome, pathsOf, systemSshFile, userSshFile } from "../clientPaths";
import { splitKeyword, splitWords } from "./words";

/** One line of an ssh config that says something. */
export interface ConfigLine {
  /** Lower-case keyword. */
  readonly key: string;
  /** What follows the keyword, as written. */
  readonly text: string;
  /** Where it stands, for people. */
  readonly file: string;
  readonly number: number;
  /** The files that an `Include` named, as far as they exist. */
  readonly included?: readonly ConfigFile[];
}

export interface ConfigFile {
  readonly path: string;
  readonly lines: readonly ConfigLine[];
}

/** One file on its way: whose rules its `Include` lines follow, and the files that led to it. */
interface Reading {
  readonly client: ClientFacts;
  readonly system: boolean;
  readonly above: readonly string[];
}

const maxIncludeDepth = 16;

/**
 * The ssh config with everything it includes: the named file, or the user's and then the system's. `none` names no file.
 * @throws Failure `configUnreadable`
 */
export async function readConfigFiles(configFile: string | undefined, client: ClientFacts): Promise<ConfigFile[]> {
  const user: Reading = { client, system: false, above: [] };
  if (configFile?.toLowerCase() === "none") return [];
  if (configFile !== undefined) return [await readConfigFile(expandHome(client, configFile), user)];
  const files = await Promise.all([
    readWhereThere(userSshFile(client, "config"), user),
    readWhereThere(systemSshFile(client, "ssh_config"), { ...user, system: true }),
  ]);
  return files.flat();
}

/** Every file, included ones where they are included. */
export function* allFiles(files: readonly ConfigFile[]): Generator<ConfigFile> {
  for (const file of files) {
    yield file;
    for (const line of file.lines) yield* allFiles(line.included ?? []);
  }
}

/** Every line in the order ssh reads them, `Include` lines before what they include. */
export function* allLines(files: readonly ConfigFile[]): Generator<ConfigLine> {
  for (const file of files) {
    for (const line of file.lines) {
      yield line;
      yield* allLines(line.included ?? []);
    }
  }
}

/** What is wrong with a line. */
export function badLine(line: ConfigLine, what: string): Failure {
  return new Failure({ reason: "configUnreadable", file: line.file, detail: `line ${line.number}: ${what}` });
}

async function readWhereThere(path: string, reading: Reading): Promise<ConfigFile[]> {
  try {
    return [await readConfigFile(path, reading)];
  } catch (error) {
    const code = error instanceof Failure && error.problem.reason === "configUnreadable" ? error.problem.detail : "";
    // A folder that a pattern of `Include` finds holds no options.
    if (code === "ENOENT" || code === "ENOTDIR" || code === "EISDIR") return [];
    throw error;
  }
}

async function readConfigFile(path: string, reading: Reading): Promise<ConfigFile> {
  if (reading.above.includes(path) || reading.above.length > maxIncludeDepth) {
    throw new Failure({ reason: "configUnreadable", file: path, detail: "too many levels of Include" });
  }
  const text = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    throw new Failure({ reason: "configUnreadable", file: path, detail: error.code ?? "" }, error);
  });
  const lines: ConfigLine[] = [];
  let number = 0;
  for (const raw of text.replace(/^\uFEFF/, "").split("\n")) {
    number++;
    const directive = splitKeyword(raw);
    if (!directive) continue;
    const line = { ...directive, file: path, number };
    if (line.key !== "include") lines.push(line);
    else lines.push({ ...line, included: await readIncluded(line, { ...reading, above: [...reading.above, path] }) });
  }
  return { path, lines };
}

async function readIncluded(line: ConfigLine, reading: Reading): Promise<ConfigFile[]> {
  const files: ConfigFile[] = [];
  for (const pattern of splitWords(line.text) ?? []) {
    for (const path of await includedPaths(pattern, reading)) files.push(...(await readWhereThere(path, reading)));
  }
  return files;
}

/** The files an `Include` names, in ordinal order; relative ones stand in the ssh folder of the user or the system. */
async function includedPaths(pattern: string, { client, system }: Reading): Promise<string[]> {
  const paths = pathsOf(client);
  const expanded = expandHome(
    client,
    pattern.replace(/\$\{(\w+)\}/g, (whole, name: string) => envOf(client, name) ?? whole),
  );
  const folder = paths.dirname(system ? systemSshFile(client, "ssh_config") : userSshFile(client, "config"));
  const absolute = paths.isAbsolute(expanded) ? expanded : paths.join(folder, expanded);
  const { root } = paths.parse(absolute);
  let found = [root];
  for (const part of absolute.slice(root.length).split(client.os === "win32" ? /[\\/]+/ : /\/+/)) {
    found = (await Promise.all(found.map((parent) => matchingEntries(parent, part, paths.join)))).flat();
  }
  return found;
}

async function matchingEntries(folder: string, part: string, join: (...parts: string[]) => string): Promise<string[]> {
  if (!/[*?[]/.test(part)) return [join(folder, part)];
  const wanted = new RegExp(`^${fileGlob(part)}$`, "su");
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => entry.name)
    .filter((name) => (part.startsWith(".") || !name.startsWith(".")) && wanted.test(name))
    .sort()
    .map((name) => join(folder, name));
}

/** A shell's pattern for one file name as a regular expression: `*`, `?`, `[a-z]`, `[!a-z]`. */
function fileGlob(pattern: string): string {
  return pattern.replace(/\[[!^]?\]?[^\]]*\]|./gsu, (piece) => {
    if (piece === "*") return ".*";
    if (piece === "?") return ".";
    if (piece.length > 2)
      return `[${piece
        .slice(1, -1)
        .replace(/^!/, "^")
        .replace(/[[\]\\]/g, "\\$&")}]`;
    return piece.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
  });
}
