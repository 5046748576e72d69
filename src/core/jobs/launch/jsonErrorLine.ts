/** So that no text can exhaust the stack. */
const deepest = 500;

/** The line, from 1, in which text stops being JSON. The engine's own message has a position in some versions only. */
export function jsonErrorLine(text: string): number {
  const token =
    /\s*(?:([{}[\],:])|("(?:[^"\\\u0000-\u001f]|\\(?:["\\/bfnrt]|u[0-9a-fA-F]{4}))*")|(true|false|null|-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?))/y;
  let at = 0;
  const next = (): string | undefined => {
    token.lastIndex = at;
    const found = token.exec(text);
    if (!found) return undefined;
    const [, sign, string, other] = found;
    ahead = { from: at, to: token.lastIndex };
    return sign ?? (string === undefined ? (other === undefined ? undefined : "value") : "string");
  };
  let ahead = { from: 0, to: 0 };
  /** Takes the next token where it is one of these. */
  const take = (...wanted: readonly string[]): string | undefined => {
    const found = next();
    if (found === undefined || !wanted.includes(found)) return undefined;
    at = ahead.to;
    return found;
  };
  const many = (end: string, one: () => boolean): boolean => {
    if (take(end)) return true;
    while (one()) {
      const sign = take(",", end);
      if (sign !== ",") return sign === end;
    }
    return false;
  };
  const value = (depth: number): boolean => {
    const found = depth > deepest ? undefined : take("{", "[", "string", "value");
    if (found === "{") return many("}", () => Boolean(take("string") && take(":")) && value(depth + 1));
    return found === "[" ? many("]", () => value(depth + 1)) : found !== undefined;
  };
  value(0);
  const rest = text.slice(at);
  const where = at + (rest.length - rest.trimStart().length);
  return text.slice(0, rest.trim() === "" ? text.trimEnd().length : where).split("\n").length;
}
