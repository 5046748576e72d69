import type { Toolkit } from "../../../shared/environments";
import { quoteArgv } from "../../remote";
import type { ToolkitSurvey } from "./readSurvey";

/**
 * The command with which an administrator makes a toolkit the host's default; it is only ever shown. Undefined for one
 * that belongs to a module or an environment, which cannot be the default of a system, and for ROCm from 7.10 on, of which
 * each part has a choice of its own.
 */
export function systemDefaultCommand(
  toolkit: Toolkit,
  { alternatives }: Pick<ToolkitSurvey, "alternatives">,
): string | undefined {
  const { kind, path, links = [] } = toolkit;
  if (toolkit.module !== undefined || toolkit.environment !== undefined || /\/rocm\/core-[^/]*$/.test(path))
    return undefined;
  const choice = alternatives[kind].find((candidate) => candidate === path || links.includes(candidate));
  if (choice !== undefined) return quoteArgv(["update-alternatives", "--set", kind, choice]);
  return quoteArgv(["ln", "-sfn", path, kind === "cuda" ? "/usr/local/cuda" : "/opt/rocm"]);
}
