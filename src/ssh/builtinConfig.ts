import type { Dirent } from "node:fs";
import { readdir, readFile } from "node:fs/promises";
import { Failure } from "../core/failure";
import type { ClientFacts, HostRef } from "../core/ports";
import { expandHome, pathsOf, systemSshFile, userSshFile } from "./clientPaths";
import type { HostName } from "./hostName";
import type { OptionValues } from "./hostOptions";
import { matchesGlob, matchesPatternList } from "./patterns";

/** One line of an ssh config, in the order ssh reads it, includes put in their place. */
interface ConfigLine {
  readonly key: string;
  readonly args: readonly string[];
  /** The line came by an `Include`; its own `Host` blocks end with its file. */
  readonly depth: number;
}

/** Keys whose values add up instead of the first one winning. */
const severalValues = new Set(["identityfile", "certificatefile", "sendenv", "setenv"]);
const maxIncludeDepth = 16;
/** Stands before a file's lines: no `Host` of another file reaches into it, only the one that includes it. */
const fileStart = "(file)";

/**
 * The options for a host by our own reading of the user's and the system's ssh config, as `ssh -G` would print them.
 * `Match` is not evaluated yet.
 * @throws Failure `configUnreadable`, `configUnsupported`
 */
export async function builtinOptions(host: HostRef, typed: HostName, client: ClientFacts): Promise<OptionValues> {
  const lines = await readConfigs(host.configFile, client);
  const values = new Map<string, string[]>();
  for (const { key, args } of applyingLines(lines, host, typed.name)) {
    const value = args.join(" ");
    const known = values.get(key);
    if (known === undefined) values.set(key, [value]);
    else if (severalValues.has(key)) known.push(value);
  }
  return values;
}

/**
 * Names a person would recognise in the ssh config: `Host` aliases without wildcards or negation, in file order, each
 * once. Includes are followed.
 * @throws Failure `configUnreadable`
 */
export async function configuredHosts(configFile: string | undefined, client: ClientFacts): Promise<readonly string[]> {
  const lines = await readConfigs(configFile, client);
  const names = lines.filter(({ key }) => key === "host").flatMap(({ args }) => args);
  return [...new Set(names.filter((name) => !/[*?!]/.test(name)))];
}

function* applyingLines(lines: readonly ConfigLine[], host: HostRef, name: string): Generator<ConfigLine> {
  // For each depth of inclusion: whether the block at that depth applies. An included file starts as its parent stands.
  const applies: boolean[] = [];
  for (const line of lines) {
    if (line.key === fileStart) applies[line.depth] = true;
    else if (line.key === "host") applies[line.depth] = matchesPatternList(line.args, name);
    else if (line.key === "match") applies[line.depth] = matchBlock(line, host);
    else if (applies.slice(0, line.depth + 1).every(Boolean)) yield line;
  }
}

function matchBlock(line: ConfigLine, host: HostRef): boolean {
  if (line.args.length === 1 && line.args[0]?.toLowerCase() === "all") return true;
  throw new Failure({ reason: "configUnsupported", host: host.name, option: "Match" });
}

/**
 * Every line of the named config, or of the user's and the system's, includes put in their place.
 * @throws Failure `configUnreadable`
 */
async function readConfigs(configFile: string | undefined, client: ClientFacts): Promise<ConfigLine[]> {
  if (configFile !== undefined) return readConfig(configFile, client, 0, true);
  const [user, system] = await Promise.all([
    readConfig(userSshFile(client, "config"), client, 0, false),
    readConfig(systemSshFile(client, "ssh_config"), client, 0, false),
  ]);
  return [...user, ...system];
}

async function readConfig(file: string, client: ClientFacts, depth: number, required: boolean): Promise<ConfigLine[]> {
  if (depth > maxIncludeDepth) {
    throw new Failure({ reason: "configUnreadable", file, detail: "too many levels of Include" });
  }
  let text: string;
  try {
    text = await readFile(file, "utf8");
  } catch (error) {
    const code = error instanceof Error && "code" in error ? String(error.code) : "";
    if (!required && (code === "ENOENT" || code === "ENOTDIR")) return [];
    throw new Failure({ reason: "configUnreadable", file, detail: code }, error);
  }
  const lines: ConfigLine[] = [{ key: fileStart, args: [], depth }];
  for (const line of text.replace(/^\uFEFF/, "").split(/\r?\n/)) {
    const [key, ...args] = splitLine(line);
    if (key === undefined) continue;
    if (key.toLowerCase() !== "include") {
      lines.push({ key: key.toLowerCase(), args, depth });
      continue;
    }
    for (const included of (await Promise.all(args.map((arg) => includedFiles(arg, file, client)))).flat()) {
      lines.push(...(await readConfig(included, client, depth + 1, false)));
    }
  }
  return lines;
}

/** Splits `Key value "quoted value"` or `Key=value`; a `#` starts a comment at the start of a word. */
function splitLine(line: string): string[] {
  const [, key, rest = ""] = /^\s*([A-Za-z]\w*)(?:\s*=\s*|\s+|$)(.*)$/.exec(line) ?? [];
  if (key === undefined) return [];
  const words: string[] = [];
  for (const [, quoted, bare] of rest.matchAll(/"([^"]*)"|([^\s"]+)/g)) {
    if (bare?.startsWith("#")) break;
    words.push(quoted ?? bare ?? "");
  }
  return [key, ...words];
}

/** The files an `Include` names: relative ones stand beside the config's own kind of folder, globs in ordinal order. */
async function includedFiles(pattern: string, from: string, client: ClientFacts): Promise<string[]> {
  const paths = pathsOf(client);
  const expanded = expandHome(client, pattern);
  const system = systemSshFile(client, "ssh_config");
  const base = paths.dirname(from === system ? system : userSshFile(client, "config"));
  const absolute = paths.isAbsolute(expanded) ? expanded : paths.join(base, expanded);
  const { root } = paths.parse(absolute);
  let found = [root];
  for (const part of absolute.slice(root.length).split(client.os === "win32" ? /[\\/]+/ : /\/+/)) {
    found = (await Promise.all(found.map((folder) => matchingEntries(folder, part, paths.join)))).flat();
  }
  return found;
}

async function matchingEntries(folder: string, part: string, join: (...parts: string[]) => string): Promise<string[]> {
  if (!/[*?]/.test(part)) return [join(folder, part)];
  const entries: Dirent[] = await readdir(folder, { withFileTypes: true }).catch(() => []);
  return entries
    .map((entry) => entry.name)
    .filter((name) => (part.startsWith(".") || !name.startsWith(".")) && matchesGlob(part, name))
    .sort()
    .map((name) => join(folder, name));
}
