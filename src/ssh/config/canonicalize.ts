import { isIP, isIPv6 } from "node:net";
import { Failure } from "../../core/failure";
import type { OptionValues } from "../hostOptions";
import { matchesPatternList } from "../patterns";
import type { ConfigEffects } from "./effects";

/**
 * An address in the one form that ssh prints (`127.1` is `127.0.0.1`); undefined for a name. An address of another
 * family than the one that is asked for stays as it is.
 */
export function canonicalAddress(name: string, family: string | undefined): string | undefined {
  const [address = "", scope] = name.split("%", 2);
  if (isIPv6(address)) {
    return family === "inet" ? name : `${addressOf(address)}${scope === undefined ? "" : `%${scope}`}`;
  }
  // Something else with one of these can be no name.
  if (/[%:]/.test(name)) return name;
  const known = /^[\d.]+$|^0x[\da-f.x]+$/i.test(name) ? addressOf(name) : undefined;
  return known !== undefined && family === "inet6" ? name : known;
}

/**
 * The host's final name by `CanonicalizeHostname` and its companions, from what the config said so far.
 * @throws Failure `hostNotFound` where the name has no address and `CanonicalizeFallbackLocal` is off
 */
export async function canonicalName(
  asked: string,
  name: string,
  values: OptionValues,
  lookup: ConfigEffects["lookup"],
): Promise<string> {
  const one = (key: string, otherwise: string) => values.get(key)?.[0] ?? otherwise;
  const how = one("canonicalizehostname", "false");
  const isDirect = one("proxycommand", "none") === "none" && one("proxyjump", "none") === "none";
  // A name that a proxy resolves is left to it unless the user insists.
  const mayLookUp = isDirect || how === "always";
  if (how !== "false" && mayLookUp) {
    const found = await findInDomains(name, values, lookup);
    if (found) return permittedAlias(found.name, found.alias, values);
    const tried = name.endsWith(".") || dotsOf(name) <= Number(one("canonicalizemaxdots", "1"));
    if (tried && one("canonicalizefallbacklocal", "yes") === "no") {
      throw new Failure({ reason: "hostNotFound", host: asked, hostname: name });
    }
    if (permittedRules(values).length > 0) {
      return permittedAlias(name, (await lookup(name))?.alias, values);
    }
  }
  return name;
}

async function findInDomains(
  name: string,
  values: OptionValues,
  lookup: ConfigEffects["lookup"],
): Promise<{ name: string; alias: string | undefined } | undefined> {
  const domains = (values.get("canonicaldomains") ?? []).filter((domain) => domain.toLowerCase() !== "none");
  const limit = Number(values.get("canonicalizemaxdots")?.[0] ?? "1");
  const candidates = name.endsWith(".")
    ? [name]
    : dotsOf(name) > limit
      ? []
      : domains.map((domain) => `${name}.${domain}.`);
  for (const candidate of candidates) {
    const found = await lookup(candidate);
    if (found) return { name: candidate.slice(0, -1), alias: found.alias };
  }
  return undefined;
}

function permittedAlias(name: string, alias: string | undefined, values: OptionValues): string {
  if (alias === undefined || alias === name) return name;
  const allowed = permittedRules(values).some(
    ([from, to]) =>
      matchesPatternList(from.split(","), name.toLowerCase()) && matchesPatternList(to.split(","), alias.toLowerCase()),
  );
  return allowed ? alias : name;
}

/** `from:to` pattern lists; `*` stands for both. */
function permittedRules(values: OptionValues): [from: string, to: string][] {
  return (values.get("canonicalizepermittedcnames") ?? [])
    .filter((rule) => rule.toLowerCase() !== "none")
    .map((rule) => {
      const [from = "", to = from] = rule.toLowerCase().split(":");
      return [from, to];
    });
}

function addressOf(text: string): string | undefined {
  try {
    const { hostname } = new URL(isIPv6(text) ? `http://[${text}]` : `http://${text}`);
    const plain = hostname.replace(/^\[|\]$/g, "");
    const [, high, low] = /^::ffff:([\da-f]{1,4}):([\da-f]{1,4})$/.exec(plain) ?? [];
    if (high !== undefined && low !== undefined) return `::ffff:${quads(high)}.${quads(low)}`;
    return isIP(plain) ? plain : undefined;
  } catch {
    return undefined;
  }
}

function quads(hex: string): string {
  const number = Number.parseInt(hex, 16);
  return `${number >> 8}.${number & 255}`;
}

function dotsOf(name: string): number {
  return name.split(".").length - 1;
}
