import type { Environment, SelfTestReport, SelfTestStep } from "../../shared/environments";

const marks: Readonly<Record<SelfTestStep["outcome"], string>> = {
  works: "works",
  fails: "**fails**",
  missing: "not there",
  "not tried": "not tried",
};

/** The self-test as a Markdown document. What the host says stands in it as plain text. */
export function selfTestText(host: string, environment: Environment, { steps }: SelfTestReport): string {
  const { name, prefix, pythonVersion } = environment;
  const rows = steps.map(({ step, outcome, words, detail, seconds }) => {
    const time = seconds === undefined ? "–" : `${seconds.toFixed(1)} s`;
    // The words may hold the detail already.
    const seen = detail === undefined || words.includes(detail) ? [words] : [words, detail];
    return `| ${plain(step)} | ${marks[outcome]} | ${time} | ${seen.map(plain).join("<br>")} |`;
  });
  return [
    `# Self-test of ${plain(name)} on ${plain(host)}`,
    `${plain(prefix)}${pythonVersion === undefined ? "" : `, Python ${plain(pythonVersion)}`}`,
    selfTestSummary({ steps }),
    ["| What | Result | Time | What was seen |", "|---|---|---|---|", ...rows].join("\n"),
    "",
  ].join("\n\n");
}

/** In one sentence. */
export function selfTestSummary({ steps }: SelfTestReport): string {
  const failed = steps.filter(({ outcome }) => outcome === "fails").map(({ step }) => plain(step));
  if (failed.length > 0) return `${failed.length === 1 ? "This fails" : "These fail"}: ${failed.join(", ")}.`;
  const works = steps.filter(({ outcome }) => outcome === "works").length;
  return works === steps.length ? "Everything works." : `${works} of ${steps.length} steps work, none fails.`;
}

/** One line without what Markdown and HTML would read as their own. */
const plain = (text: string): string =>
  text
    .replace(/\s+/g, " ")
    .replace(/[\\`*_[\]|#~]/g, "\\$&")
    .replaceAll("&", "&amp;")
    .replaceAll("<", "&lt;");
