import { boundedText } from "../../boundedText";
import { linesOf } from "./records";

/** What loading a module does, as its module system shows it. */
export interface ModuleEffect {
  /** `cuda/12.4.1` */
  readonly name: string;
  readonly set: Readonly<Record<string, string>>;
  /** Folders put in front of lists such as `PATH`. */
  readonly prepend: Readonly<Record<string, readonly string[]>>;
}

/**
 * The modules that were found, each with what it sets. Reads what `module show` prints of several modules, in Lmod's words
 * (`setenv("A","b")`) or those of Environment Modules (`setenv A {b c}`): a block for each begins with its file's path.
 */
export function readModules(available: string | undefined, shown: string | undefined): readonly ModuleEffect[] {
  const blocks = readBlocks(shown ?? "");
  return linesOf(available)
    .map((line) => boundedText(line))
    .map((name) => {
      const lines = blocks.find(({ file }) => file.endsWith(`/${name}`) || file.endsWith(`/${name}.lua`))?.lines ?? [];
      return { name, ...readEffect(lines) };
    });
}

function readBlocks(shown: string): readonly { file: string; lines: string[] }[] {
  const blocks: { file: string; lines: string[] }[] = [];
  for (const line of shown.split("\n")) {
    const file = /^\s*(\/.*):\s*$/.exec(line)?.[1];
    if (file !== undefined) blocks.push({ file, lines: [] });
    else blocks.at(-1)?.lines.push(line);
  }
  return blocks;
}

function readEffect(lines: readonly string[]): Pick<ModuleEffect, "set" | "prepend"> {
  const set = new Map<string, string>();
  const prepend = new Map<string, readonly string[]>();
  for (const line of lines) {
    const [verb, name, value] = readLine(line) ?? [];
    if (verb === undefined || name === undefined || value === undefined || value.length > 4096) continue;
    if (verb.startsWith("prepend")) {
      const folders = value.split(":").filter((folder) => folder.startsWith("/"));
      prepend.set(name, [...folders, ...(prepend.get(name) ?? [])]);
    } else set.set(name, value);
  }
  return { set: Object.fromEntries(set), prepend: Object.fromEntries(prepend) };
}

/** Verb, name and value; undefined for all other lines. */
function readLine(line: string): readonly string[] | undefined {
  const lua = /^\s*(setenv|pushenv|prepend_path)\(\s*"(\w+)"\s*,\s*"([^"]*)"/.exec(line);
  if (lua) return lua.slice(1);
  const tcl = /^\s*(setenv|pushenv|prepend-path)\s+(\w+)\s+(?:\{([^}]*)\}|"([^"]*)"|(\S+))\s*$/.exec(line);
  return tcl?.slice(1).filter((part) => part !== undefined);
}
