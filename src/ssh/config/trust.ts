import { realpath, stat } from "node:fs/promises";
import { Failure, type Problem } from "../../core/failure";
import type { ClientFacts } from "../../core/ports";
import { pathsOf, userSshFile } from "../clientPaths";
import type { OptionValues } from "../hostOptions";
import { allFiles, type ConfigFile, type ConfigLine } from "./files";
import { olderNames } from "./keywords";
import { splitWords } from "./words";

/** Why somebody else than the user may have written a file. */
type Doubt = Extract<Problem, { reason: "configUntrusted" }>["doubt"];

/** The files of a config that somebody else may have written, and all the others. */
export interface Trust {
  readonly doubtful: readonly { readonly file: ConfigFile; readonly doubt: Doubt }[];
  readonly trusted: readonly ConfigFile[];
}

/** Options that make ssh run a command or load a library. */
const commandOptions = [
  "proxycommand",
  "knownhostscommand",
  "localcommand",
  "pkcs11provider",
  "securitykeyprovider",
] as const;

/** Sorts the files of a config, included ones too, by who may have written them. */
export async function judgeFiles(files: readonly ConfigFile[], client: ClientFacts): Promise<Trust> {
  const judged = await Promise.all(
    [...allFiles(files)].map(async (file) => ({ file, doubt: await doubtAbout(file.path, client) })),
  );
  return {
    doubtful: judged.flatMap(({ file, doubt }) => (doubt ? [{ file, doubt }] : [])),
    trusted: judged.flatMap(({ file, doubt }) => (doubt ? [] : [file])),
  };
}

/**
 * As ssh has it: the user's own file and every included one must not be open to others. `files` are the outermost ones.
 * @throws Failure `configUnreadable`
 */
export function refuseOpenFiles(files: readonly ConfigFile[], { doubtful }: Trust, client: ClientFacts): void {
  const own = userSshFile(client, "config");
  const open = doubtful.find(
    ({ file, doubt }) => doubt !== "workspace" && (file.path === own || !files.includes(file)),
  );
  if (!open) return;
  const detail = open.doubt === "owner" ? "it belongs to another user" : "others may write to it";
  throw new Failure({ reason: "configUnreadable", file: open.file.path, detail });
}

/**
 * Before anything evaluates the config: `Match exec` is run by merely reading it.
 * @throws Failure `configUntrusted`
 */
export function refuseUntrustedMatches(host: string, { doubtful }: Trust): void {
  for (const { file, doubt } of doubtful) {
    for (const line of file.lines) {
      const option = runsWhenRead(line);
      if (option) throw new Failure({ reason: "configUntrusted", host, file: file.path, option, doubt });
    }
  }
}

/**
 * Once the options are known: a command that is to run must stand in a file that only the user wrote, or in none of the
 * doubtful ones.
 * @throws Failure `configUntrusted`
 */
export function refuseUntrustedCommands(host: string, { doubtful, trusted }: Trust, values: OptionValues): void {
  for (const option of commandOptions) {
    const value = runsLater(option, values);
    if (value === undefined) continue;
    const names = ({ key }: ConfigLine) => (olderNames[key] ?? key) === option;
    const source = doubtful.find(({ file }) => file.lines.some(names));
    if (!source) continue;
    const says = (line: ConfigLine) => names(line) && saysOf(line).includes(value);
    if (trusted.some((file) => file.lines.some(says))) continue;
    const { file, doubt } = source;
    throw new Failure({ reason: "configUntrusted", host, file: file.path, option, doubt });
  }
}

/** What will run or be loaded by an option's effective value. */
function runsLater(option: (typeof commandOptions)[number], values: OptionValues): string | undefined {
  const value = values.get(option)?.[0];
  if (option === "localcommand" && values.get("permitlocalcommand")?.[0] !== "yes") return undefined;
  return option === "securitykeyprovider" && value === "internal" ? undefined : value;
}

/** A line's value as it may be printed: as written, or the one word it is without its quotes. */
function saysOf({ text }: ConfigLine): string[] {
  const words = splitWords(text) ?? [];
  return [text.replace(/^[\s=]+/, ""), ...(words.length === 1 ? words : [])];
}

/** Quotes are left out of account: ssh's versions differ in how they read them. */
function runsWhenRead({ key, text }: ConfigLine): string | undefined {
  const plain = text.replace(/["'\\]/g, "");
  if (key === "match" && /exec/i.test(plain)) return "Match exec";
  const names = splitWords(text) ?? [text];
  // What only ssh can follow may lead to files that were not looked at.
  return key === "include" && names.some((name) => /[%$~[\]{}\\]/.test(name.replace(/^~\//, "")))
    ? "Include"
    : undefined;
}

async function doubtAbout(path: string, client: ClientFacts): Promise<Doubt | undefined> {
  const real = await realpath(path).catch(() => path);
  const folders = client.workspaceFolders?.() ?? [];
  const realFolders = await Promise.all(folders.map((folder) => realpath(folder).catch(() => folder)));
  if ([...folders, ...realFolders].some((folder) => [path, real].some((file) => isInside(folder, file, client)))) {
    return "workspace";
  }
  const user = process.getuid?.();
  if (client.os === "win32" || user === undefined) return undefined;
  const { uid, gid, mode } = await stat(path);
  if (uid !== 0 && uid !== user) return "owner";
  // A group that has the number of its user is that user's own.
  const writers = gid === uid ? 0o002 : 0o022;
  return (mode & writers) === 0 ? undefined : "permissions";
}

/** Whether a path lies in a folder, by the rules of the client's system. */
export function isInside(folder: string, file: string, client: ClientFacts): boolean {
  const paths = pathsOf(client);
  // The usual file systems of macOS take capitals for small letters; win32 paths are compared so anyway.
  const plain = (path: string) => (client.os === "darwin" ? path.toLowerCase() : path);
  const between = paths.relative(plain(folder), plain(file));
  return between !== ".." && !between.startsWith(`..${paths.sep}`) && !paths.isAbsolute(between);
}
