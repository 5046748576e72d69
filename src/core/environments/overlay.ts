import type { Environment } from "../../shared/environments";

/**
 * What a shell, job or debug session gets so that it uses an environment and a toolkit: never a change of the system, never a
 * line in a dotfile. Applied in this order: modules are loaded, variables removed, set and extended, then files are sourced,
 * and last what is set here is set once more: it wins over what a file set.
 */
export interface Overlay {
  /** For `module load`, in order. */
  readonly modules: readonly string[];
  /**
   * Absolute paths of shell files, sourced where they exist. `DIR/*.sh` is every such file of a folder by name; fish and csh
   * take the files that end in `.fish` and `.csh` in their place, as conda does.
   */
  readonly source: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Folders put in front of a list such as `PATH`; the first stands first. */
  readonly prepend: Readonly<Record<string, readonly string[]>>;
}

export const noOverlay: Overlay = { modules: [], source: [], set: {}, unset: [], prepend: {} };

/** Ids of the managers whose environments are made of conda's packages. */
export const condaLike: ReadonlySet<string> = new Set(["conda", "mamba", "micromamba", "pixi"]);
const venvLike: ReadonlySet<string> = new Set(["venv", "virtualenv", "uv", "poetry", "pipenv"]);

/** What activating the environment would do. */
export function environmentOverlay(environment: Environment): Overlay {
  const { manager, module } = environment;
  const modules = module === undefined ? [] : [module];
  if (condaLike.has(manager)) return { ...condaOverlay(environment), modules };
  if (venvLike.has(manager)) return { ...venvOverlay(environment), modules };
  // The module knows best what its Python needs.
  if (module !== undefined) return { ...noOverlay, modules, unset: otherEnvironments };
  return { ...noOverlay, unset: otherEnvironments, prepend: { PATH: [binOf(environment)] } };
}

/** Variables by which a program would take another environment for the active one, or find no library at all. */
const otherEnvironments: readonly string[] = ["PYTHONHOME", "VIRTUAL_ENV", "VIRTUAL_ENV_PROMPT"];

/** As `bin/activate` does. */
function venvOverlay({ prefix, name }: Environment): Overlay {
  return {
    ...noOverlay,
    set: { VIRTUAL_ENV: prefix, VIRTUAL_ENV_PROMPT: name },
    unset: ["PYTHONHOME"],
    prepend: { PATH: [`${prefix}/bin`] },
  };
}

/** As `conda activate` does, without starting conda; its level is 1, so a later `conda activate` leaves this one first. */
function condaOverlay({ prefix, name }: Environment): Overlay {
  const named = name === "base" || prefix.endsWith(`/envs/${name}`);
  return {
    ...noOverlay,
    set: { CONDA_PREFIX: prefix, CONDA_DEFAULT_ENV: named ? name : prefix, CONDA_SHLVL: "1" },
    unset: otherEnvironments,
    prepend: { PATH: [`${prefix}/bin`] },
    source: [`${prefix}/etc/conda/activate.d/*.sh`],
  };
}

const binOf = ({ prefix, interpreter }: Environment): string =>
  interpreter?.includes("/") ? interpreter.slice(0, interpreter.lastIndexOf("/")) || "/" : `${prefix}/bin`;

/** Both together: the first one's folders stand in front, and where both set a variable the first one's value is taken. */
export function mergeOverlays(first: Overlay, second: Overlay): Overlay {
  const set = { ...second.set, ...first.set };
  const lists = new Set([...Object.keys(first.prepend), ...Object.keys(second.prepend)]);
  return {
    modules: unique(first.modules, second.modules),
    source: unique(first.source, second.source),
    set,
    unset: unique(first.unset, second.unset).filter((name) => !Object.hasOwn(set, name)),
    prepend: Object.fromEntries(
      [...lists].map((name) => [name, unique(first.prepend[name] ?? [], second.prepend[name] ?? [])]),
    ),
  };
}

const unique = (...lists: readonly (readonly string[])[]): readonly string[] => [...new Set(lists.flat())];

/** What it does, a line each, for people. */
export function describeOverlay({ modules, source, set, unset, prepend }: Overlay): readonly string[] {
  return [
    ...(modules.length > 0 ? [`Loads ${modules.length > 1 ? "the modules" : "the module"} ${modules.join(", ")}`] : []),
    ...Object.entries(set).map(([name, value]) => `Sets ${name} to ${value}`),
    ...unset.map((name) => `Removes ${name}`),
    ...Object.entries(prepend).map(([name, folders]) => `Puts ${folders.join(", ")} first in ${name}`),
    ...source.map((path) => `Runs ${path} where it exists`),
  ];
}
