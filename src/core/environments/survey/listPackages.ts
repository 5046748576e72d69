import type { Package } from "../../../shared/environments";
import { Failure } from "../../failure";
import type { RemoteCommand } from "../../remote";
import type { ListPackages } from "../survey";
import { canonical, condaPackage, distribution } from "./distributions";
import { localBuild } from "./gpuBuild";
import script from "./scripts/packages.sh";

/** @throws Failure of the runner, `hostNoSuchPath`, `hostPermissionDenied`, `unreadable` where the answer is cut off */
export const listPackages: ListPackages = (runner, prefix, signal) => runner.run(packagesCommand(prefix), signal);

/** The list as data: by name, each once. */
function packagesCommand(prefix: string): RemoteCommand<readonly Package[]> {
  return {
    what: "reading the packages of an environment",
    argv: ["sh", "-c", script, "sh", prefix],
    deadlineMs: 30_000,
    parse: ({ stdout }) => readPackages(stdout, prefix),
  };
}

type Section = "site" | "texts" | "meta" | "history";

function readPackages(text: string, prefix: string): readonly Package[] {
  const lines = text.split("\n");
  const begin = lines.indexOf("tensorline packages 1");
  if (begin >= 0 && lines[begin + 1] === "missing") throw new Failure({ reason: "hostNoSuchPath", path: prefix });
  if (begin >= 0 && lines[begin + 1] === "closed") throw new Failure({ reason: "hostPermissionDenied", path: prefix });
  const end = lines.lastIndexOf("end");
  if (begin < 0 || end < begin) {
    throw new Failure({ reason: "unreadable", what: "list of packages", detail: "it is cut off" });
  }
  const sections: Record<Section, string[]> = { site: [], texts: [], meta: [], history: [] };
  let section: Section = "site";
  for (const line of lines.slice(begin + 1, end)) {
    if (line === "site" || line === "texts" || line === "meta" || line === "history") section = line;
    else sections[section].push(line);
  }
  return merged(
    [...sections.site.flatMap((name) => distribution(name) ?? []), ...fromTexts(sections.texts)],
    fromConda(sections.meta, channels(sections.history)),
  );
}

/** conda and pip each have a record of most packages in conda's environments: one is shown, with conda's channel. */
function merged(ofPython: readonly Package[], ofConda: readonly Package[]): readonly Package[] {
  const byName = new Map<string, Package>();
  for (const one of ofConda) byName.set(canonical(one.name), one);
  for (const { name, version } of ofPython) {
    const known = byName.get(name);
    const build = localBuild(version);
    // What pip put over conda's is what Python takes.
    const channel = known?.version === version ? known.channel : undefined;
    byName.set(name, { name, version, ...(build && { build }), ...(channel !== undefined && { channel }) });
  }
  return [...byName.values()].sort((a, b) => (a.name < b.name ? -1 : 1));
}

function fromTexts(lines: readonly string[]): readonly Package[] {
  const names = new Map<string, string>();
  return lines.flatMap((line) => {
    const [, file, key, value = ""] = /^(.*?):(Name|Version): ?(.*)$/.exec(line) ?? [];
    if (file === undefined) return [];
    if (key === "Name") names.set(file, value.trim());
    const name = names.get(file);
    return key === "Version" && name !== undefined ? (distribution(`${name}-${value.trim()}.dist-info`) ?? []) : [];
  });
}

function fromConda(files: readonly string[], channelOf: ReadonlyMap<string, string>): readonly Package[] {
  return files.flatMap((file) => {
    const one = condaPackage(file);
    if (!one) return [];
    const channel = channelOf.get(file.slice(0, -".json".length));
    return [{ name: one.name, version: one.version, ...(channel !== undefined && { channel }) }];
  });
}

/** Channels by `name-version-build`, from lines such as `+conda-forge/linux-64::numpy-2.1.3-py312h58c1407_0`. */
function channels(lines: readonly string[]): ReadonlyMap<string, string> {
  const found = new Map<string, string>();
  for (const line of lines) {
    const [, place, name] = /^\+(.{1,200})::([^:/]+)$/.exec(line) ?? [];
    if (place === undefined || name === undefined) continue;
    const channel = place.replace(/^https?:\/\/[^/]+\//, "").replace(/\/(noarch|linux-\w+)$/, "");
    found.set(name, channel);
  }
  return found;
}
