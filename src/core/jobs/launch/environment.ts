import { posix } from "node:path";
import type { Environment, Toolkit } from "../../../shared/environments";
import type { JobSettings } from "../../../shared/jobSettings";
import { findEnvironment } from "../../environments/findEnvironment";
import { noOverlay, type Overlay } from "../../environments/overlay";
import { Failure } from "../../failure";
import type { HostRef } from "../../ports";
import type { LauncherDeps } from "./ports";
import { unusable } from "./settings";

/** The Python that a job gets. */
export interface JobEnvironment {
  readonly overlay: Overlay;
  /** Its program on the PATH that the overlay makes. */
  readonly python: string;
  /** For people. */
  readonly name?: string;
}

/**
 * Finds what the settings name, else what the person chose for the host. The host is looked at only where it is not known.
 * @throws Failure `environmentUnknown`, `environmentAmbiguous`, `environmentBroken`, `jobUnusable` for the toolkit
 */
export async function environmentFor(
  { environments, chosen }: Pick<LauncherDeps, "environments" | "chosen">,
  host: HostRef,
  settings: JobSettings,
  signal: AbortSignal,
): Promise<JobEnvironment> {
  const choice = chosen?.(host) ?? {};
  const environment = settings.environment === undefined ? choice.environment : await named(settings.environment);
  const toolkit = settings.toolkit === undefined ? undefined : await toolkitNamed(settings.toolkit);
  if (environment?.error)
    throw new Failure({ reason: "environmentBroken", name: environment.name, detail: environment.error.message });
  // Debian and others have no `python` of their own.
  const python = environment === undefined ? "python3" : posix.basename(environment.interpreter ?? "python");
  if (!environment && !toolkit) return { overlay: noOverlay, python };
  const overlay = environments.parts().overlay(environment, toolkit);
  return { overlay, python, ...(environment ? { name: environment.name } : {}) };

  async function named(name: string): Promise<Environment> {
    if (choice.environment && [choice.environment.name, choice.environment.prefix].includes(name))
      return choice.environment;
    const known = environments.state(host).survey?.report.environments.filter((one) => isNamed(one, name)) ?? [];
    const all =
      known.length > 0 ? known : ((await environments.refresh(host, signal)).survey?.report.environments ?? []);
    return findEnvironment(all, host.name, name);
  }

  async function toolkitNamed(version: string): Promise<Toolkit> {
    const find = (toolkits: readonly Toolkit[] = []) =>
      toolkits.find((toolkit) => toolkit.version === version) ??
      toolkits.find((toolkit) => toolkit.version.startsWith(`${version}.`));
    const found =
      find([...(choice.toolkit ? [choice.toolkit] : []), ...(environments.state(host).toolkits?.toolkits ?? [])]) ??
      find((await environments.refresh(host, signal)).toolkits?.toolkits);
    if (found) return found;
    throw unusable(settings, `${host.name} has no toolkit ${version}`);
  }
}

const isNamed = ({ name, prefix }: Environment, wanted: string): boolean => name === wanted || prefix === wanted;
