import { readFileSync } from "node:fs";
import { join } from "node:path";

const folder = join(import.meta.dirname, "../../snippets");

/** The body of a snippet as it stands in the file. */
export function bodyOf(language: string, name: string): string {
  const snippets: Record<string, { body: string[] }> = JSON.parse(
    readFileSync(join(folder, `${language}.json`), "utf8"),
  );
  const snippet = snippets[name];
  if (!snippet) throw new Error(`There is no snippet "${name}" for ${language}.`);
  return snippet.body.join("\n");
}

/**
 * What the editor inserts where the user goes through a snippet without a word of their own, or with these for its places.
 * Syntax: VS Code's user guide on snippets, without variables and transformations.
 */
export function inserted(body: string, words: Readonly<Record<string, string>> = {}): string {
  const chosen: Record<string, string> = { 0: "" };
  const place = /\\([\\$}])|\$(\d+)|\$\{(\d+)(?:\|([^|]*)\||:((?:\\.|[^}\\])*))?\}/g;
  for (const [, , , number, choices, text] of body.matchAll(place)) {
    const first = choices?.split(",")[0] ?? text?.replace(/\\(.)/g, "$1");
    if (number !== undefined && first !== undefined) chosen[number] ??= words[number] ?? first;
  }
  return body.replace(place, (all, escaped, plain, number) => {
    if (escaped) return escaped;
    const word = chosen[plain ?? number];
    if (word === undefined) throw new Error(`${all} has no text.`);
    return word;
  });
}
