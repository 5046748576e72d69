/**
 * What a shell, job or debug session gets so that it uses an environment and a toolkit: never a change of the system, never a
 * line in a dotfile. Applied in this order: modules are loaded, files are sourced, then variables are set.
 */
export interface Overlay {
  /** For `module load`, in order. */
  readonly modules: readonly string[];
  /** Absolute paths of shell files, such as `PREFIX/etc/conda/activate.d/*.sh`, sourced where they exist. */
  readonly source: readonly string[];
  readonly set: Readonly<Record<string, string>>;
  readonly unset: readonly string[];
  /** Folders put in front of a list such as `PATH`; the first stands first. */
  readonly prepend: Readonly<Record<string, readonly string[]>>;
}

export const noOverlay: Overlay = { modules: [], source: [], set: {}, unset: [], prepend: {} };
