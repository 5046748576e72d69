import { listed } from "./finding";
import type { NoTorchPlan, TorchWish } from "./plan";
import { torchReleases } from "./tables";
import type { TorchRelease } from "./tableTypes";
import { compareVersions, isVersion, majorMinor } from "./versions";
import { fits, torchRelease } from "./wheels";

/** Managers that fetch any Python. */
const bringsPython: readonly string[] = ["uv"];

const isThere = (python: string, { pythons }: TorchWish, manager: string): boolean =>
  bringsPython.includes(manager) || pythons.some((one) => majorMinor(one) === majorMinor(python));

/** Whether a release has wheels for a Python that the wish allows and the manager can get. */
export function suitsPython(release: TorchRelease, wish: TorchWish, manager: string): boolean {
  const { python, pythons } = wish;
  if (python !== undefined) return fits(python, release.python) !== "no" && isThere(python, wish, manager);
  return bringsPython.includes(manager) || pythons.some((one) => fits(one, release.python) === "yes");
}

export interface PythonChoice {
  readonly version?: string;
  readonly why: string;
}

/** The newest on the host that the release was made for; uv may fetch another. */
export function choosePython(release: TorchRelease | undefined, wish: TorchWish, manager: string): PythonChoice {
  if (wish.python !== undefined) return { version: wish.python, why: `Python ${wish.python}, as you chose.` };
  const newest = wish.pythons
    .filter((one) => isVersion(one) && (release === undefined || fits(one, release.python) === "yes"))
    .sort(compareVersions)
    .at(-1);
  if (newest !== undefined) {
    const version = majorMinor(newest);
    const why = release
      ? `Python ${version} is on the host and has wheels of this release.`
      : `Python ${version} is on the host.`;
    return { version, why };
  }
  if (release === undefined || !bringsPython.includes(manager))
    return { why: `The Python that ${manager} takes by itself.` };
  const version = release.python.to;
  return { version, why: `Python ${version} is fetched by ${manager}: the host has none for this release.` };
}

/** Why no release goes with the Pythons at hand. */
export function withoutPython(wish: TorchWish, manager: string): NoTorchPlan {
  const { python, pythons, version } = wish;
  const release = version === undefined ? torchReleases[0] : torchRelease(version);
  if (!release)
    return {
      kind: "none",
      why: [`The tables do not have torch ${version}.`],
      alternatives: ["Leave the version open, or name an index of your own."],
    };
  const help = "Install uv into your home folder: it fetches any Python.";
  if (python !== undefined && !isThere(python, wish, manager))
    return {
      kind: "none",
      why: [`Python ${python} is not on this host, and ${manager} cannot fetch it.`],
      alternatives: [help],
    };
  const has = python ?? (pythons.length > 0 ? listed(pythons) : "no Python");
  const { from, to } = release.python;
  const why = `torch ${release.version} is for Python ${from} to ${to}, and there is ${has}.`;
  return { kind: "none", why: [why], alternatives: bringsPython.includes(manager) ? [] : [help] };
}
