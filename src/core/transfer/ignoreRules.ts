import { readFile } from "node:fs/promises";
import { join } from "node:path";
import ignore, { type Ignore } from "ignore";

/**
 * What `.gitignore` and `.tensorlineignore` files say, from the root down to one folder. `.tensorlineignore` has the same
 * syntax and the last word, at whatever level it stands.
 */
export interface IgnoreRules {
  /** `path` is relative to the root; whatever is in an ignored folder is ignored. */
  ignores(path: string, isFolder: boolean): boolean;
  /** The rules of a folder below: those of here and its own files. `names`: what is in it, where that is known. */
  enter(folder: string, names?: readonly string[]): Promise<IgnoreRules>;
}

const ruleFiles: readonly string[] = [".gitignore", ".tensorlineignore"];

interface Level {
  /** The folder of the files, with a slash at the end; empty for the root. */
  readonly base: string;
  readonly rules: Ignore;
}

interface Levels {
  readonly git: readonly Level[];
  readonly own: readonly Level[];
}

/** The rules of a local folder. `ignoreCase` as git does on macOS and Windows. */
export function rulesOf(root: string, ignoreCase: boolean): Promise<IgnoreRules> {
  const create = (levels: Levels): IgnoreRules => {
    const rules: IgnoreRules = {
      ignores: (path, isFolder) => isIgnored(levels, path, isFolder),
      async enter(folder, names = ruleFiles) {
        if (!ruleFiles.some((name) => names.includes(name))) return rules;
        return create(await withFilesOf(folder, levels));
      },
    };
    return rules;
  };
  const withFilesOf = async (folder: string, { git, own }: Levels): Promise<Levels> => {
    const [gitText, ownText] = await Promise.all(
      ruleFiles.map((name) => readFile(join(root, folder, name), "utf8").catch(() => "")),
    );
    const base = folder === "" ? "" : `${folder}/`;
    const level = (text: string): Level => ({ base, rules: ignore({ ignorecase: ignoreCase }).add(text) });
    return {
      git: gitText || ownText ? [...git, level(`${gitText}\n${ownText}`)] : git,
      own: ownText ? [...own, level(ownText)] : own,
    };
  };
  return create({ git: [], own: [] }).enter("");
}

function isIgnored({ git, own }: Levels, path: string, isFolder: boolean): boolean {
  if (path === ".git" || path.endsWith("/.git")) return true;
  let ignored = false;
  for (const { base, rules } of [...git, ...own]) {
    const name = path.slice(base.length);
    const { ignored: no, unignored: yes } = rules.test(isFolder ? `${name}/` : name);
    if (yes) ignored = false;
    // In a folder that this level ignores and a stronger one does not, the level's word on the folder says nothing more.
    else if (no && !inIgnoredFolder(rules, name)) ignored = true;
  }
  return ignored;
}

function inIgnoredFolder(rules: Ignore, name: string): boolean {
  const end = name.lastIndexOf("/");
  return end > 0 && rules.test(name.slice(0, end + 1)).ignored;
}
