import { posix } from "node:path";
import type { Distribution, FoundPrefix, SurveyedHost } from "../survey";
import type { AnsweredPrefix, SurveyAnswer } from "./answer";
import { condaPackage, distribution } from "./distributions";
import { machineOf } from "./machine";

/** Puts together what was said at several places about each prefix. */
export function foundPrefixes(answer: SurveyAnswer): readonly FoundPrefix[] {
  return answer.prefixes.map((prefix) => foundPrefix(prefix, answer.blocks));
}

function foundPrefix(answered: AnsweredPrefix, blocks: SurveyAnswer["blocks"]): FoundPrefix {
  const { prefix, via, interpreter, library, project, module } = answered;
  const meta = answered.hasCondaMeta ? (blocks.get(`${prefix}/conda-meta`) ?? []) : undefined;
  const settings = answered.hasSettings ? readSettings(blocks.get(`${prefix}/pyvenv.cfg`) ?? []) : undefined;
  const sites = answered.sites.flatMap((site) => blocks.get(site) ?? []);
  const machine = interpreter && machineOf(blocks.get(interpreter.path) ?? []);
  const madeBy = meta?.find((text) => text.startsWith(madeMark))?.slice(madeMark.length);
  return {
    prefix,
    via,
    ...(interpreter && { interpreter }),
    ...(machine !== undefined && { machine }),
    ...(settings && { settings }),
    ...(meta && { condaMeta: meta.filter((text) => !text.startsWith(madeMark)) }),
    ...(answered.isBase && { isBase: true }),
    ...(madeBy !== undefined && { madeBy }),
    ...(library !== undefined && { library }),
    distributions: [...unique(sites.map(distribution)), ...unique((meta ?? []).map(condaPackage))],
    buildTexts: sites.filter((text) => /^(torch|tensorflow) /.test(text)),
    ...(project !== undefined && { project: posix.normalize(project) }),
    ...(module !== undefined && { module }),
    ...(answered.unreadable && { unreadable: true }),
  };
}

const madeMark = "made # cmd: ";

/** The first of each name: a folder of packages that stands earlier hides what comes later. */
function unique(distributions: readonly (Distribution | undefined)[]): Distribution[] {
  const byName = new Map<string, Distribution>();
  for (const one of distributions) if (one && !byName.has(one.name)) byName.set(one.name, one);
  return [...byName.values()];
}

/** Lines `key = value` as Python's own venv module reads them: keys in any case, the last of a key holds. */
function readSettings(lines: readonly string[]): Readonly<Record<string, string>> {
  return Object.fromEntries(
    lines.flatMap((line) => {
      const [, key, value] = /^\s*([\w-]+)\s*=\s*(.*?)\s*$/.exec(line) ?? [];
      return key === undefined || value === undefined ? [] : [[key.toLowerCase(), value]];
    }),
  );
}

/** What the managers need besides a prefix. */
export function surveyedHost(answer: SurveyAnswer): SurveyedHost {
  const machine = answer.facts.get("machine");
  const home = answer.facts.get("home");
  const files = new Map(projectFolders(answer).map((folder) => [folder.path, folder.files]));
  return {
    ...(machine !== undefined && /^\w{1,20}$/.test(machine) && { machine }),
    ...(home !== undefined && { home }),
    envsFolders: new Set(answer.envsFolders),
    tools: Object.fromEntries(answer.tools),
    projectFiles: (folder) => files.get(folder) ?? [],
  };
}

/** Folders with files that make them projects, by path. */
export function projectFolders({ projectFiles }: Pick<SurveyAnswer, "projectFiles">) {
  const folders = new Map<string, Set<string>>();
  for (const file of projectFiles) {
    const folder = posix.dirname(file);
    const files = folders.get(folder) ?? new Set();
    folders.set(folder, files.add(posix.basename(file)));
  }
  return [...folders].sort(([a], [b]) => (a < b ? -1 : 1)).map(([path, files]) => ({ path, files: [...files].sort() }));
}
