import type { SelfTestReport } from "../../core/environments/parts";
import type { Environment } from "../../shared/environments";

const marks = { passed: "works", failed: "**fails**", skipped: "left out" } as const;

/** The self-test as a Markdown document. Texts of the host stand in it as plain text. */
export function selfTestText(host: string, environment: Environment, { checks }: SelfTestReport): string {
  const failed = checks.filter(({ outcome }) => outcome === "failed");
  const summary =
    failed.length === 0
      ? "Everything that was tried works."
      : `${failed.length === 1 ? "One thing does" : `${failed.length} things do`} not work: ${failed.map(({ name }) => name).join(", ")}.`;
  const rows = checks.map(({ name, outcome, detail }) => `| ${cell(name)} | ${marks[outcome]} | ${cell(detail)} |`);
  const fixes = failed.flatMap(({ name, fix }) => (fix === undefined ? [] : [`- ${cell(name)}: ${cell(fix)}`]));
  return [
    `# Self-test of ${cell(environment.name)} on ${cell(host)}`,
    `${cell(environment.prefix)}${environment.pythonVersion ? `, Python ${cell(environment.pythonVersion)}` : ""}`,
    cell(summary),
    ["| What | Result | What was seen |", "|---|---|---|", ...rows].join("\n"),
    ...(fixes.length > 0 ? ["## What to do", fixes.join("\n")] : []),
  ].join("\n\n");
}

/** One line, without what Markdown would read as its own. */
const cell = (text: string): string => text.replace(/\s+/g, " ").replace(/[\\`*_[\]<>|#]/g, "\\$&");
