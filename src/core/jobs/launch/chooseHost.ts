import type { JobSettings } from "../../../shared/jobSettings";
import { Failure, isFailure, problemOf } from "../../failure";
import type { HostRef } from "../../ports";
import { describe } from "../../words";
import { fitsNow, type GpuOutlook } from "../gpus/outlook";
import { rankHosts } from "../gpus/rank";
import type { GpuWish } from "../request";
import { environmentFor } from "./environment";
import type { LauncherDeps } from "./ports";

export interface ChosenHost {
  readonly host: HostRef;
  readonly outlook?: GpuOutlook;
}

/**
 * The host of those that are connected where the job would begin first.
 * @throws Failure `noHostFits`
 */
export async function chooseHost(
  deps: LauncherDeps,
  settings: JobSettings,
  wish: GpuWish,
  signal: AbortSignal,
): Promise<ChosenHost> {
  const hosts = deps.connectedHosts();
  const looks = await Promise.all(hosts.map((host) => lookAt(deps, host, settings, wish, signal)));
  const fitting = looks.flatMap((look) => ("why" in look ? [] : [look]));
  const withOutlook = fitting.flatMap(({ host, outlook }) => (outlook ? [{ host, outlook }] : []));
  const best = withOutlook.length > 0 ? rankHosts(withOutlook)[0] : fitting[0];
  if (best) return best;
  const detail = looks.flatMap((look) => ("why" in look ? [`${look.host.name}: ${look.why}`] : [])).join("; ");
  throw new Failure({ reason: "noHostFits", hosts: hosts.map(({ name }) => name), detail });
}

type Look = ChosenHost | { readonly host: HostRef; readonly why: string };

async function lookAt(
  deps: LauncherDeps,
  host: HostRef,
  settings: JobSettings,
  wish: GpuWish,
  signal: AbortSignal,
): Promise<Look> {
  try {
    if (settings.environment !== undefined) await environmentFor(deps, host, settings, signal);
    if (wish.kind === "none" || wish.kind === "given") return { host };
    const outlook = await deps.outlook(host, wish, signal);
    const mustWait = wish.kind === "any" && !wish.queue && !fitsNow(outlook);
    if (outlook.impossible || mustWait) return { host, why: outlook.sentence.replace(/\.$/, "") };
    return { host, outlook };
  } catch (error) {
    if (signal.aborted || !isFailure(error)) throw error;
    return { host, why: describe(problemOf(error)).message.replace(/\.$/, "") };
  }
}
