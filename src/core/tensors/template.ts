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
  const kinds = new Map<string, string>();
  const source = template
    .split(/(\{\w+:\w+\})/)
    .filter((part) => part !== "")
    .map((part, at, parts) => {
      const place = /^\{(\w+):(\w+)\}$/.exec(part);
      if (!place) return part.replace(/[.*+?^${}()|[\]\\]/g, "\\$&").replace(/\s+/g, "\\s+");
      const [, name = "", kind = ""] = place;
      const allowed = places[kind];
      if (allowed === undefined) throw new Error(`no such kind of place: ${part}`);
      kinds.set(name, kind);
      // A text at the end goes on to the end of its line.
      const isLast = kind === "text" && at === parts.length - 1;
      return `(?<${name}>${isLast ? allowed.replace(/\?$/, "") : allowed})`;
    })
    .join("");
  // A number must not be read from its middle.
  const pattern = new RegExp(template.startsWith("{") ? `(?<![\\w.])${source}` : source);
  const landmark = flat(template)
    .split(/\{\w+:\w+\}/)
    .reduce((longest, part) => (part.length > longest.length ? part : longest), "");
  const read = (text: string): Reading | undefined => {
    const groups = pattern.exec(text)?.groups;
    if (!groups && !pattern.test(text)) return undefined;
    const words: Record<string, string> = {};
    const shapes = new Map<string, WrittenShape>();
    for (const [name, word] of Object.entries(groups ?? {})) {
      words[name] = word.trim();
      const kind = kinds.get(name);
      if (kind === "shape") {
        const shape = readShape(word);
        if (!shape) return undefined;
        shapes.set(name, shape);
      } else if (kind === "shapes") {
        findShapes(word).forEach((shape, at) => {
          shapes.set(`${name} ${at + 1}`, shape);
        });
      }
    }
    return { words, shapes };
  };
  return { landmark: landmark.trim(), read };
}

const anyShape = new RegExp(shapeSource, "g");

/** All shapes of a text, in its order. */
export const findShapes = (text: string): WrittenShape[] =>
  [...text.matchAll(anyShape)].flatMap(([word]) => readShape(word) ?? []);
