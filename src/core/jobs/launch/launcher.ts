import type { JobSettings } from "../../../shared/jobSettings";
import { Failure, isFailure } from "../../failure";
import type { HostRef } from "../../ports";
import { quoteArgv, type Runner } from "../../remote";
import { describe } from "../../words";
import { backendOf } from "../backends";
import { fitsNow, type GpuOutlook } from "../gpus/outlook";
import type { GpuWish, JobRequest } from "../request";
import { scriptText } from "../script";
import { chooseHost } from "./chooseHost";
import { type Comparison, calledProgram, compareCode, linkedPaths, syncNumbers } from "./code";
import { commandLine, type Program, shownCommand } from "./command";
import { environmentFor } from "./environment";
import { keepLaunch } from "./keptLaunch";
import type { CodePlace, Launcher, LaunchOptions, LaunchPlan, LaunchProgress } from "./launch";
import type { LauncherDeps } from "./ports";
import { sendCode } from "./sendCode";
import {
  gpuCount,
  gpuWish,
  jobName,
  launcherOf,
  schedulerWish,
  settingsFault,
  splitArguments,
  timeLimitSeconds,
  unusable,
} from "./settings";
import { leftOutWords, summaryLine } from "./summary";
import { type Target, targetOf } from "./target";
import { createWorkTrees, workTreeName } from "./workTree";

/** Nothing is connected or read before it is asked for. */
export function createLauncher(deps: LauncherDeps): Launcher {
  /** What a plan has seen of the files, as long as somebody holds that plan. */
  const comparisons = new WeakMap<LaunchPlan, Comparison>();
  const findTree = createWorkTrees();

  async function plan(settings: JobSettings, place: CodePlace, options: LaunchOptions): Promise<LaunchPlan> {
    const { signal } = options;
    const say = (step: LaunchProgress["step"]) => options.onProgress?.({ step });
    const fault = settingsFault(settings);
    if (fault !== undefined) throw unusable(settings, fault);
    const words = splitArguments(settings);
    const target = targetOf(settings, place, deps.client.os);
    let wish = gpuWish(settings);
    say("connecting");
    const chosen = await hostFor(settings, place, wish, signal);
    const { host } = chosen;
    const lease = deps.acquire(host);
    try {
      const runner = await lease.connected(signal);
      say("looking at GPUs");
      const looking = lookAtGpus(settings, host, wish, chosen.outlook, options);
      const finding = environmentFor(deps, host, settings, signal);
      const comparing = target.isSynced ? compare(runner, place.folder, say, signal) : undefined;
      const [gpus, environment, comparison] = await allOf(looking, finding, comparing);
      if (gpus.none) wish = { kind: "none" };
      const program = await programOf(settings, target, comparison, words, environment.python, wish);
      const request = requestOf({ settings, place, host, target, comparison, program, environment, wish });
      const refusal = backendOf(request.backend)?.refuse?.(request);
      if (refusal) throw new Failure(refusal);
      const sync = comparison && syncNumbers(comparison);
      const made: LaunchPlan = {
        host,
        settings,
        place,
        request,
        secrets: settings.secrets ?? [],
        ...(sync ? { sync } : {}),
        ...(gpus.outlook ? { gpus: gpus.outlook } : {}),
        script: scriptText(request),
        command: quoteArgv(shownCommand(program)),
        summary: summaryLine({
          host: host.name,
          wish,
          outlook: gpus.outlook,
          sync,
          environment: environment.name,
        }),
        cautions: [...gpus.cautions, ...(comparison ? codeCautions(comparison) : [])],
      };
      if (comparison) comparisons.set(made, comparison);
      return made;
    } finally {
      lease.dispose();
    }
  }

  async function run(
    plan: LaunchPlan,
    values: Readonly<Record<string, string>>,
    { signal, onProgress }: LaunchOptions,
  ): ReturnType<Launcher["run"]> {
    const missing = plan.secrets.find((name) => !Object.hasOwn(values, name));
    if (missing !== undefined) throw new Failure({ reason: "secretMissing", name: missing });
    const secrets = Object.fromEntries(plan.secrets.map((name) => [name, values[name] ?? ""]));
    const say = (progress: LaunchProgress) => onProgress?.(progress);
    const { host, request, place } = plan;
    const submit = (snapshot: JobRequest["snapshot"]) => {
      say({ step: snapshot ? "keeping a snapshot" : "submitting" });
      return deps.jobs.submit(host, { ...request, secrets, ...(snapshot ? { snapshot } : {}) }, signal);
    };
    if (!request.snapshot) return submit(undefined);
    const name = await treeName(place.folder);
    // By its name alone: hosts may share their homes, and one host may have several names.
    return deps.clientState.alone(name, signal, async (syncs) => {
      say({ step: "connecting" });
      const lease = deps.acquire(host);
      try {
        const runner = await lease.connected(signal);
        const seen = comparisons.get(plan);
        const tree = await findTree(runner, name, signal);
        const sent = await sendCode(deps, { runner, folder: place.folder, tree, name, seen, syncs, say, signal });
        // The work tree stays locked until the host has its snapshot.
        return await submit({ from: sent.tree.path, linked: linkedPaths(sent) });
      } finally {
        lease.dispose();
      }
    });
  }

  const treeName = async (folder: string) => workTreeName(await deps.clientState.id(), folder, deps.client.os);

  async function compare(
    runner: Runner,
    folder: string,
    say: (step: LaunchProgress["step"]) => void,
    signal: AbortSignal,
  ): Promise<Comparison> {
    const name = await treeName(folder);
    say("comparing files");
    const tree = await findTree(runner, name, signal);
    return compareCode(deps, runner, { folder, tree, look: true }, signal);
  }

  async function hostFor(settings: JobSettings, place: CodePlace, wish: GpuWish, signal: AbortSignal) {
    if (settings.host !== undefined) return { host: deps.hostNamed(settings.host) };
    if (place.kind === "host") throw unusable(settings, "its code is on a host, but nothing says on which");
    return chooseHost(deps, settings, wish, signal);
  }

  async function lookAtGpus(
    settings: JobSettings,
    host: HostRef,
    wish: GpuWish,
    known: GpuOutlook | undefined,
    { signal, quick }: LaunchOptions,
  ): Promise<{ readonly outlook?: GpuOutlook; readonly none?: true; readonly cautions: readonly string[] }> {
    const schedules = backendOf(settings.backend ?? defaultBackend)?.schedules === true;
    if (wish.kind === "none" || wish.kind === "given" || schedules) return { cautions: [] };
    // The host's own queue decides; that it has GPUs at all is known to who asked for some.
    if (quick && !known && wish.queue && settings.gpus !== undefined) return { cautions: [] };
    // Nobody asked for GPUs: then a host without any is as good.
    const maybeNone = (why: string) =>
      settings.gpus === undefined
        ? { none: true as const, cautions: [`The job gets no GPU. ${why}`] }
        : { cautions: [why] };
    const found = known ?? (await deps.outlook(host, wish, signal).catch(failureOf));
    if (isFailure(found)) {
      if (signal.aborted) throw found;
      return maybeNone(describe(found.problem).message);
    }
    if (found.impossible) {
      if (settings.gpus === undefined) return maybeNone(found.sentence);
      throw new Failure({ reason: "noHostFits", hosts: [host.name], detail: found.sentence });
    }
    const waits = !fitsNow(found);
    if (waits && wish.kind === "any" && !wish.queue) throw gpusTaken(host, found);
    return { outlook: found, cautions: waits ? [found.sentence] : [] };
  }

  function requestOf(parts: {
    readonly settings: JobSettings;
    readonly place: CodePlace;
    readonly host: HostRef;
    readonly target: Target;
    readonly comparison: Comparison | undefined;
    readonly program: Program;
    readonly environment: Awaited<ReturnType<typeof environmentFor>>;
    readonly wish: GpuWish;
  }): JobRequest {
    const { settings, place, host, target, comparison, program, environment, wish } = parts;
    const seconds = timeLimitSeconds(settings);
    const scheduler = schedulerWish(settings);
    const hook = settings.tensorHook === false ? undefined : deps.hookName?.();
    const kept = keepLaunch({ settings: { ...settings, host: host.name }, place });
    return {
      id: deps.randomId(),
      name: jobName(settings),
      backend: settings.backend ?? defaultBackend,
      argv: commandLine(program),
      ...(program.launcher === "processes" ? { command: quoteArgv(shownCommand(program)) } : {}),
      folder: target.folder,
      overlay: environment.overlay,
      ...(environment.name === undefined ? {} : { environment: environment.name }),
      variables: settings.variables ?? {},
      secrets: {},
      gpus: wish,
      ...(seconds === undefined ? {} : { timeLimitSeconds: seconds }),
      ...(comparison ? { snapshot: { from: comparison.tree.path, linked: linkedPaths(comparison) } } : {}),
      ...(hook === undefined ? {} : { hook }),
      ...(scheduler ? { scheduler } : {}),
      ...(kept === undefined ? {} : { settings: kept }),
    };
  }

  return { plan, run };
}

