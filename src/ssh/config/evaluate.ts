import { Failure } from "../../core/failure";
import type { HostName } from "../../core/hostName";
import type { ClientFacts, HostRef } from "../../core/ports";
import { envOf } from "../clientPaths";
import { matchesGlob, matchesPatternList } from "../patterns";
import type { ConfigEffects } from "./effects";
import { badLine, type ConfigFile, type ConfigLine } from "./files";
import { type Keyword, keywords, olderNames, otherKeywords } from "./keywords";
import { type MatchFacts, matchLine } from "./match";
import { expandTokens, expandVariables, tokensOf } from "./tokens";
import { splitWords } from "./words";

/** What the lines read so far say; the keys of `ssh -G`. */
export type Values = Map<string, string[]>;

/** One reading of all files. */
export interface Reading {
  readonly asked: HostRef;
  readonly typed: HostName;
  /** What `Host` patterns are held against: as typed, or the final name when read again. */
  readonly name: string;
  readonly final: boolean;
  readonly values: Values;
  readonly client: ClientFacts;
  readonly effects: ConfigEffects;
  readonly signal: AbortSignal;
  /** A `Match final` was seen: everything is to be read again. */
  readonly onFinal: () => void;
}

/**
 * Reads the lines of files and adds to the values what applies to the host.
 * @throws Failure `configUnreadable` for a line that ssh would not take, `configUnsupported`
 */
export async function readOptions(files: readonly ConfigFile[], reading: Reading): Promise<void> {
  for (const file of files) await readFileOptions(file, true, reading);
}

/** Blocks of an included file apply only where the `Include` stands in one that does, and end with their file. */
async function readFileOptions(file: ConfigFile, couldApply: boolean, reading: Reading): Promise<void> {
  let applies = couldApply;
  for (const line of file.lines) {
    if (line.included) {
      for (const included of line.included) await readFileOptions(included, applies, reading);
      continue;
    }
    const words = splitWords(line.text);
    if (!words || line.text === "") throw badLine(line, words ? `no value after ${line.key}` : "invalid quotes");
    if (line.key === "match") applies = await matchLine(line, couldApply, matchFacts(line, reading));
    else if (line.key === "host") applies = couldApply && matchesPatternList(words, reading.name);
    else readLine(line, words, applies, reading);
  }
}

function readLine(line: ConfigLine, words: readonly string[], applies: boolean, { values, client }: Reading): void {
  const key = olderNames[line.key] ?? line.key;
  const keyword = keywords[key];
  if (!keyword) {
    const ignored = values.get("ignoreunknown")?.[0]?.toLowerCase().split(",") ?? [];
    if (otherKeywords.has(key) || matchesPatternList(ignored, key)) return;
    throw badLine(line, `ssh has no option ${line.key}`);
  }
  const read = keyword.read({ text: line.text, words, expanded: () => expandWords(words, client) });
  if (!read) throw badLine(line, `${line.key} has no such value`);
  if (applies) keep(key, read, keyword, values);
}

function keep(key: string, read: readonly string[], keyword: Keyword, values: Values): void {
  const known = values.get(key);
  if (key === "sendenv") values.set(key, keepSent(known ?? [], read));
  // A path says which agent is meant by an earlier `yes`.
  else if (key === "forwardagent" && known?.[0] === "yes" && !/^(?:yes|no)$/.test(read[0] ?? ""))
    values.set(key, [...read]);
  else if (keyword.adds) values.set(key, [...new Set([...(known ?? []), ...read])]);
  else if (!known && read.length > 0 && !isBesideOther(key, values)) values.set(key, [...read]);
}

/** Of a jump and a proxy command the first one counts; `ProxyJump none` leaves room for a command. */
function isBesideOther(key: string, values: Values): boolean {
  if (key === "proxyjump") return values.has("proxycommand");
  return key === "proxycommand" && (values.get("proxyjump")?.[0] ?? "none") !== "none";
}

/** `-PATTERN` takes back what was named before. */
function keepSent(known: readonly string[], read: readonly string[]): string[] {
  let names = [...known];
  for (const name of read) {
    names = name.startsWith("-") ? names.filter((one) => !matchesGlob(name.slice(1), one)) : [...names, name];
  }
  return names;
}

function expandWords(words: readonly string[], client: ClientFacts): readonly string[] | undefined {
  let complete = true;
  const expanded = words.map((word) =>
    expandVariables(
      word,
      (name) => envOf(client, name),
      (token) => {
        complete = false;
        return token;
      },
    ),
  );
  return complete ? expanded : undefined;
}

function matchFacts(line: ConfigLine, reading: Reading): MatchFacts {
  const { asked, typed, name, values, client, effects, signal } = reading;
  const one = (key: string) => values.get(key)?.[0];
  const unknown = (token: string): never => {
    throw badLine(line, `unknown token ${token}`);
  };
  const host = reading.final ? name : expandTokens(one("hostname") ?? name, { "%": "%", h: name }, unknown);
  const user = one("user") ?? client.user;
  const port = Number(one("port") ?? 22);
  return {
    asked: asked.name,
    host,
    originalHost: typed.name,
    user,
    localUser: client.user,
    tag: one("tag") ?? "",
    final: reading.final,
    addresses: effects.addresses,
    onFinal: reading.onFinal,
    succeeds: async (command) => {
      const alias = one("hostkeyalias") ?? host;
      const tokens = tokensOf({ client, name: typed.name, hostname: host, port, user, alias });
      try {
        return await effects.succeeds(expandTokens(command, tokens, unknown), signal);
      } catch (error) {
        throw signal.aborted
          ? new Failure({ reason: "cancelled" }, error)
          : badLine(line, "its command cannot be started");
      }
    },
  };
}
