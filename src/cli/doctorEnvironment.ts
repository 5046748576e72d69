import { boundedText } from "../core/boundedText";
import { systemClock } from "../core/clock";
import type { EnvironmentParts } from "../core/environments/parts";
import type { UsersOf } from "../core/environments/selftest/stepWords";
import type { Runner } from "../core/remote";
import type { Environment, SelfTestStep, Verdict } from "../shared/environments";
import type { HostReport } from "../shared/gpu";
import { ownersOf } from "../shared/gpuUse";
import type { Check } from "./doctor";
import { findEnvironment, places } from "./hostEnvironments";

/**
 * The checks of one environment, each added as soon as it is known: that it is there and whole, what the tables say of its
 * frameworks on this host, and how a real run of it goes.
 * @throws Failure `environmentUnknown`, `environmentAmbiguous`, those of the connection
 */
export async function checkEnvironment(
  parts: EnvironmentParts,
  runner: Runner,
  { host, name, report }: { host: string; name: string; report: HostReport | undefined },
  add: (check: Check) => void,
): Promise<void> {
  const signal = AbortSignal.timeout(3_600_000);
  const searchPaths = name.startsWith("/") ? [...places.searchPaths, name] : places.searchPaths;
  const survey = await parts.survey(runner, { ...places, searchPaths, fresh: true }, signal);
  const environment = findEnvironment(survey.report.environments, host, name);
  add(existence(environment));
  if (environment.error) return;
  const toolkits = await parts.surveyToolkits(runner, survey, signal);
  for (const verdict of parts.judge(environment, toolkits, survey.machine)) add(judgement(verdict));
  const overlay = parts.overlay(environment, undefined);
  await parts.selfTest(
    runner,
    environment,
    { clock: systemClock, overlay, usersOf: usersIn(report) },
    signal,
    (news) => {
      if (news.kind === "done") add(trial(news.step));
    },
  );
}

/** The framework numbers the GPUs that it may see, so that its word for one counts more than its number. */
function usersIn(report: HostReport | undefined): UsersOf {
  return ({ index, uuid }) => {
    const named = uuid && report?.gpus.find((one) => one.uuid?.endsWith(uuid));
    const gpu = named || report?.gpus.find((one) => one.index === index);
    return report && gpu ? ownersOf(report, gpu) : [];
  };
}

function existence({ prefix, manager, pythonVersion, error }: Environment): Check {
  const where = `${manager}, ${boundedText(prefix)}`;
  if (error) return { name: "environment", status: "failed", message: `${where}: ${boundedText(error.message, 300)}` };
  const python = pythonVersion === undefined ? "" : `, Python ${boundedText(pythonVersion, 20)}`;
  return { name: "environment", status: "ok", message: `${where}${python}` };
}

const grades = { works: "ok", limited: "warning", unknown: "warning", fails: "failed" } as const;

function judgement({ subject, grade, why, fix }: Verdict): Check {
  return {
    name: boundedText(subject, 80),
    status: grades[grade],
    message: boundedText(fix ? `${why} ${fix}` : why, 800),
  };
}

const outcomes = { works: "ok", missing: "warning", "not tried": "skipped", fails: "failed" } as const;

function trial({ step, outcome, words, detail }: SelfTestStep): Check {
  const status = outcomes[outcome];
  // What nothing is known about is told in the framework's own words already.
  const adds = status === "failed" && detail !== undefined && !words.includes(detail);
  return { name: step, status, message: adds ? `${words} (${detail})` : words };
}
