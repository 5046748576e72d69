import type { EnvironmentWarning } from "../../../shared/environments";
import { quoted } from "../../words/say";
import type { DriverFacts } from "./driver";
import type { SurveyRecord } from "./records";

/** What the survey could not find out, in one sentence each. */
export function readWarnings(
  records: readonly SurveyRecord[],
  trouble: DriverFacts["trouble"],
): readonly EnvironmentWarning[] {
  const warnings: EnvironmentWarning[] = trouble === undefined ? [] : [driverWarnings[trouble]];
  const has = (type: string) => records.find((record) => record.type === type)?.fields[0];
  const [late, mute, slow] = [has("late"), has("mute"), has("slow")];
  if (mute !== undefined) {
    const why = late === undefined ? "gave no answer" : "did not come to an end in time";
    warnings.push({
      reason: "loginShellSilent",
      message: `The start-up files of the login shell ${quoted(mute)} ${why}, so it is not known which toolkit a new shell uses.`,
    });
  }
  if (slow !== undefined) {
    warnings.push({ reason: "modulesSlow", message: `The modules were not listed in time (${quoted(slow)}).` });
  }
  return warnings;
}

const driverWarnings: Readonly<Record<NonNullable<DriverFacts["trouble"]>, EnvironmentWarning>> = {
  late: {
    reason: "toolHangs",
    message: "nvidia-smi did not answer in time and was stopped. What the kernel says about the driver is shown.",
  },
  unreadable: {
    reason: "unreadable",
    message: "What nvidia-smi prints cannot be read. What the kernel says about the driver is shown.",
  },
  failed: {
    reason: "driverNotLoaded",
    message: "nvidia-smi is installed but found no driver that runs.",
  },
};
