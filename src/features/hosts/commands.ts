import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostLease } from "../../core/connections";
import { problemOf } from "../../core/failure";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import { registerCommand } from "../../platform/commands";
import { parseHostName } from "../../ssh/hostName";
import { explainHostKey } from "./hostKey";
import type { HostNode } from "./hostTree";
import type { KeptConnections } from "./register";
import { createHostTerminal } from "./terminal";

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
    vscode.window.createTerminal(createHostTerminal(() => engine.connections().acquire(host))).show();
  });
  on("tensorline.copyHostName", (host) => vscode.env.clipboard.writeText(host.name));
  on("tensorline.pinHost", (host) => book.pin(host));
  on("tensorline.forgetHostKey", (host) => explainHostKey(app, host));
  on("tensorline.removeHost", (host) => removeHost(app, kept, host));

  store.add(registerCommand(log, "tensorline.unpinHost", () => book.pin(undefined)));
  store.add(registerCommand(log, "tensorline.refreshHosts", () => book.refresh()));
  store.add(registerCommand(log, "tensorline.useSshConfig", () => openSshConfig(app)));
  store.add(
    registerCommand(log, "tensorline.addHost", async () => {
      const name = await vscode.window.showInputBox({
        title: "Add a host",
        prompt: "An alias of your ssh config, or user@name:port",
        placeHolder: "alice@gpu.example.org:2222",
        ignoreFocusOut: true,
        validateInput: (text) => invalidHostName(text.trim()),
      });
      if (!name) return;
      const host = await book.add(name.trim());
      await vscode.commands.executeCommand("tensorline.connect", host);
    }),
  );
  return store;
}

function invalidHostName(text: string): string | undefined {
  if (text === "") return "A name is needed, such as gpu1 or alice@gpu.example.org:2222.";
  try {
    parseHostName(text);
    return undefined;
  } catch (error) {
    return sentence(problemOf(error));
  }
}

function hostOf(argument: HostArgument): HostRef | undefined {
  if (!argument) return undefined;
  if (!("kind" in argument)) return argument;
  return "entry" in argument ? argument.entry.ref : undefined;
}

/** Asks for one of the known hosts; with none, offers to add one. */
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
    { title: "Which host?" },
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

async function removeHost(app: App, kept: KeptConnections, host: HostRef): Promise<void> {
  const remove = "Remove";
  const answer = await vscode.window.showWarningMessage(
    `Remove ${host.name} from Tensorline?`,
    { modal: true, detail: "Only this entry goes. Nothing on the host changes." },
    remove,
  );
  if (answer !== remove) return;
  kept.release(host);
  await app.book.remove(host.name);
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
