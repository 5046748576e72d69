import type { Explanation } from "../../shared/tensors";
import { showReport } from "../environments/reports";
import type { ExplainedIn, TensorsFeature } from "./feature";

/** Shows an explanation in full, to be read. */
export async function showExplanation(
  { parts }: TensorsFeature,
  explanation: Explanation,
  { host }: ExplainedIn,
): Promise<void> {
  const lines = parts().renderExplanation(explanation, { columns: 100, colour: false });
  const name = host ? `Tensor error on ${host.name}` : "Tensor error";
  // Indented text is shown as it is, whatever a program wrote.
  const box = lines.slice(1, -1).map((line) => `    ${line.replace(/^│ /, "")}`);
  const rule = `    ${explanation.rule.replace(/\s+/g, " ")}`;
  await showReport(name, [`# ${name.replace(/[\\`*_[\]<>&]/g, "\\$&")}`, "", ...box, "", rule, ""].join("\n"));
}
