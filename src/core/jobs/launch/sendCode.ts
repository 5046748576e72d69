import { isFailure } from "../../failure";
import type { Runner } from "../../remote";
import type { Syncs } from "./clientState";
import { type Comparison, compareCode, isSame } from "./code";
import type { LaunchProgress } from "./launch";
import type { LauncherDeps } from "./ports";
import { type WorkTree, workTreeCommand } from "./workTree";

export interface Sending {
  readonly runner: Runner;
  readonly folder: string;
  /** The work tree, and its name. */
  readonly tree: WorkTree;
  readonly name: string;
  /** What was seen before; used as it is while it is young. */
  readonly seen: Comparison | undefined;
  readonly syncs: Syncs;
  say(progress: LaunchProgress): void;
  readonly signal: AbortSignal;
}

/** So long files are taken to be as they were when somebody looked at them: the time from a plan to its being carried out. */
const youngMs = 3000;

/**
 * Makes the work tree the same as the client's folder. Only for who holds the work tree's lock.
 * @throws Failure of `planUpload`, `runUpload`
 */
export async function sendCode(deps: Pick<LauncherDeps, "transfers" | "clock">, sending: Sending): Promise<Comparison> {
  const { runner, folder, tree, name, seen, syncs, say, signal } = sending;
  const isYoung = seen !== undefined && deps.clock.now() - seen.at < youngMs && (await syncs.restedSince(seen.at));
  for (let turn = isYoung ? 0 : 1; ; turn++) {
    if (turn > 0) say({ step: "comparing files" });
    const comparison =
      turn === 0 && seen ? seen : await compareCode(deps, runner, { folder, tree, look: false }, signal);
    if (isSame(comparison)) {
      // Whatever came before, both sides have just been seen to be the same.
      if (turn > 0) await syncs.during(async () => {});
      return comparison;
    }
    try {
      await syncs.during(async () => {
        say({ step: "sending files" });
        if (comparison.upload.isNew) await runner.run(workTreeCommand(name, true), signal);
        const onProgress = (transfer: LaunchProgress["transfer"]) =>
          say({ step: "sending files", ...(transfer && { transfer }) });
        await deps.transfers.runUpload(runner, comparison.upload, { signal, onProgress });
      });
      return comparison;
    } catch (error) {
      // Somebody saved a file meanwhile: once more, with the file as it is now.
      if (!isFailure(error, "changedMeanwhile") || turn >= 3) throw error;
    }
  }
}
