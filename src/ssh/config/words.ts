/**
 * The keyword of a config line and what follows it, as ssh cuts them: one blank, `=` or pair of quotes may stand before
 * it. Undefined for a line that ssh passes over.
 */
export function splitKeyword(line: string): { key: string; text: string } | undefined {
  const trimmed = line.replace(/[ \t\r\n\f]+$/, "");
  const first = nextWord(trimmed);
  const [word, rest] = first[0] === "" ? nextWord(first[1]) : first;
  if (!word || word.startsWith("#")) return undefined;
  return { key: word.toLowerCase(), text: rest.replace(/^[ \t\r\n]+/, "") };
}

/**
 * The words of a line's arguments: quotes of both kinds, `\` before a quote, a backslash or an unquoted space, `#` for
 * a comment at the start of a word. Undefined where a quotation does not end.
 */
export function splitWords(text: string): string[] | undefined {
  const words: string[] = [];
  for (let at = 0; at < text.length; at++) {
    if (isBlank(text[at])) continue;
    if (text[at] === "#") break;
    let word = "";
    let quote = "";
    for (; at < text.length; at++) {
      const letter = text[at] ?? "";
      const next = text[at + 1] ?? "";
      if (letter === "\\" && (/["'\\]/.test(next) || (quote === "" && next === " "))) {
        word += next;
        at++;
      } else if (quote === "" && isBlank(letter)) break;
      else if (quote === "" && (letter === '"' || letter === "'")) quote = letter;
      else if (letter === quote) quote = "";
      else word += letter;
    }
    if (quote !== "") return undefined;
    words.push(word);
  }
  return words;
}

/**
 * The words of a `Match` line, which ssh reads by older rules: double quotes only, `=` separates as a blank does.
 * Undefined where a quotation does not end.
 */
export function splitCriteria(text: string): string[] | undefined {
  const words: string[] = [];
  for (let rest: string | undefined = text; rest !== undefined && rest !== ""; ) {
    const [word, next] = nextWord(rest);
    if (word === undefined) return undefined;
    if (word.startsWith("#")) break;
    words.push(word);
    rest = next;
  }
  return words;
}

function nextWord(text: string): [word: string, rest: string] | [word: undefined, rest: string] {
  const [, before = "", mark = "", after = ""] = /^([^ \t\r\n"=]*)([ \t\r\n"=]?)(.*)$/s.exec(text) ?? [];
  if (mark !== '"') return [before, after.replace(mark === "=" ? /^[ \t\r\n]+/ : /^[ \t\r\n]*(?:=[ \t\r\n]*)?/, "")];
  const end = after.indexOf('"');
  if (end < 0) return [undefined, ""];
  return [before + after.slice(0, end), after.slice(end + 1).replace(/^[ \t\r\n]+/, "")];
}

function isBlank(letter: string | undefined): boolean {
  return letter === " " || letter === "\t";
}
