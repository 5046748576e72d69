/** OpenSSH's wildcards: `*` any run, `?` exactly one character. Linear time, so that a pattern cannot hang the reader. */
export function matchesGlob(pattern: string, text: string): boolean {
  let at = 0;
  let star = -1;
  let resume = 0;
  let next = 0;
  while (at < text.length) {
    const symbol = pattern[next];
    if (symbol === "*") {
      star = next++;
      resume = at;
    } else if (symbol === "?" || (symbol !== undefined && symbol === text[at])) {
      next++;
      at++;
    } else if (star >= 0) {
      next = star + 1;
      at = ++resume;
    } else return false;
  }
  while (pattern[next] === "*") next++;
  return next === pattern.length;
}

/** True when one pattern matches and no `!pattern` does. */
export function matchesPatternList(patterns: readonly string[], text: string): boolean {
  const negated = patterns.filter((pattern) => pattern.startsWith("!")).map((pattern) => pattern.slice(1));
  if (negated.some((pattern) => matchesGlob(pattern, text))) return false;
  return patterns.some((pattern) => !pattern.startsWith("!") && matchesGlob(pattern, text));
}
