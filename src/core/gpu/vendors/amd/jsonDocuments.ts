/** The JSON objects inside a text that may hold warnings, colours and Python output around them, in order. */
export function jsonObjectsIn(text: string): Record<string, unknown>[] {
  const objects: Record<string, unknown>[] = [];
  for (let start = text.indexOf("{"); start >= 0; ) {
    const end = matchingBrace(text, start);
    const value = end === undefined ? undefined : parsed(text.slice(start, end + 1));
    if (value) objects.push(value);
    // A brace that opens no object was part of the text around it.
    start = text.indexOf("{", value && end !== undefined ? end + 1 : start + 1);
    if (end === undefined) break;
  }
  return objects;
}

/** True when an object begins that does not end. */
export function endsInsideJson(text: string): boolean {
  const start = text.indexOf('{"') >= 0 ? text.indexOf('{"') : text.search(/\{\s*"/);
  return start >= 0 && matchingBrace(text, start) === undefined;
}

function matchingBrace(text: string, start: number): number | undefined {
  let depth = 0;
  let inString = false;
  for (let at = start; at < text.length; at++) {
    const character = text[at];
    if (inString) {
      if (character === "\\") at++;
      else if (character === '"') inString = false;
    } else if (character === '"') inString = true;
    else if (character === "{") depth++;
    else if (character === "}" && --depth === 0) return at;
  }
  return undefined;
}

function parsed(text: string): Record<string, unknown> | undefined {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}
