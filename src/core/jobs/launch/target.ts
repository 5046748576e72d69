import { posix, win32 } from "node:path";
import type { JobSettings } from "../../../shared/jobSettings";
import { Failure } from "../../failure";
import type { ClientFacts } from "../../ports";
import type { CodePlace } from "./launch";
import { launcherOf, unusable } from "./settings";

/** Where a job works and what it runs there, before anything is known of the files. */
export interface Target {
  /** The client's folder goes to the host, and the job gets a copy of it. */
  readonly isSynced: boolean;
  /** Relative to the code with a sync, `.` for its top; else absolute or with `~`. */
  readonly folder: string;
  readonly kind: "module" | "file";
  /** As it is called from the working folder. */
  readonly name: string;
  /** Its path in the code that is synced; absent where it lies elsewhere or is looked for on the PATH. */
  readonly file?: string;
}

/**
 * Works out paths. Those of the client may be in its own syntax; what comes out are paths on the host.
 * @throws Failure `codeUnreachable`, `jobUnusable`
 */
export function targetOf(settings: JobSettings, place: CodePlace, os: ClientFacts["os"]): Target {
  const module = /^-m\s+(\S+)\s*$/.exec(settings.program)?.[1];
  const command = launcherOf(settings) === "command";
  if (place.kind === "host") return onHost(settings, place.folder, module, command);
  const relative = (path: string) => insideOf(place.folder, path, os);
  const program = relative(settings.program);
  const isSynced = settings.sync ?? (module !== undefined || !isOfHost(program));
  if (!isSynced) return withoutCode(settings, program, module, command);
  const folder = cleaned(relative(settings.folder ?? "."));
  if (isOfHost(folder))
    throw unusable(settings, "its working folder is on the host, while its code is on this computer");
  if (leaves(folder)) throw unreachable(settings.folder ?? "", "it lies outside of the folder that goes to the host");
  if (module !== undefined) return { isSynced, folder, kind: "module", name: module };
  if (isOfHost(program)) return { isSynced, folder, kind: "file", name: program };
  const file = cleaned(program);
  if (leaves(file)) throw unreachable(settings.program, "it lies outside of the folder that goes to the host");
  // A bare word may be a program of the host as well: whoever knows the files decides.
  if (command && !program.includes("/")) return { isSynced, folder, kind: "file", name: program, file };
  return { isSynced, folder, kind: "file", name: callable(posix.relative(folder, file)), file };
}

function onHost(settings: JobSettings, code: string, module: string | undefined, command: boolean): Target {
  const { folder = ".", program } = settings;
  const place = isOfHost(folder) ? folder : posix.join(code, folder);
  const base = { isSynced: false, folder: place } as const;
  if (module !== undefined) return { ...base, kind: "module", name: module };
  const isBare = command && !/\/|\.sh$/.test(program);
  if (isOfHost(program) || isBare) return { ...base, kind: "file", name: program };
  const file = posix.join(code, program);
  return { ...base, kind: "file", name: place.startsWith("~") ? file : callable(posix.relative(place, file)) };
}

function withoutCode(settings: JobSettings, program: string, module: string | undefined, command: boolean): Target {
  const { folder = "~" } = settings;
  if (!isOfHost(folder)) throw unreachable(folder, "it goes to the host only with the sync, which is off");
  const base = { isSynced: false, folder } as const;
  if (module !== undefined) return { ...base, kind: "module", name: module };
  if (isOfHost(program) || (command && !program.includes("/"))) return { ...base, kind: "file", name: program };
  throw unreachable(program, "it goes to the host only with the sync, which is off");
}

/** A path below the folder becomes relative to it, with slashes; another one stays as it is. */
function insideOf(folder: string, path: string, os: ClientFacts["os"]): string {
  const local = os === "win32" ? win32 : posix;
  // On Windows a path that begins with a slash can only be meant for the host.
  if (os === "win32" && path.startsWith("/")) return path;
  const slashes = (text: string) => (os === "win32" ? text.replaceAll("\\", "/") : text);
  if (!local.isAbsolute(path)) return slashes(path);
  const below = local.relative(folder, path);
  const outside = below === ".." || below.startsWith(`..${local.sep}`) || local.isAbsolute(below);
  if (!outside) return slashes(below) || ".";
  if (os === "win32") throw unreachable(path, "it lies outside of the folder that goes to the host");
  return path;
}

/** A path that starts with a dash would be taken for an option, a bare word for a program of the PATH. */
const callable = (path: string): string => (path.endsWith(".py") && !path.startsWith("-") ? path : dotted(path));
const dotted = (path: string): string => (path.startsWith("../") ? path : `./${path}`);

const isOfHost = (path: string): boolean => path.startsWith("/") || path === "~" || path.startsWith("~/");
const cleaned = (path: string): string => posix.normalize(path).replace(/(.)\/+$/, "$1");
const leaves = (path: string): boolean => path === ".." || path.startsWith("../");

export function unreachable(path: string, why: string): Failure {
  return new Failure({ reason: "codeUnreachable", path, why });
}
