import { basename } from "node:path";
import { boundedText } from "../../boundedText";
import { Failure } from "../../failure";
import { systemProblem } from "../../hostComplaint";
import placePart from "../../operations/scripts/place.sh";
import type { ClientFacts } from "../../ports";
import type { RemoteCommand, Runner } from "../../remote";
import { shortHash } from "../../transfer/survey";
import workTreeScript from "../scripts/workTree.sh";

/** The folder on a host that a client's folder is synced to. */
export interface WorkTree {
  /** Absolute path on the host. */
  readonly path: string;
  /** Files that are read-only do not stop this user. */
  readonly isRoot: boolean;
}

/** `train-0123456789abcdef`: the folder's own name, and one for the folder of this very client. */
export function workTreeName(clientId: string, folder: string, os: ClientFacts["os"]): string {
  const same = os === "win32" ? folder.toLowerCase() : folder;
  const name = basename(folder).replace(/[^A-Za-z0-9._-]+/g, "_");
  return `${name.slice(0, 40)}-${shortHash(clientId, same)}`;
}

/** Finds work trees; what it has found is good for as long as that connection lives. */
export function createWorkTrees(): (runner: Runner, name: string, signal: AbortSignal) => Promise<WorkTree> {
  const found = new WeakMap<Runner, Map<string, WorkTree>>();
  return async (runner, name, signal) => {
    const known = found.get(runner) ?? new Map<string, WorkTree>();
    found.set(runner, known);
    const tree = known.get(name) ?? (await runner.run(workTreeCommand(name), signal));
    known.set(name, tree);
    return tree;
  };
}

/**
 * Where a work tree is on the host, or would be; with `make` the folder that it stands in is there afterwards.
 * @throws Failure in `parse`: `hostDiskFull` and its like, `unreadable`
 */
export function workTreeCommand(name: string, make = false): RemoteCommand<WorkTree> {
  const what = "looking for the place of the code";
  return {
    what,
    argv: ["sh", "-c", `kind=work\n${placePart}${workTreeScript}`, "sh", name, make ? "make" : ""],
    deadlineMs: 30_000,
    parse({ stdout, stderr, exitCode }) {
      if (exitCode === 43) throw new Failure(systemProblem(stderr, "~/.local/state/tensorline") ?? failed());
      const [path = "", user = ""] = stdout.split("\n");
      if (exitCode !== 0) throw new Failure(failed());
      if (!path.startsWith("/") || !/^\d+$/.test(user))
        throw new Failure({ reason: "unreadable", what: "place of the code", detail: boundedText(stdout) });
      return { path, isRoot: user === "0" };

      function failed() {
        return { reason: "commandFailed", what, exitCode, detail: boundedText(stderr) } as const;
      }
    },
  };
}
