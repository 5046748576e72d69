/** The computer that the fleet runs on. */
export interface DemoClient {
  readonly os: "linux" | "darwin" | "win32";
  readonly env: Readonly<Record<string, string | undefined>>;
  exists(path: string): boolean;
}

/** What stands behind the fleet's servers: a shell that runs commands, or answers that the fleet makes up itself. */
export type DemoShell = { readonly kind: "sh"; readonly path: string } | { readonly kind: "recorded" };

/**
 * Chooses it. Windows may have a `sh` too, from WSL or Git, but the simulated tools and the process groups of a session
 * were never tried with either: a demo that might hang is worse than one that says what it cannot do.
 */
export function demoShell({ os, env, exists }: DemoClient): DemoShell {
  if (os === "win32") return { kind: "recorded" };
  const folders = ["/bin", ...(env.PATH ?? "").split(":")].filter((folder) => folder.startsWith("/"));
  const path = folders.map((folder) => `${folder}/sh`).find(exists);
  return path === undefined ? { kind: "recorded" } : { kind: "sh", path };
}
