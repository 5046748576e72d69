import { SaxesParser } from "saxes";

/** An XML element as data: attributes and comments dropped except `id`, text gathered, children by name. */
export interface Element {
  readonly name: string;
  readonly id?: string;
  text: string;
  readonly children: Element[];
}

export interface XmlOutcome {
  /** The elements named `wanted` that were closed. */
  readonly found: readonly Element[];
  /** The root element's children other than `wanted`. */
  readonly header: readonly Element[];
  /** True once the root was closed. */
  readonly whole: boolean;
  /** Where it stopped being well formed, in the parser's words. */
  readonly error?: string;
}

/** Lists of hundreds of entries that nobody here asks for. */
const skipped = new Set(["supported_clocks", "accounted_processes", "supported_gpu_targets"]);
const maxDepth = 16;

/** Reads the document's `wanted` elements. External entities and the document type are never followed. */
export function readXml(text: string, root: string, wanted: string): XmlOutcome {
  const found: Element[] = [];
  const header: Element[] = [];
  const stack: Element[] = [];
  let skipDepth = 0;
  let whole = false;
  let error: string | undefined;
  const parser = new SaxesParser();
  parser.on("error", (problem) => {
    error ??= problem.message;
  });
  parser.on("opentag", (tag) => {
    if (error !== undefined) return;
    if (skipDepth > 0 || skipped.has(tag.name) || stack.length >= maxDepth) {
      skipDepth++;
      return;
    }
    const { id } = tag.attributes;
    const element: Element = { name: tag.name, ...(id === undefined ? {} : { id }), text: "", children: [] };
    const parent = stack.at(-1);
    if (parent && parent.name !== root) parent.children.push(element);
    stack.push(element);
  });
  parser.on("text", (content) => {
    const element = stack.at(-1);
    if (element && skipDepth === 0 && error === undefined) element.text += content;
  });
  parser.on("closetag", () => {
    if (error !== undefined) return;
    if (skipDepth > 0) {
      skipDepth--;
      return;
    }
    const element = stack.pop();
    if (!element) return;
    if (stack.length === 0) whole = element.name === root;
    else if (stack.length === 1) (element.name === wanted ? found : header).push(element);
  });
  parser.write(text).close();
  return { found, header, whole, ...(error === undefined ? {} : { error }) };
}

/** The text at a path below the element, without blanks around it; undefined where nothing is there. */
export function textAt(element: Element, ...path: string[]): string | undefined {
  let at: Element | undefined = element;
  for (const name of path) at = at?.children.find((child) => child.name === name);
  const text = at?.text.trim();
  return text === "" ? undefined : text;
}

/** All children of the child named `name`. */
export function childrenOf(element: Element, name: string): readonly Element[] {
  return element.children.find((child) => child.name === name)?.children ?? [];
}
