import type { FailureRule } from "./pipFailures";

const conflict: FailureRule["problem"] = ({ subject }) => ({
  reason: "packagesConflict",
  detail: subject.replaceAll(/[\s│├└─╰▶]+/g, " ").slice(0, 300),
});
const notFound: FailureRule["problem"] = ({ subject }) => ({ reason: "packageNotFound", names: subject });

/** What pixi, Poetry and pyenv say, in English, which is all they speak. */
export const projectFailures: readonly FailureRule[] = [
  { when: /No candidates were found for ([\w.-]+)/, problem: notFound },
  { when: /Cannot solve the request because of: ([^\n]+(?:\n[^\n]+){0,3})/, problem: conflict },
  { when: /Could not find a matching version of package ([^\s]+)/, problem: notFound },
  { when: /So, because ([^\n]+), version solving failed/, problem: conflict },
  {
    when: /-> (https?:\/\/\S+)\n(?:[^\n]*\n){0,5}?error: failed to download/,
    problem: ({ subject }) => ({ reason: "packageIndexUnreachable", detail: subject }),
  },
  { when: /python-build: definition not found: (\S+)/, problem: notFound },
  { when: /pyenv: no (?:known|installed) versions match the prefix [`']([^`'\n]+)'/, problem: notFound },
];
