import type { Toolkit } from "../../../shared/environments";
import { quoteArgv } from "../../remote";
import type { ToolkitSurvey } from "./readSurvey";

/**
 * The command with which an administrator makes a toolkit the host's default; it is only ever shown. Undefined for one
 * that belongs to a module or an environment, which cannot be the default of a system.
 */
export function systemDefaultCommand(
  toolkit: Toolkit,
  { alternatives }: Pick<ToolkitSurvey, "alternatives">,
): string | undefined {
  if (toolkit.module !== undefined || toolkit.environment !== undefined) return undefined;
  const names = [toolkit.path, ...(toolkit.links ?? [])];
  const choice = alternatives.find((path) => names.includes(path));
  if (choice !== undefined && toolkit.kind === "cuda") {
    return quoteArgv(["update-alternatives", "--set", "cuda", choice]);
  }
  const link = toolkit.kind === "cuda" ? "/usr/local/cuda" : "/opt/rocm";
  return quoteArgv(["ln", "-sfn", toolkit.path, link]);
}
