import type { CreateWish, Manager, ManagerTools } from "../../core/environments/manager";

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

export const packageWords = (text: string): string[] => text.split(/[\s,]+(?![^[]*\])/).filter(Boolean);

/** Why these cannot be packages; undefined where they can. */
export function wrongPackages(text: string): string | undefined {
  const words = packageWords(text);
  if (words.length === 0) return "At least one package is needed.";
  const option = words.find((word) => word.startsWith("-"));
  return option === undefined ? undefined : `${option} is an option, not a package.`;
}
