import * as vscode from "vscode";
import type { Event } from "../core/event";
import type { Settings } from "../core/ports";

/** Tensorline's settings, typed; read anew at each use. */
export interface EditorSettings extends Settings {
  hosts(): readonly string[];
  setHosts(hosts: readonly string[]): Thenable<void>;
  showConfigHosts(): boolean;
  /** Another ssh config than the user's own. */
  configFile(): string | undefined;
  /** Names of hosts that are not sampled by themselves. */
  gentleHosts(): readonly string[];
  setGentleHosts(hosts: readonly string[]): Thenable<void>;
  readonly onGentleHosts: Event<void>;
  gpuBeatMs(): number;
  statusBarBeatMs(): number;
}

const section = () => vscode.workspace.getConfiguration("tensorline");

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
  gpuBeatMs: () => bounded(section().get("gpu.intervalMilliseconds"), 100, 60_000, 1000),
  statusBarBeatMs: () => bounded(section().get("statusBar.intervalSeconds"), 5, 600, 30) * 1000,
  configFile: () => section().get<string>("ssh.configFile")?.trim() || undefined,
  identityFiles: () => strings(section().get("ssh.identityFiles")),
  acceptNewHostKeys: () => false,
  sshTransport() {
    const chosen = section().get("ssh.transport");
    return chosen === "ssh2" || chosen === "system" ? chosen : "auto";
  },
  connectTimeoutMs: () => bounded(section().get("ssh.connectTimeoutSeconds"), 2, 300, 20) * 1000,
};
