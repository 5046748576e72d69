import { join } from "node:path";
import * as vscode from "vscode";
import { clientFacts, storageFolder } from "./core/client";
import { systemClock } from "./core/clock";
import type { GpuModule } from "./core/gpu";
import type { LaunchParts } from "./core/jobs/launchParts";
import { type Disposable, DisposableStore } from "./core/lifecycle";
import type { ClientFacts, HostRef } from "./core/ports";
import type { TensorParts } from "./core/tensors";
import type { TransferDeps } from "./core/transfer/transfer";
import type { Transfers } from "./core/transfer/transfers";
import {
  createEngine,
  type Engine,
  type EnvironmentsModule,
  type JobsModule,
  type SshModule,
  systemSshParts,
} from "./engine";
import { createSelections, type Selections } from "./features/environments/selections";
import { createPaintTimes, type PaintTimes } from "./features/gpu/paintTimes";
import { createDemo, type Demo } from "./features/hosts/demo";
import { createHostBook, type HostBook } from "./features/hosts/hostBook";
import { createEditorLog, type EditorLog } from "./platform/log";
import { editorPrompts } from "./platform/prompts";
import { createEditorSecrets, type EditorSecrets } from "./platform/secrets";
import { type EditorSettings, editorSettings } from "./platform/settings";
import { workspaceFolders } from "./platform/workspace";
import { configuredHosts } from "./ssh/builtinConfig";

/** What moves files, loaded at the first transfer. */
interface TransferModule {
  createTransfers(deps: TransferDeps): Transfers;
}

/** What launches jobs and reads their output, in the bundle of jobs. */
interface JobLaunchModule {
  readonly launchParts: LaunchParts;
}

/** What explains failures of tensors. */
interface TensorModule {
  readonly tensorParts: TensorParts;
}

/** What features stand on. Built without I/O; passed to each feature's `register`. */
export interface App extends Disposable {
  readonly context: vscode.ExtensionContext;
  readonly engine: Engine;
  readonly book: HostBook;
  readonly demo: Demo;
  /** Which environments and toolkits the person chose. */
  readonly selections: Selections;
  /** Loads what moves files. */
  transfers(): Transfers;
  /** Loads what runs jobs. */
  launchParts(): LaunchParts;
  /** Loads what explains failures of tensors. */
  tensorParts(): TensorParts;
  readonly settings: EditorSettings;
  readonly secrets: EditorSecrets;
  /** Values that jobs get by name. */
  readonly jobSecrets: EditorSecrets;
  readonly log: EditorLog;
  readonly client: ClientFacts;
  /** Folder on the client for what Tensorline keeps; made by whoever writes first. */
  readonly storageDir: string;
  /** How quickly samples get painted, for the diagnostics. */
  readonly paintTimes: PaintTimes;
}

const pinnedKey = "tensorline.pinnedHost";

export function createApp(context: vscode.ExtensionContext): App {
  const store = new DisposableStore();
  const log = store.add(createEditorLog());
  const client = { ...clientFacts(), workspaceFolders };
  const storageDir = storageFolder(client);
  const secrets = createEditorSecrets(context.secrets, context.globalState, "ssh");
  const dist = (file: string) => join(context.extensionUri.fsPath, "dist", file);
  const engine = store.add(
    createEngine({
      client,
      storageDir,
      prompts: editorPrompts,
      secrets,
      settings: editorSettings,
      gentle: {
        includes: ({ name }) => editorSettings.gentleHosts().includes(name),
        onChange: editorSettings.onGentleHosts,
      },
      clock: systemClock,
      log,
      random: Math.random,
      systemSsh: systemSshParts(dist(".")),
      loadSsh: () => require(dist("ssh.cjs")) as SshModule,
      loadGpu: () => require(dist("gpu.cjs")) as GpuModule,
      loadEnvironments: () => require(dist("environments.cjs")) as EnvironmentsModule,
      loadJobs: () => require(dist("jobs.cjs")) as JobsModule,
      environmentPlaces: editorSettings.environmentPlaces,
      jobRetention: () => ({ days: editorSettings.jobRetentionDays(), newest: 100 }),
    }),
  );
  const book = createHostBook({
    configuredHosts: async () =>
      editorSettings.showConfigHosts() ? configuredHosts(editorSettings.configFile(), client) : [],
    configFile: editorSettings.configFile,
    addedHosts: editorSettings.hosts,
    setAddedHosts: editorSettings.setHosts,
    readPinned: () => context.globalState.get<HostRef>(pinnedKey),
    writePinned: (host) => void context.globalState.update(pinnedKey, host),
  });
  const demo = store.add(createDemo({ script: dist("demo.cjs"), book, log }));
  return {
    context,
    engine,
    book,
    demo,
    selections: createSelections(context.workspaceState, context.globalState),
    transfers: () => (require(dist("transfer.cjs")) as TransferModule).createTransfers({ client, clock: systemClock }),
    launchParts: () => (require(dist("jobs.cjs")) as JobLaunchModule).launchParts,
    tensorParts: () => (require(dist("tensors.cjs")) as TensorModule).tensorParts,
    settings: editorSettings,
    secrets,
    jobSecrets: createEditorSecrets(context.secrets, context.globalState, "job"),
    log,
    client,
    storageDir,
    paintTimes: createPaintTimes(Date.now),
    dispose: () => store.dispose(),
  };
}

/** Lets one feature fail without taking the others along. */
export function registerSafely(app: App, features: Readonly<Record<string, (app: App) => Disposable>>): Disposable {
  const store = new DisposableStore();
  for (const [name, register] of Object.entries(features)) {
    try {
      store.add(register(app));
    } catch (error) {
      app.log.error(`the feature "${name}" could not start`, error);
      void vscode.window.showErrorMessage(`Tensorline could not start its ${name}. Everything else works.`);
    }
  }
  return store;
}
