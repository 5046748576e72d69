import type { Found } from "./rule";

/**
 * Puts into a sentence what is known: `{place}` becomes what stood there in the message, `{0}` the name of the first operand,
 * `{function}` what the user called.
 */
export function fillIn(sentence: string, found: Found): string {
  return sentence.replace(/\{(\w+)\}/g, (_, place: string) => {
    if (place === "function") return found.parts?.function ?? "the call";
    if (/^\d+$/.test(place)) return found.operands[Number(place)]?.name ?? "the tensor";
    return found.words[place] ?? "?";
  });
}
