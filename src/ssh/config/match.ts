import { BlockList, isIPv6 } from "node:net";
import { Failure } from "../../core/failure";
import { matchesPatternList } from "../patterns";
import { badLine, type ConfigLine } from "./files";
import { splitCriteria } from "./words";

/** What the criteria of a `Match` line look at, as far as the config has been read. */
export interface MatchFacts {
  /** For failures: what the user typed. */
  readonly asked: string;
  readonly host: string;
  readonly originalHost: string;
  readonly user: string;
  readonly localUser: string;
  readonly tag: string;
  /** The config is being read again with the host's final name. */
  readonly final: boolean;
  readonly addresses: () => readonly string[];
  /** Expands a command's tokens and says whether it ends with 0. */
  readonly succeeds: (command: string) => Promise<boolean>;
  /** A criterion asks for the config to be read again. */
  readonly onFinal: () => void;
}

/**
 * Whether a `Match` line's criteria all hold. A command runs only where all before it did, and not at all where the
 * line could not apply anyway.
 * @throws Failure `configUnreadable` for a line ssh would not take, `configUnsupported` for a criterion we cannot judge
 */
export async function matchLine(line: ConfigLine, couldApply: boolean, facts: MatchFacts): Promise<boolean> {
  const words = splitCriteria(line.text);
  if (!words || words.length === 0) throw badLine(line, "a Match without criteria");
  let holds = couldApply;
  let judged = 0;
  for (let at = 0; at < words.length; at++) {
    const word = words[at] ?? "";
    const negated = word.startsWith("!");
    const criterion = (negated ? word.slice(1) : word).toLowerCase();
    const judge = criteria[criterion];
    if (!judge) throw new Failure({ reason: "configUnsupported", host: facts.asked, option: `Match ${criterion}` });
    // As lenient as ssh: one other criterion may stand before it.
    if (criterion === "all" && (judged > 1 || at < words.length - 1)) {
      throw badLine(line, "“all” stands with other criteria");
    }
    const argument = withoutArgument.has(criterion) ? "" : words[++at];
    if (argument === undefined) throw badLine(line, `no value after ${criterion}`);
    if (criterion !== "all") judged++;
    if (criterion === "final") facts.onFinal();
    if (holds) holds = (await judge(argument, facts)) !== negated;
  }
  return holds;
}

type Criterion = (argument: string, facts: MatchFacts) => boolean | Promise<boolean>;

const withoutArgument = new Set(["all", "canonical", "final"]);

const criteria: Readonly<Record<string, Criterion>> = {
  all: () => true,
  canonical: (_none, facts) => facts.final,
  final: (_none, facts) => facts.final,
  host: (list, facts) => matchesList(list.toLowerCase(), facts.host.toLowerCase()),
  originalhost: (list, facts) => matchesList(list.toLowerCase(), facts.originalHost.toLowerCase()),
  user: (list, facts) => matchesList(list, facts.user),
  localuser: (list, facts) => matchesList(list, facts.localUser),
  tagged: (list, facts) => matchesList(list, facts.tag),
  localnetwork: (list, facts) => facts.addresses().some((address) => isInNetworks(address, list)),
  exec: (command, facts) => facts.succeeds(command),
};

function matchesList(list: string, text: string): boolean {
  return matchesPatternList(list.split(","), text);
}

/** Whether an address lies in one of `10.0.0.0/8,fd00::/8`. */
function isInNetworks(address: string, list: string): boolean {
  const networks = new BlockList();
  for (const network of list.split(",")) {
    const [, base = "", bits] = /^([^/]*)(?:\/(\d+))?$/.exec(network) ?? [];
    const family = isIPv6(base) ? "ipv6" : "ipv4";
    networks.addSubnet(base, bits === undefined ? (family === "ipv6" ? 128 : 32) : Number(bits), family);
  }
  return networks.check(address, isIPv6(address) ? "ipv6" : "ipv4");
}
