import { isIP } from "node:net";
import { Failure } from "../failure";
import { parseHostName } from "../hostName";
import { fieldNames, type HostDraft, type HostField, hostFields } from "./hostFields";

/** What a person typed or pasted to say which host they mean. */
export interface ConnectionText {
  readonly draft: HostDraft;
  /** Parts of a pasted ssh command that a host entry does not hold, as they were written. */
  readonly leftOut: readonly string[];
}

/** Options of ssh that take an argument. */
const withArgument = "bceilmopBDEFIJLOPQRSwW";
const fieldOfOption: Readonly<Record<string, HostField>> = {
  p: "port",
  l: "user",
  i: "identityFile",
  J: "proxyJump",
};

/**
 * Reads `user@host:port`, `ssh://user@host:port` or a whole ssh command line.
 * @throws Failure `badHostName`
 */
export function parseConnectionText(text: string): ConnectionText {
  const [program, ...rest] = splitWords(text.trim());
  const isCommand = /(^|[/\\])ssh(\.exe)?$/i.test(program ?? "") && rest.length > 0;
  const given: Partial<Record<HostField, string>> = {};
  const leftOut: string[] = [];
  const give = (field: HostField, value: string) => {
    given[field] ??= value;
  };
  const destination = isCommand ? readOptions(rest, give, leftOut) : text.trim();
  if (destination === undefined) throw new Failure({ reason: "badHostName", host: text.trim() });
  const { name, user, port } = parseHostName(destination.replace(/^ssh:\/\/(.*?)\/?$/, "$1"));
  if (user !== undefined) give("user", user);
  if (port !== undefined) give("port", String(port));
  const alias = shortAlias(name);
  if (alias !== name) give("hostName", name);
  return { draft: { alias, values: given }, leftOut };
}

/** `gpu1` for `gpu1.example.org`; addresses keep all of it, without what a name may not hold. */
function shortAlias(name: string): string {
  if (isIP(name.replace(/%.*/, "")) !== 0) return name.replace(/[:%]+/g, "-").replace(/^-+/, "");
  return name.split(".")[0] || name;
}

/** Takes what is known from the options, before and after the destination as ssh does; gives the destination. */
function readOptions(
  words: readonly string[],
  give: (field: HostField, value: string) => void,
  leftOut: string[],
): string | undefined {
  let destination: string | undefined;
  const left = [...words];
  for (let word = left.shift(); word !== undefined; word = left.shift()) {
    if (word === "--") continue;
    if (!/^-./.test(word)) {
      if (destination !== undefined) {
        leftOut.push([word, ...left].join(" "));
        break;
      }
      destination = word;
      continue;
    }
    const letters = word.slice(1);
    for (let at = 0; at < letters.length; at++) {
      const letter = letters[at] ?? "";
      if (!withArgument.includes(letter)) {
        if (/[Aa]/.test(letter)) give("forwardAgent", letter === "A" ? "yes" : "no");
        else leftOut.push(`-${letter}`);
        continue;
      }
      const argument = letters.slice(at + 1) || left.shift() || "";
      takeOption(letter, argument, give, leftOut);
      break;
    }
  }
  return destination;
}

function takeOption(
  letter: string,
  argument: string,
  give: (field: HostField, value: string) => void,
  leftOut: string[],
): void {
  const [, key = "", value = ""] = (letter === "o" && /^(\w+)(?:\s*=\s*|\s+)(.+)$/.exec(argument)) || [];
  const named = fieldNames.find((name) => hostFields[name].directive.toLowerCase() === key.toLowerCase());
  const field = fieldOfOption[letter] ?? named;
  if (field) give(field, named ? value : argument);
  else leftOut.push(`-${letter} ${argument}`);
}

/** Words as a shell splits them, as far as people paste it: blanks, both quotes, a backslash before a blank or quote. */
function splitWords(text: string): string[] {
  const words = text.match(/(?:"[^"]*"|'[^']*'|\\["'\s]|[^\s"'])+/g) ?? [];
  return words.map((word) =>
    word.replace(/"([^"]*)"|'([^']*)'|\\(["'\s])/g, (_whole, double, single, escaped) => double ?? single ?? escaped),
  );
}
