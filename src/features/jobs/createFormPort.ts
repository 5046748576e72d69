import { Emitter } from "../../core/event";
import { firstReport } from "../../core/gpu/firstReport";
import { shortGpuName } from "../../core/gpu/summary";
import { DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { Gpu, GpuReport } from "../../shared/gpu";
import { isFree, ownersOf } from "../../shared/gpuUse";
import type { Choice } from "../../shared/jobForm";
import { wordsOf } from "../environments/rows";
import { rowsDeps } from "../environments/rowsDeps";
import { switchable, toolkitName } from "../environments/toolkitWords";
import type { RunTarget } from "./codeTarget";
import { hostNamed } from "./createParts";
import type { JobsFeature } from "./feature";
import type { JobFormPort } from "./formPort";
import { submitPlan, withDefaults } from "./launch";
import { readPresets, savePreset } from "./presets";
import { enterSecret, missingSecrets } from "./secrets";

/** What the form shows and does for one file. */
export async function createFormPort(feature: JobsFeature, target: RunTarget): Promise<JobFormPort> {
  const { app, parts, remembered } = feature;
  const changed = new Emitter<void>();
  let hosts = await hostChoices(feature);
  let { presets } = await readPresets(feature);
  const settings = withDefaults(app, target);
  return {
    file: settings.name ?? settings.program,
    place: target.place.kind,
    settings,
    hosts: () => hosts,
    onChange(listener) {
      const store = new DisposableStore();
      store.add(
        app.book.onChange(async () => {
          hosts = await hostChoices(feature);
          changed.fire();
        }),
      );
      store.add(changed.event(listener));
      return store;
    },
    presets: () => presets.map(({ name, settings: preset }) => ({ name, settings: preset })),
    choices: (host, signal) => choicesOf(feature, host, signal),
    plan: (chosen, signal) => parts.launcher().plan(chosen, target.place, { signal }),
    missingSecrets: (names) => missingSecrets(app.jobSecrets, names),
    async enterSecret(name) {
      await enterSecret(app.jobSecrets, name);
    },
    async run(plan, { signal, onProgress }) {
      const job = await submitPlan(feature, target.key, plan, signal, onProgress);
      parts.openPanel(plan.host, job);
    },
    async savePreset(chosen) {
      await savePreset(feature, chosen);
      ({ presets } = await readPresets(feature));
      changed.fire();
    },
    remember: (chosen) => void remembered.remember(target.key, chosen),
  };
}

/** Where jobs ran last stands first, then what is connected. */
async function hostChoices({ app, remembered }: JobsFeature): Promise<readonly Choice[]> {
  const entries = [...(await app.book.entries()), ...app.book.demoEntries()];
  const last = remembered.lastHosts();
  const rank = ({ name }: HostRef) => (last.indexOf(name) + 1 || last.length + 1) * 2;
  const isOn = (ref: HostRef) => app.engine.state(ref).kind === "connected";
  return entries
    .map(({ ref }) => ref)
    .sort((a, b) => rank(a) - Number(isOn(a)) - (rank(b) - Number(isOn(b))))
    .map((ref) => {
      const sample = isOn(ref) ? app.engine.gpus.latest(ref) : undefined;
      const detail = sample ? freeText(sample.report) : isOn(ref) ? "connected" : undefined;
      return { value: ref.name, label: ref.name, ...(detail === undefined ? {} : { detail }) };
    });
}

function freeText(report: GpuReport): string {
  const free = report.gpus.filter((gpu) => isFree(gpu, report)).length;
  return report.gpus.length === 0 ? "no GPUs" : `${free} of ${report.gpus.length} free`;
}

/** @throws Failure where the host cannot be reached */
async function choicesOf(
  feature: JobsFeature,
  name: string | undefined,
  signal: AbortSignal,
): ReturnType<JobFormPort["choices"]> {
  const { app, parts } = feature;
  const backends = parts.backends().map(({ id, label, hint, schedules }) => ({
    value: id,
    label,
    detail: hint,
    isScheduler: schedules === true,
  }));
  if (name === undefined) return { environments: [], toolkits: [], gpus: [], backends };
  const host = hostNamed(app, name);
  const known = app.engine.environments.state(host);
  const [found, report] = await Promise.all([
    known.survey ? known : app.engine.environments.refresh(host, signal),
    // A host without GPUs, or without their tool, runs jobs all the same.
    app.engine.gpus.latest(host)?.report ?? firstReport(app.engine.gpus, host, signal).catch(() => undefined),
  ]);
  const environments = (found.survey?.report.environments ?? []).map((environment) => {
    const { label, description } = wordsOf({ host, kind: "environment", environment }, rowsDeps(app));
    return { value: environment.name, label, detail: description };
  });
  const toolkits = found.toolkits ? switchable(found.toolkits) : [];
  const chosen = app.selections.environment(host, "jobs")?.name;
  return {
    ...(chosen === undefined ? {} : { environment: chosen }),
    environments,
    toolkits: toolkits.map((toolkit) => ({ value: toolkit.version, label: toolkitName(toolkit) })),
    gpus: (report?.gpus ?? []).map((gpu) => gpuChoice(gpu, report)),
    backends,
  };
}

function gpuChoice(gpu: Gpu, report: GpuReport | undefined): Choice {
  const users = report ? ownersOf(report, gpu) : [];
  const detail = report && isFree(gpu, report) ? "free" : users.length > 0 ? users.join(", ") : "in use";
  return { value: String(gpu.index), label: `GPU ${gpu.index} ${shortGpuName(gpu.name) ?? ""}`.trim(), detail };
}
