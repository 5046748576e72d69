import type { Found } from "./rule";

/**
 * Puts into a sentence what is known: `{place}` becomes what stood there in the message, `{0}` the name of the first operand,
 * `{function}` what the user called.
 */
export function fillIn(sentence: string, found: Found): string {
  return sentence.replace(/\{(\w+)\}/g, (_, place: string) => {
    if (place === "function") return found.parts?.function ?? "the call";
    if (/^\d+$/.test(place))
      return found.operands[Number(place)]?.name ?? writtenName(found, Number(place)) ?? "the tensor";
    return found.words[place] ?? "?";
  });
}

/** What the user's own expression says: an argument that is a plain name, or what is indexed. */
function writtenName({ parts, expression }: Found, at: number): string | undefined {
  const name = parts ? parts.arguments[at] : at === 0 ? /^([A-Za-z_][\w.]*)\[/.exec(expression ?? "")?.[1] : undefined;
  return name !== undefined && /^[A-Za-z_][\w.]*$/.test(name) ? name : undefined;
}
