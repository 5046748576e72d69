import type { Problem } from "../../../failure";

/** An operation that failed, with the last part of its log. */
export interface FailedOperation {
  readonly host: string;
  readonly title: string;
  readonly exitCode?: number;
  readonly log: string;
}

/** One way in which operations fail. */
export interface FailureRule {
  /** Exit code of our own scripts, or what the log says in English. The first rule that fits has it. */
  readonly when: number | RegExp;
  problem(found: RuleFound): Problem;
}

export interface RuleFound extends FailedOperation {
  /** What an exit code of ours is about, such as the prefix; for a text its first group, or all of it. */
  readonly subject: string;
}

/** The problem that the first fitting rule makes of a failed operation; nothing where none fits. */
export function problemByRules(rules: readonly FailureRule[], failed: FailedOperation): Problem | undefined {
  for (const { when, problem } of rules) {
    const found =
      typeof when === "number"
        ? when === failed.exitCode && (lastWord(failed.log, when) ?? [failed.title])
        : when.exec(failed.log);
    if (found) return problem({ ...failed, subject: (found.slice(1).find(Boolean) ?? found[0]).trim() });
  }
  return undefined;
}

/** Our scripts end with a line `tensorline CODE: SUBJECT: WHY`. */
const lastWord = (log: string, code: number) => new RegExp(`^tensorline ${code}: (.+): [^:]+$`, "m").exec(log);

/** Exit codes of `scripts/claim.sh` and of every script that begins with it. */
export const scriptFailures: readonly FailureRule[] = [
  { when: 41, problem: ({ subject }) => ({ reason: "environmentExists", name: subject }) },
  { when: 42, problem: ({ subject }) => ({ reason: "environmentProtected", name: subject }) },
  { when: 43, problem: ({ host, subject }) => ({ reason: "managerMissing", host, manager: subject }) },
  {
    when: 44,
    problem: ({ subject }) => ({ reason: "environmentBroken", name: subject, detail: "it is no whole environment" }),
  },
  { when: 45, problem: ({ subject }) => ({ reason: "environmentBusy", name: subject }) },
  { when: 46, problem: ({ subject }) => ({ reason: "hostNoSuchPath", path: subject }) },
  {
    when: 47,
    problem: ({ subject }) => ({ reason: "environmentBroken", name: subject, detail: "its Python does not run" }),
  },
  { when: 48, problem: () => ({ reason: "packageIndexUnreachable", detail: "its password did not arrive" }) },
];

/** What the host's system says through any tool. Where the path is not told, the title says what it was about. */
const about = ({ subject, title }: RuleFound) => (subject.startsWith("/") ? subject : title);
export const systemFailures: readonly FailureRule[] = [
  { when: /No space left on device/, problem: ({ title }) => ({ reason: "hostDiskFull", path: title }) },
  { when: /Disk quota exceeded/, problem: ({ title }) => ({ reason: "hostQuotaExceeded", path: title }) },
  {
    when: /'([^'\n]+)': Read-only file system|Read-only file system(?:: '([^'\n]+)')?/,
    problem: (found) => ({ reason: "hostReadOnly", path: about(found) }),
  },
  {
    when: /'([^'\n]+)': (?:Permission denied|Operation not permitted)|(?:Permission denied|Operation not permitted)(?:: '([^'\n]+)')?/,
    problem: (found) => ({ reason: "hostPermissionDenied", path: about(found) }),
  },
];

const unreachable = ({ subject }: RuleFound): Problem => ({ reason: "packageIndexUnreachable", detail: subject });
const notFound = ({ subject }: RuleFound): Problem => ({ reason: "packageNotFound", names: oneLine(subject) });
const conflict = ({ subject }: RuleFound): Problem => ({ reason: "packagesConflict", detail: oneLine(subject) });
const oneLine = (text: string) => text.replaceAll(/\s+/g, " ").slice(0, 300);

/**
 * What pip, virtualenv and uv say in English. The order counts: a pip that reached no index goes on to say that it found no
 * package.
 */
export const pipFailures: readonly FailureRule[] = [
  {
    when: /externally-managed-environment|is externally managed/,
    problem: ({ title }) => ({ reason: "environmentProtected", name: title }),
  },
  {
    when: /ensurepip is not available|No module named '?(?:venv|ensurepip)\b/,
    problem: ({ host }) => ({ reason: "managerMissing", host, manager: "venv (python3-venv)" }),
  },
  {
    when: /No module named '?(pip|virtualenv)\b/,
    problem: ({ host, subject }) => ({ reason: "managerMissing", host, manager: subject }),
  },
  { when: /after connection broken by [^\n]*?\[Errno -?\d+\] ([A-Z][^'"\n()]+)/, problem: unreachable },
  { when: /after connection broken by [^\n]*['"]([^'"\n]+)['"],?\)+['"]?: \//, problem: unreachable },
  { when: /Max retries exceeded with url[^\n]*'([^'\n]+)'/, problem: unreachable },
  { when: /Could not fetch URL ([^\s:]+:[^\s:]+)/, problem: unreachable },
  { when: /The repository located at (\S+) is not a trusted or secure host/, problem: unreachable },
  { when: /(40[137] (?:Error|Client Error)[^\n]*|5\d\d Server Error[^\n]*)/, problem: unreachable },
  {
    when: /(Connection refused|Temporary failure in name resolution|Name or service not known|Network is unreachable|failed to lookup address information|error sending request for url[^\n]*|Failed to fetch: [^\n]*)/,
    problem: unreachable,
  },
  { when: /Because (\S+)\s+was\s+not\s+found\s+in\s+the\s+(?:package|provided)/, problem: notFound },
  { when: /Because there (?:is|are) no versions? of (\S+)/, problem: notFound },
  { when: /Cannot install (.+?) because these package versions have conflicting dependencies/, problem: conflict },
  { when: /Because ([\s\S]+?),? we can conclude that/, problem: conflict },
  { when: /ResolutionImpossible/, problem: conflict },
  { when: /No matching distribution found for ([^\n]+)/, problem: notFound },
  { when: /Invalid requirement: '([^'\n]+)'/, problem: notFound },
  { when: /(Package '?[^'\s]+'? requires a different Python: [^\n]+)/, problem: notFound },
];
