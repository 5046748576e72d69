import { posix } from "node:path";
import type { Launch } from "./remembered";

/** Where a file that a job's output names is: in the folder that the job has a copy of, or on the host alone. */
export type SourcePlace =
  /** `path` is relative to the workspace folder, separated by `/`. */
  | { readonly kind: "client"; readonly folder: string; readonly path: string }
  | { readonly kind: "host"; readonly path: string };

/** Undefined where nobody can know, as for a relative path that leads out of the folder. */
export function sourcePlace(path: string, jobId: string, launch: Launch | undefined): SourcePlace | undefined {
  const inCopy = path.split(`/jobs/${jobId}/code/`)[1];
  if (launch?.place.kind === "client") {
    const { folder } = launch.place;
    const below = inCopy ?? (path.startsWith("/") ? undefined : posix.join(launch.settings.folder ?? "", path));
    if (below !== undefined) {
      const inside = posix.normalize(below);
      return inside.startsWith("../") || inside.startsWith("/") ? undefined : { kind: "client", folder, path: inside };
    }
  }
  if (path.startsWith("/")) return { kind: "host", path };
  if (launch?.place.kind !== "host") return undefined;
  return { kind: "host", path: posix.join(launch.place.folder, launch.settings.folder ?? "", path) };
}
