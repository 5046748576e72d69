const mostTries = 20;

/** The first JSON object in a text, whatever stands before and after it: warnings, colours. Undefined where there is none. */
export function firstJson(text: string): unknown {
  let start = text.indexOf("{");
  for (let tries = 0; start >= 0 && tries < mostTries; tries += 1, start = text.indexOf("{", start + 1)) {
    const end = objectEnd(text, start);
    if (end === undefined) continue;
    try {
      return JSON.parse(text.slice(start, end));
    } catch {
      // A brace of a sentence.
    }
  }
  return undefined;
}

/** Behind the brace that closes the one at `start`. */
function objectEnd(text: string, start: number): number | undefined {
  let depth = 0;
  let quoted = false;
  for (let at = start; at < text.length; at += 1) {
    const sign = text[at];
    if (quoted && sign === "\\") at += 1;
    else if (sign === '"') quoted = !quoted;
    else if (!quoted && sign === "{") depth += 1;
    else if (!quoted && sign === "}" && --depth === 0) return at + 1;
  }
  return undefined;
}
