import { posix, win32 } from "node:path";
import { Failure } from "../failure";
import type { ClientFacts } from "../ports";

/** The user's ssh config and the file beside it that holds the hosts of the editor. */
export interface HostsPlaces {
  readonly config: string;
  readonly managed: string;
  /** How the config's `Include` names the managed file, the same on every system. */
  readonly include: string;
}

const managedFileName = "tensorline.conf";

/** Path rules of the client's system, whichever system runs this code. */
export function pathRules(client: ClientFacts): typeof posix {
  return client.os === "win32" ? win32 : posix;
}

/** `~/.ssh`, where ssh looks for what a user's config includes by a relative name. */
export function sshFolder(client: ClientFacts): string {
  return pathRules(client).join(client.home, ".ssh");
}

/**
 * @param configFile the ssh config in use where it is not `~/.ssh/config`
 * @throws Failure `hostsFileUnusable` where its path cannot be named in an `Include`
 */
export function hostsPlaces(configFile: string | undefined, client: ClientFacts): HostsPlaces {
  const paths = pathRules(client);
  const config = configFile ?? paths.join(sshFolder(client), "config");
  const folder = paths.dirname(config);
  const managed = paths.join(folder, managedFileName);
  if (paths.relative(sshFolder(client), folder) === "") return { config, managed, include: managedFileName };
  const fromHome = paths.relative(client.home, managed);
  const isInHome = !fromHome.startsWith("..") && !paths.isAbsolute(fromHome);
  const include = (isInHome ? `~/${fromHome}` : managed).replaceAll(paths.sep, "/");
  if (/[*?[\]{}\\"'\p{Cc}]/u.test(include)) {
    throw new Failure({ reason: "hostsFileUnusable", file: managed, detail: "ssh cannot include a file of this name" });
  }
  return { config, managed, include };
}

/**
 * Which ssh config is in use: Tensorline's own setting, else Remote-SSH's; undefined for `~/.ssh/config`. A path that is
 * neither absolute nor begins with `~` means nothing and is passed over.
 */
export function chosenConfigFile(candidates: readonly unknown[], client: ClientFacts): string | undefined {
  const paths = pathRules(client);
  const usual = paths.join(sshFolder(client), "config");
  for (const candidate of candidates) {
    if (typeof candidate !== "string") continue;
    const file = expandTilde(candidate.trim(), client);
    if (paths.isAbsolute(file)) return paths.relative(usual, file) === "" ? undefined : file;
  }
  return undefined;
}

/** Puts the home folder in place of a leading `~`. */
export function expandTilde(path: string, client: ClientFacts): string {
  return /^~[/\\]/.test(path) ? pathRules(client).join(client.home, path.slice(2)) : path;
}
