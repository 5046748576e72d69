import type { ClientFacts } from "../../core/ports";
import { expandHome } from "../clientPaths";
import type { OptionValues } from "../hostOptions";
import { oneLineKeys } from "./keywords";

/** Reads the `key value` lines of `ssh -G`. */
export function parseSshOptions(text: string, client: ClientFacts): OptionValues {
  const values = new Map<string, string[]>();
  for (const line of text.split("\n")) {
    const [, word, value] = /^(\S+) (.*?)\r?$/.exec(line) ?? [];
    if (word === undefined || value === undefined) continue;
    const key = word.toLowerCase();
    values.set(key, [...(values.get(key) ?? []), ...(oneLineKeys.has(key) ? splitValues(value, client) : [value])]);
  }
  return values;
}

/** The `key value` lines that `ssh -G` prints for options. */
export function printSshOptions(values: OptionValues): string[] {
  return [...values].flatMap(([key, several]) =>
    oneLineKeys.has(key) ? [`${key} ${several.join(" ")}`] : several.map((value) => `${key} ${value}`),
  );
}

/** Several paths stand on one line without quotes: a home folder with a space is put out of the way first. */
function splitValues(value: string, client: ClientFacts): string[] {
  const shortened = client.home.includes(" ") ? value.replaceAll(client.home, "~") : value;
  return shortened.split(/\s+/).map((path) => (shortened === value ? path : expandHome(client, path)));
}
