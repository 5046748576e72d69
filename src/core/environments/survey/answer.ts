import { Failure } from "../../failure";
import type { FoundInterpreter, FoundVia } from "../survey";

/** What the survey's script printed, as data; what the records are is told in `scripts/start.sh`. */
export interface SurveyAnswer {
  readonly facts: ReadonlyMap<string, string>;
  readonly tools: ReadonlyMap<string, string>;
  readonly envsFolders: readonly string[];
  readonly prefixes: readonly AnsweredPrefix[];
  /** Paths of project files. */
  readonly projectFiles: readonly string[];
  readonly warnings: readonly AnsweredWarning[];
  /** What files and folders say, by path. */
  readonly blocks: ReadonlyMap<string, readonly string[]>;
}

export interface AnsweredPrefix {
  readonly prefix: string;
  readonly via: FoundVia;
  readonly interpreter?: FoundInterpreter;
  readonly library?: string;
  readonly hasSettings: boolean;
  readonly hasCondaMeta: boolean;
  readonly isBase: boolean;
  /** Folders of packages. */
  readonly sites: readonly string[];
  readonly project?: string;
  readonly module?: string;
  readonly unreadable: boolean;
}

export interface AnsweredWarning {
  readonly reason: string;
  readonly detail: string;
}

const title = "tensorline survey 1";
const vias: readonly string[] = [
  "conda",
  "list",
  "pyenv",
  "uv",
  "poetry",
  "workon",
  "path",
  "system",
  "module",
  "search",
];
const states: readonly string[] = ["works", "dangling", "notExecutable"];

/** @throws Failure `unreadable` where it is cut off or nothing of ours */
export function readAnswer(text: string): SurveyAnswer {
  const lines = text.split("\n");
  const begin = lines.indexOf(title);
  const middle = lines.indexOf("blocks", begin);
  const end = lines.lastIndexOf("end");
  if (begin < 0 || middle < 0 || end < middle) {
    throw new Failure({ reason: "unreadable", what: "list of environments", detail: "it is cut off" });
  }
  return { ...readRecords(lines.slice(begin + 1, middle)), blocks: readBlocks(lines.slice(middle + 1, end)) };
}

function readRecords(lines: readonly string[]): Omit<SurveyAnswer, "blocks"> {
  const facts = new Map<string, string>();
  const tools = new Map<string, string>();
  const envsFolders: string[] = [];
  const projectFiles: string[] = [];
  const warnings: AnsweredWarning[] = [];
  const prefixes: AnsweredPrefix[] = [];
  let current: AnsweredPrefix | undefined;
  const add = (more: Partial<AnsweredPrefix>) => {
    if (current) prefixes[prefixes.length - 1] = current = { ...current, ...more };
  };
  for (const line of lines) {
    const [word, rest] = cut(line);
    const isPath = rest.startsWith("/");
    if (word === "env" && isPath) {
      const found = {
        prefix: rest,
        via: "search" as const,
        hasSettings: false,
        hasCondaMeta: false,
        isBase: false,
        unreadable: false,
      };
      current = { ...found, sites: [] };
      prefixes.push(current);
    } else if (word === "via" && vias.includes(rest)) add({ via: rest as FoundVia });
    else if (word === "python") {
      const [state, path] = cut(rest);
      if (states.includes(state) && path.startsWith("/"))
        add({ interpreter: { path, state: state as FoundInterpreter["state"] } });
    } else if (word === "target" && current?.interpreter)
      add({ interpreter: { ...current.interpreter, target: rest } });
    else if (word === "lib") add({ library: rest });
    else if (word === "cfg") add({ hasSettings: true });
    else if (word === "base") add({ isBase: true });
    else if (word === "meta") add({ hasCondaMeta: true });
    else if (word === "unreadable") add({ unreadable: true });
    else if (word === "site" && isPath) add({ sites: [...(current?.sites ?? []), rest] });
    else if (word === "project" && isPath) add({ project: rest });
    else if (word === "module") add({ module: rest });
    else if (word === "file" && isPath) projectFiles.push(rest);
    else if (word === "fact") facts.set(...cut(rest));
    else if (word === "tool") {
      const [name, path] = cut(rest);
      if (path.startsWith("/")) tools.set(name, path);
    } else if (word === "envs" && isPath) envsFolders.push(rest);
    else if (word === "warn") {
      const [reason, detail] = cut(rest);
      warnings.push({ reason, detail });
    }
  }
  return { facts, tools, envsFolders, prefixes, projectFiles, warnings };
}

/** A key line begins anew what is said about its path, a path goes on with it, and a text is about the path before it. */
function readBlocks(lines: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const blocks = new Map<string, string[]>();
  let texts: string[] = [];
  for (const line of lines) {
    if (line.startsWith(" ")) texts.push(line.slice(1));
    else if (line.startsWith("/")) {
      texts = blocks.get(line) ?? [];
      blocks.set(line, texts);
    } else {
      const path = /^\d+ \d+ \d+ \d+ (\/.*)$/.exec(line)?.[1];
      if (path !== undefined) blocks.set(path, []);
      texts = [];
    }
  }
  return blocks;
}

/** The first word, and what follows the blank after it. */
function cut(text: string): [string, string] {
  const at = text.indexOf(" ");
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + 1)];
}
