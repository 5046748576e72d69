import type { CreateWish, InstallWish, Manager, ManagerTools } from "../../core/environments/manager";

/** The managers that can create on this host, with their programs; those that read `file` stand first. */
export function createChoices(
  managers: readonly Manager[],
  tools: ManagerTools,
  file?: string,
): { manager: Manager; tool: string }[] {
  const choices = managers.flatMap((manager) => {
    const tool = manager.create && manager.tool?.(tools);
    return tool === undefined ? [] : [{ manager, tool }];
  });
  if (file === undefined) return choices;
  const readers = readersOf(file);
  return choices.sort((a, b) => rank(readers, a.manager.id) - rank(readers, b.manager.id));
}

/** Whose kind of file it is. */
function readersOf(file: string): RegExp {
  if (/\.ya?ml$/.test(file)) return /conda|mamba/;
  if (file === "uv.lock") return /^uv$/;
  return file === "pixi.lock" ? /^pixi$/ : /^(uv|venv|virtualenv)$/;
}

const rank = (readers: RegExp, id: string): number => (readers.test(id) ? 0 : 1);

/** What holds a slash is a folder; `~` is `home`. */
export function nameOrPrefix(text: string, home: string): Pick<CreateWish, "name" | "prefix"> {
  if (text === "~" || text.startsWith("~/")) return { prefix: `${home}${text.slice(1)}` };
  if (!text.includes("/")) return { name: text };
  return { prefix: text.startsWith("/") ? text : `${home}/${text.replace(/^\.\//, "")}` };
}

export interface PythonChoice {
  readonly label: string;
  readonly description?: string;
  /** Empty: the manager's own choice. */
  readonly version: string;
}

/** Where the manager fetches Pythons itself, any will do; else those that the host has. */
export function pythonChoices(tools: ManagerTools, manager: string, tool: string): PythonChoice[] {
  const found = Object.entries(tools)
    .flatMap(([name, path]) => {
      const version = /^python(3\.\d+)$/.exec(name)?.[1];
      return version === undefined ? [] : [{ version, path }];
    })
    .sort((a, b) => minorOf(b.version) - minorOf(a.version));
  const isFetched = /conda|mamba|uv|pixi/.test(manager);
  const own = { label: isFetched ? `${manager} chooses` : `As ${tool}`, version: "" };
  const local = found.map(({ version, path }) => ({ label: version, description: path, version }));
  if (!isFetched) return local.length > 0 ? local : [own];
  const fetched = ["3.14", "3.13", "3.12", "3.11", "3.10"].filter(
    (one) => !found.some(({ version }) => version === one),
  );
  return [own, ...fetched.map((version) => ({ label: version, version })), ...local].sort(
    (a, b) => (a.version === "" ? -1 : 0) - (b.version === "" ? -1 : 0) || minorOf(b.version) - minorOf(a.version),
  );
}

const minorOf = (version: string): number => Number(version.split(".")[1] ?? 0);

/** Packages and where they come from. */
export type PackageWish = Pick<InstallWish, "packages" | "indexUrl" | "extraIndexUrl" | "offlineFolder">;

const sourceOf: Readonly<Record<string, Exclude<keyof PackageWish, "packages">>> = {
  "--index-url": "indexUrl",
  "-i": "indexUrl",
  "--extra-index-url": "extraIndexUrl",
  "--find-links": "offlineFolder",
  "-f": "offlineFolder",
};
const without = new Set(["--no-index", "--upgrade", "-U"]);

/** Reads what a person typed, or pasted from a web page: `pip install torch --index-url ADDRESS`. In words why it cannot be. */
export function packageWish(text: string): PackageWish | { readonly wrong: string } {
  const command = /^\s*(?:python[\d.]* +-m +|uv +)?pip[\d.]* +install\b/;
  const words = text
    .replace(command, "")
    .split(/(?:,?\s+|,(?=[A-Za-z]))(?![^[]*\])/)
    .filter(Boolean);
  const packages: string[] = [];
  const sources: Partial<Record<Exclude<keyof PackageWish, "packages">, string>> = {};
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const [option = word, given] = word.startsWith("--") ? word.split(/=(.*)/s) : [word];
    const source = Object.hasOwn(sourceOf, option) ? sourceOf[option] : undefined;
    if (source) {
      const value = given ?? words[++at];
      if (!value) return { wrong: `${option} needs an address or a folder.` };
      if (source === "offlineFolder" && !value.startsWith("/"))
        return { wrong: `${option} needs a folder on the host.` };
      sources[source] = value;
    } else if (!word.startsWith("-")) packages.push(word);
    else if (!without.has(word)) return { wrong: `${word} is an option that is not known here.` };
  }
  return packages.length === 0 ? { wrong: "At least one package is needed." } : { packages, ...sources };
}
