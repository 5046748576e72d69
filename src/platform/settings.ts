import * as vscode from "vscode";
import { clientFacts } from "../core/client";
import type { SurveyOptions } from "../core/environments/survey";
import type { Event } from "../core/event";
import { chosenConfigFile } from "../core/hostsFile/places";
import type { Settings } from "../core/ports";

/** Tensorline's settings, typed; read anew at each use. */
export interface EditorSettings extends Settings {
  hosts(): readonly string[];
  setHosts(hosts: readonly string[]): Thenable<void>;
  showConfigHosts(): boolean;
  /** Another ssh config than the user's own: by our setting, else by Remote-SSH's. */
  configFile(): string | undefined;
  /** Names of hosts that are not sampled by themselves. */
  gentleHosts(): readonly string[];
  setGentleHosts(hosts: readonly string[]): Thenable<void>;
  readonly onGentleHosts: Event<void>;
  /** Where environments are searched for on a host. */
  environmentPlaces(): Pick<SurveyOptions, "searchPaths" | "depth">;
  gpuBeatMs(): number;
  statusBarBeatMs(): number;
  /** As it stands in the settings: whoever uses it checks it. */
  jobPresets(): Readonly<Record<string, unknown>>;
  setJobPresets(presets: Readonly<Record<string, unknown>>): Thenable<void>;
  jobNotify(): "all" | "problems" | "none";
  /** Silence that is worth telling; undefined: none is. */
  jobStalledAfterMs(): number | undefined;
  jobSync(): boolean;
  jobRetentionDays(): number;
  jobBackend(): string;
  jobCodeLens(): boolean;
  readonly onJobCodeLens: Event<void>;
  /** Whether failures of tensors are explained in the terminal itself. */
  explainInTerminal(): boolean;
}

const section = () => vscode.workspace.getConfiguration("tensorline");

/** Only what the user set for all windows: a workspace may not choose an ssh config. */
const remoteSshConfigFile = (): unknown =>
  vscode.workspace.getConfiguration("remote.SSH").inspect("configFile")?.globalValue;

const strings = (value: unknown): string[] =>
  Array.isArray(value) ? value.filter((item): item is string => typeof item === "string" && item.trim() !== "") : [];

const bounded = (value: unknown, low: number, high: number, otherwise: number): number =>
  typeof value === "number" && Number.isFinite(value) ? Math.min(high, Math.max(low, value)) : otherwise;

export const editorSettings: EditorSettings = {
  hosts: () => strings(section().get("hosts")),
  setHosts: (hosts) => section().update("hosts", hosts, vscode.ConfigurationTarget.Global),
  showConfigHosts: () => section().get("ssh.showConfigHosts") !== false,
  gentleHosts: () => strings(section().get("gentleHosts")),
  setGentleHosts: (hosts) => section().update("gentleHosts", hosts, vscode.ConfigurationTarget.Global),
  onGentleHosts: (listener) =>
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tensorline.gentleHosts")) listener();
    }),
  environmentPlaces: () => ({
    searchPaths: strings(section().get("environments.searchPaths")),
    depth: bounded(section().get("environments.searchDepth"), 1, 8, 3),
  }),
  gpuBeatMs: () => bounded(section().get("gpu.intervalMilliseconds"), 100, 60_000, 1000),
  statusBarBeatMs: () => bounded(section().get("statusBar.intervalSeconds"), 5, 600, 30) * 1000,
  jobPresets() {
    const presets: unknown = section().get("jobs.presets");
    return typeof presets === "object" && presets !== null ? (presets as Record<string, unknown>) : {};
  },
  setJobPresets: (presets) => section().update("jobs.presets", presets, vscode.ConfigurationTarget.Global),
  jobNotify() {
    const chosen = section().get("jobs.notify");
    return chosen === "problems" || chosen === "none" ? chosen : "all";
  },
  jobStalledAfterMs() {
    const minutes = bounded(section().get("jobs.stalledAfterMinutes"), 0, 10_080, 30);
    return minutes === 0 ? undefined : minutes * 60_000;
  },
  explainInTerminal: () => section().get("tensors.explainInTerminal") !== false,
  jobSync: () => section().get("jobs.syncByDefault") !== false,
  // A hundred years are as good as for ever.
  jobRetentionDays: () => bounded(section().get("jobs.retentionDays"), 0, 3650, 30) || 36_500,
  jobBackend() {
    const chosen = section().get("jobs.defaultBackend");
    return typeof chosen === "string" && chosen !== "" ? chosen : "process";
  },
  jobCodeLens: () => section().get("jobs.codeLens") !== false,
  onJobCodeLens: (listener) =>
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tensorline.jobs.codeLens")) listener();
    }),
  configFile: () => chosenConfigFile([section().get("ssh.configFile"), remoteSshConfigFile()], clientFacts()),
  identityFiles: () => strings(section().get("ssh.identityFiles")),
  acceptNewHostKeys: () => false,
  sshTransport() {
    const chosen = section().get("ssh.transport");
    return chosen === "ssh2" || chosen === "system" ? chosen : "auto";
  },
  connectTimeoutMs: () => bounded(section().get("ssh.connectTimeoutSeconds"), 2, 300, 20) * 1000,
};