const defaultBackend = "process";

async function programOf(
  settings: JobSettings,
  target: Target,
  comparison: Comparison | undefined,
  words: readonly string[],
  python: string,
  wish: GpuWish,
): Promise<Program> {
  const called = comparison ? await calledProgram(target, settings, comparison) : { name: target.name, before: [] };
  const [first = called.name, ...rest] = [...called.before, called.name];
  return {
    launcher: launcherOf(settings),
    kind: target.kind,
    name: first,
    arguments: [...rest, ...words],
    python,
    processes: settings.processes ?? (gpuCount(wish) || 1),
  };
}

function codeCautions({ tree, upload }: Comparison): readonly string[] {
  const newer = upload.newerOnHost.length;
  return [
    ...(newer === 0
      ? []
      : [
          `${newer === 1 ? "1 file was" : `${newer} files were`} changed on the host later than here, and will be replaced there.`,
        ]),
    ...(tree.isRoot
      ? ["You are root there: nothing keeps a program from changing the files of this and other jobs."]
      : []),
    ...leftOutWords(upload.warnings),
  ];
}

function failureOf(error: unknown): Failure {
  if (isFailure(error)) return error;
  throw error;
}

function gpusTaken(host: HostRef, { wanted, chosen, held }: GpuOutlook): Failure {
  const words = held.map(({ gpu, users, why }) => `GPU ${gpu.index}: ${users.length > 0 ? users.join(", ") : why}`);
  return new Failure({
    reason: "gpusTaken",
    host: host.name,
    wanted,
    free: chosen.length,
    held: words.join("; "),
  });
}

/** All of them, or the first failure once nothing of it goes on. */
async function allOf<A, B, C>(a: Promise<A>, b: Promise<B>, c: Promise<C> | undefined): Promise<[A, B, C | undefined]> {
  await Promise.allSettled([a, b, c]);
  return Promise.all([a, b, c]);
}
