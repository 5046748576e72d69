import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostLease } from "../../core/connections";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { openTerminal } from "../environments/terminals";
import { cleanUp } from "./cleanUp";
import { addHost, editHost, removeHost } from "./editor";
import { showHostTest } from "./editorForm";
import { testWithProgress } from "./editorTest";
import { sameHost } from "./hostBook";
import { explainHostKey } from "./hostKey";
import type { HostNode } from "./hostTree";
import { setUpKey } from "./keyLogin";
import type { KeptConnections } from "./register";

/** A tree row, a host, or nothing (from the palette: then the person picks). */
type HostArgument = HostNode | HostRef | undefined;

export function registerHostCommands(app: App, kept: KeptConnections): Disposable {
  const store = new DisposableStore();
  const { book, engine, log } = app;

  const on = (id: `tensorline.${string}`, run: (host: HostRef) => unknown) =>
    store.add(
      registerCommand(log, id, async (argument: HostArgument) => {
        const host = hostOf(argument) ?? (await pickHost(app));
        if (host) await run(host);
      }),
    );

  const forget = (host: HostRef) => {
    kept.release(host);
    engine.forwards.stopAll(host);
    if (sameHost(book.selected(), host)) book.select(undefined);
    if (sameHost(book.pinned(), host)) book.pin(undefined);
  };

  on("tensorline.connect", async (host) => {
    book.select(host);
    const lease = kept.connect(host);
    const { kind } = engine.state(host);
    if (kind === "offline" || kind === "reconnecting" || kind === "disconnected") engine.connections().retry(host);
    await connectWithProgress(app, lease);
  });
  on("tensorline.disconnect", (host) => {
    kept.release(host);
    engine.connections().disconnect(host);
  });
  on("tensorline.showHost", async (host) => {
    book.select(host);
    await vscode.commands.executeCommand("tensorline.gpu.focus", { preserveFocus: true });
  });
  on("tensorline.openTerminal", (host) => {
    openTerminal(app, host);
  });
  on("tensorline.copyHostName", (host) => vscode.env.clipboard.writeText(host.name));
  on("tensorline.pinHost", (host) => book.pin(host));
  on("tensorline.markLoginNode", ({ name }) => markGentle(app, name, true));
  on("tensorline.unmarkLoginNode", ({ name }) => markGentle(app, name, false));
  on("tensorline.forgetHostKey", (host) => explainHostKey(app, host));
  on("tensorline.editHost", (host) => (isDemo(app, host) ? sayDemo(host) : editHost(app, host)));
  on("tensorline.removeHost", async (host) => {
    if (isDemo(app, host)) await sayDemo(host);
    else if (await removeHost(app, host)) forget(host);
  });
  on("tensorline.cleanUpHost", (host) => cleanUp(app, host));
  on("tensorline.testHost", async (host) => showHostTest(host, await testWithProgress(app, host)));
  on("tensorline.setUpKeyLogin", (host) => (isDemo(app, host) ? sayDemo(host) : setUpKey(app, host)));

  store.add(registerCommand(log, "tensorline.unpinHost", () => book.pin(undefined)));
  store.add(registerCommand(log, "tensorline.refreshHosts", () => book.refresh()));
  store.add(registerCommand(log, "tensorline.useSshConfig", () => openSshConfig(app)));
  store.add(registerCommand(log, "tensorline.addHost", () => addHost(app)));
  return store;
}

const isDemo = (app: App, host: HostRef) => app.book.demoEntries().some(({ ref }) => sameHost(ref, host));

function sayDemo(host: HostRef): Thenable<unknown> {
  return vscode.window.showInformationMessage(
    `${host.name} is part of the demo fleet, which makes and removes its own hosts.`,
  );
}

/** The host that a row of the tree belongs to. */
export function hostOf(argument: HostArgument): HostRef | undefined {
  if (!argument) return undefined;
  if (!("kind" in argument)) return argument;
  return "entry" in argument ? argument.entry.ref : undefined;
}

/** Asks which host; with none there is, how to add one. */
export async function pickHost(app: App): Promise<HostRef | undefined> {
  const entries = [...(await app.book.entries()), ...app.book.demoEntries()];
  if (entries.length === 0) {
    await vscode.commands.executeCommand("tensorline.addHost");
    return undefined;
  }
  const picked = await vscode.window.showQuickPick(
    entries.map((entry) => ({
      label: entry.ref.name,
      description: entry.origin === "demo" ? "demo fleet" : "",
      entry,
    })),
    // It stays while one looks at a panel, and while an editor that closes passes the focus on.
    { title: "Which host?", ignoreFocusOut: true },
  );
  return picked?.entry.ref;
}

/** Shows what a connection attempt that takes long is doing, with Cancel. A short one shows nothing. */
async function connectWithProgress(app: App, lease: HostLease): Promise<void> {
  const { host } = lease;
  const aborted = new AbortController();
  await vscode.window.withProgress(
    { location: { viewId: "tensorline.hosts" }, cancellable: true, title: `Connecting to ${host.name}` },
    async (_progress, token) => {
      token.onCancellationRequested(() => aborted.abort());
      try {
        await lease.connected(aborted.signal);
      } catch (error) {
        if (aborted.signal.aborted) app.engine.connections().disconnect(host);
        throw error;
      }
    },
  );
}

async function markGentle({ settings }: App, name: string, isGentle: boolean): Promise<void> {
  const others = settings.gentleHosts().filter((host) => host !== name);
  await settings.setGentleHosts(isGentle ? [...others, name] : others);
}

async function openSshConfig(app: App): Promise<void> {
  const { join } = await import("node:path");
  const { homedir } = await import("node:os");
  const file = vscode.Uri.file(app.settings.configFile() ?? join(homedir(), ".ssh", "config"));
  try {
    await vscode.window.showTextDocument(file);
  } catch {
    await vscode.window.showTextDocument(file.with({ scheme: "untitled" }));
  }
  app.book.refresh();
}
