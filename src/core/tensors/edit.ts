import type { Fix } from "../../shared/tensors";
import type { Found } from "./rule";

const literally = (text: string): string => text.replace(/[.*+?^${}()|[\]\\]/g, "\\$&");

/**
 * A fix that replaces an operand in the failing expression. It can be applied by itself only where the expression's place is exactly
 * known and the operand stands there once, as a whole name; else it is words alone.
 */
export function replaceFix(found: Found, words: string, operand: string, replacement: string): Fix {
  const { frame, expression } = found;
  if (!frame || expression === undefined || frame.expression !== expression) return { text: words };
  const { file, line, endLine, column, endColumn } = frame;
  const isExact = column !== undefined && endColumn !== undefined && (endLine ?? line) === line;
  if (!isExact || endColumn - column !== expression.length || !frame.source?.includes(expression))
    return { text: words };
  const places = [...expression.matchAll(new RegExp(`(?<![\\w.])${literally(operand)}(?![\\w.([=]|\\s*=[^=])`, "g"))];
  const [place] = places;
  if (places.length !== 1 || !place) return { text: words };
  const text = expression.slice(0, place.index) + replacement + expression.slice(place.index + operand.length);
  return { text: words, edit: { place: { file, line, column, endColumn }, was: expression, text } };
}
