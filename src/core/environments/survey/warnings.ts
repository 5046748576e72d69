import type { EnvironmentWarning } from "../../../shared/environments";
import { boundedText } from "../../boundedText";
import type { AnsweredWarning } from "./answer";

/** What was left out, in words; the reasons are those of the scripts. */
export function warningOf({ reason, detail }: AnsweredWarning): EnvironmentWarning | undefined {
  const message = sentence(reason, boundedText(detail));
  return message === undefined ? undefined : { reason, message };
}

function sentence(reason: string, detail: string): string | undefined {
  switch (reason) {
    case "unreadable":
      return `${detail} may not be read by you and was left out.`;
    case "missing":
      return `${detail} is to be searched for environments, and is not there.`;
    case "newline":
      return `${detail} has a line break in its name and was left out.`;
    case "partial":
      return "Some folders could not be searched, as you may not read them.";
    case "stopped":
      return `The search for environments was stopped after ${detail} seconds. Fewer or smaller folders to search help.`;
    case "many":
      return `There are too many environments to list: after ${detail} the others were left out.`;
    case "projects":
      return "There are too many projects to list; some were left out.";
    default:
      return undefined;
  }
}
