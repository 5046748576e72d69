import * as vscode from "vscode";
import type { App } from "../../app";
import { systemClock } from "../../core/clock";
import type { HostLease } from "../../core/connections";
import type { GpuWatch } from "../../core/gpu/watch";
import { type Disposable, DisposableStore, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { setContext } from "../../platform/commands";
import { registerHostCommands } from "./commands";
import { registerDemoCommands } from "./demoCommands";
import { type HostNode, HostTree } from "./hostTree";
import { offerLoginAgain } from "./loginAgain";

/** Milliseconds between samples of a host whose only viewer is the tree. */
const treeBeatMs = 10_000;

/** The Hosts tree, what can be done with a host, and the demo fleet. */
export function registerHosts(app: App): Disposable {
  const store = new DisposableStore();
  const { book, engine } = app;
  const tree = new HostTree({
    book,
    state: (host) => engine.state(host),
    latest: (host) => engine.gpus.latest(host),
    isGentle: (host) => app.settings.gentleHosts().includes(host.name),
    forwards: (host) => engine.forwards.list(host),
    isDemoRecorded: () => app.demo.running()?.recorded === true,
    now: Date.now,
  });
  const view = store.add(
    vscode.window.createTreeView<HostNode>("tensorline.hosts", { treeDataProvider: tree, showCollapseAll: false }),
  );
  store.add(book.onChange(() => tree.refresh()));
  store.add(book.onChoice(() => tree.repaint()));
  store.add(watchWhatIsSeen(app, view, tree));
  store.add(engine.forwards.onChange((host) => tree.changed(host)));
  const kept = store.add(keepConnected(app));
  store.add(registerHostCommands(app, kept));
  store.add(
    offerLoginAgain({
      onState: engine.onState,
      state: engine.state,
      retry: (host) => engine.connections().retry(host),
      clock: systemClock,
      ask: askToLogIn,
    }),
  );
  store.add(registerDemoCommands(app));
  store.add(
    vscode.workspace.onDidChangeConfiguration((event) => {
      if (event.affectsConfiguration("tensorline") || event.affectsConfiguration("remote.SSH.configFile"))
        book.refresh();
    }),
  );
  setContext("tensorline.demoRunning", false);
  if (process.env.TENSORLINE_START_DEMO === "1") void vscode.commands.executeCommand("tensorline.tryDemo");
  return store;
}

async function askToLogIn(hosts: readonly HostRef[]): Promise<boolean> {
  const logIn = "Log In";
  const names = hosts.map(({ name }) => name);
  const all = names.length === 1 ? `${names[0]} needs` : `${names.slice(0, -1).join(", ")} and ${names.at(-1)} need`;
  const answer = await vscode.window.showInformationMessage(`${all} you to log in again.`, logIn);
  return answer === logIn;
}

/** The leases that "Connect" took and "Disconnect" gives back. */
export interface KeptConnections extends Disposable {
  connect(host: HostRef): HostLease;
  release(host: HostRef): void;
}

function keepConnected(app: App): KeptConnections {
  const leases = new Map<string, HostLease>();
  return {
    connect(host) {
      const id = hostId(host);
      const lease = leases.get(id) ?? app.engine.connections().acquire(host);
      leases.set(id, lease);
      return lease;
    },
    release(host) {
      leases.get(hostId(host))?.dispose();
      leases.delete(hostId(host));
    },
    dispose() {
      for (const lease of leases.values()) lease.dispose();
      leases.clear();
    },
  };
}

/** While the tree is visible, connected hosts are sampled slowly for their summary; nothing is connected for it. */
function watchWhatIsSeen(app: App, view: vscode.TreeView<HostNode>, tree: HostTree): Disposable {
  const store = new DisposableStore();
  const watches = new Map<string, GpuWatch>();
  const drop = (id: string) => {
    watches.get(id)?.dispose();
    watches.delete(id);
  };
  const dropAll = () => {
    for (const id of [...watches.keys()]) drop(id);
  };
  const follow = (host: HostRef) => {
    const id = hostId(host);
    const wanted = view.visible && app.engine.state(host).kind === "connected";
    if (!wanted) return drop(id);
    if (watches.has(id)) return;
    const watch = app.engine.gpus.watch(host, treeBeatMs);
    watch.onSample(() => tree.changed(host));
    watches.set(id, watch);
  };
  store.add(
    app.engine.onState(({ host }) => {
      follow(host);
      tree.changed(host);
    }),
  );
  store.add(
    view.onDidChangeVisibility(async ({ visible }) => {
      if (!visible) return dropAll();
      for (const { ref } of [...(await app.book.entries()), ...app.book.demoEntries()]) follow(ref);
    }),
  );
  store.add(toDisposable(dropAll));
  return store;
}
