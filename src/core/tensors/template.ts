import { readShape, shapeSource, type WrittenShape } from "./shapes";

/** What a text said in the places that its template leaves open. */
export interface Reading {
  /** By the name of the place, as it stands there. */
  readonly words: Readonly<Record<string, string>>;
  /** The shapes by name, in the order of the text; those of a list are called `name 1`, `name 2`. */
  readonly shapes: ReadonlyMap<string, WrittenShape>;
}

/** What may stand in a place. Everything is bounded: the text comes from a host. */
const places: Readonly<Record<string, string>> = {
  int: String.raw`-?\d+`,
  number: String.raw`\d+(?:\.\d+)?`,
  name: String.raw`[A-Za-z_][\w.]*`,
  dtype: String.raw`(?:c10::)?(?:[Bb]?[Ff]loat\d*|[Dd]ouble|[Hh]alf|BFloat16|[Ll]ong(?: int)?|[Ii]nt|[Ss]hort|[Cc]har|unsigned char|[Bb]yte|[Bb]ool|Complex\w+)`,
  word: String.raw`[^\s,;()'"]{1,120}`,
  text: String.raw`[^\n]{1,300}?`,
  block: String.raw`[\s\S]{1,4000}?`,
  shape: shapeSource,
  shapes: String.raw`(?:${shapeSource})(?:[\s,;]*(?:and\s+|vs\.?\s+)?(?:${shapeSource}))*`,
};

export interface Reader {
  /** What a text must hold, with its white space as single spaces, for the template to be worth a try. */
  readonly landmark: string;
  readonly read: (text: string) => Reading | undefined;
}

/** Any white space as one space. */
export const flat = (text: string): string => text.replace(/\s+/g, " ");

/**
 * Reads messages by a template: `shapes cannot be multiplied ({a:shape} and {b:shape})`. `{name:kind}` is a place
 * (int, number, name, dtype, word, text, block, shape, shapes), white space stands for any white space, so that wrapped lines are read
 * as well, and everything else for itself. Gives undefined where the template is nowhere in the text.
 */
export function createReader(template: string): Reader {
  const parts = template.split(/(\{\w+:\w+\})/).map(partOf);
  const texts = parts.flatMap((part) => (part.kind === undefined ? [flat(part.text)] : []));
  const landmark = texts.reduce((longest, text) => (text.length > longest.length ? text : longest), "").trim();
  // Few of the many templates are ever tried on a text, and a pattern takes long to make.
  let pattern: RegExp | undefined;
  const read = (text: string): Reading | undefined => {
    pattern ??= patternOf(parts);
    const match = pattern.exec(text);
    return match ? readPlaces(parts, match.groups ?? {}) : undefined;
  };
  return { landmark, read };
}

/** A piece of a template: text that stands for itself, or a place. */
type Part =
  | { readonly kind?: undefined; readonly text: string }
  | { readonly kind: string; readonly name: string; readonly allowed: string };

function partOf(text: string): Part {
  const [, name, kind] = /^\{(\w+):(\w+)\}$/.exec(text) ?? [];
  if (name === undefined || kind === undefined) return { text };
  const allowed = places[kind];
  if (allowed === undefined) throw new Error(`no such kind of place: ${text}`);
  return { kind, name, allowed };
}

function patternOf(parts: readonly Part[]): RegExp {
  const filled = parts.filter((part) => part.kind !== undefined || part.text !== "");
  const source = filled.map((part, at) => {
    if (part.kind === undefined) return part.text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
    // A text at the end goes on to the end of its line.
    const isLast = part.kind === "text" && at === filled.length - 1;
    return `(?<${part.name}>${isLast ? part.allowed.replace(/\?$/, "") : part.allowed})`;
  });
  // A word must not be read from its middle.
  const start = filled[0]?.kind === undefined ? "" : "(?<![\\w.])";
  return new RegExp(start + source.join(""));
}

/** Undefined where something that should be a shape is none. */
function readPlaces(parts: readonly Part[], groups: Readonly<Record<string, string>>): Reading | undefined {
  const words: Record<string, string> = {};
  const shapes = new Map<string, WrittenShape>();
  for (const part of parts) {
    if (part.kind === undefined) continue;
    const word = groups[part.name] ?? "";
    words[part.name] = word.trim();
    if (part.kind === "shape") {
      const shape = readShape(word);
      if (!shape) return undefined;
      shapes.set(part.name, shape);
    } else if (part.kind === "shapes") {
      for (const [at, shape] of findShapes(word).entries()) shapes.set(`${part.name} ${at + 1}`, shape);
    }
  }
  return { words, shapes };
}

const anyShape = new RegExp(shapeSource, "g");

/** All shapes of a text, in its order. */
export const findShapes = (text: string): WrittenShape[] =>
  [...text.matchAll(anyShape)].flatMap(([word]) => readShape(word) ?? []);
