import { createHash } from "node:crypto";
import { hostname as localHostname } from "node:os";
import type { ClientFacts } from "../../core/ports";

/** What `%` tokens stand for. */
export interface TokenFacts {
  readonly client: ClientFacts;
  /** As typed. */
  readonly name: string;
  readonly hostname: string;
  readonly port: number;
  readonly user: string;
  /** `HostKeyAlias`, else what ssh takes in its place. */
  readonly alias: string;
}

/** A `%` token or a `${NAME}` of the environment that stands for nothing. */
export type UnknownToken = (token: string) => string;

/** Values of the tokens that most options take. */
export function tokensOf(facts: TokenFacts): Readonly<Record<string, string>> {
  const local = localHostname();
  const { client, hostname, port, user } = facts;
  return {
    "%": "%",
    C: createHash("sha1").update(`${local}${hostname}${port}${user}`).digest("hex"),
    d: client.home,
    h: hostname,
    i: String(process.getuid?.() ?? ""),
    k: facts.alias,
    L: local.split(".")[0] ?? local,
    l: local,
    n: facts.name,
    p: String(port),
    r: user,
    u: client.user,
  };
}

/** Replaces `%` tokens, each once. */
export function expandTokens(text: string, tokens: Readonly<Record<string, string>>, unknown: UnknownToken): string {
  return text.replace(/%(.?)/gs, (whole, token: string) => tokens[token] ?? unknown(whole));
}

/** Replaces `${NAME}` by the environment's value. */
export function expandVariables(
  text: string,
  variable: (name: string) => string | undefined,
  unknown: UnknownToken,
): string {
  return text.replace(/\$\{([^}]*)\}/g, (whole, name: string) => variable(name) ?? unknown(whole));
}

/** Both at once, so that neither reads what the other wrote. */
export function expandAll(
  text: string,
  tokens: Readonly<Record<string, string>>,
  variable: (name: string) => string | undefined,
  unknown: UnknownToken,
): string {
  return text.replace(/%.?|\$\{[^}]*\}/gs, (piece) =>
    piece.startsWith("%") ? expandTokens(piece, tokens, unknown) : expandVariables(piece, variable, unknown),
  );
}
