import * as vscode from "vscode";
import type { App } from "../../app";
import type { HostLease } from "../../core/connections";
import type { Forward } from "../../core/forwards/forward";
import { listListeners } from "../../core/forwards/listeners";
import { targetName } from "../../core/forwards/target";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { sentence } from "../../core/words";
import { registerCommand, setContext } from "../../platform/commands";
import { hostOf, pickHost } from "../hosts/commands";
import { sameHost } from "../hosts/hostBook";
import type { HostNode } from "../hosts/hostTree";
import { pickTarget } from "./pickTarget";
import { portWords } from "./portWords";
import { type TargetChoice, targetGroups } from "./targetChoices";

/** A row of the tree, a host, or nothing (from the palette: then the person picks). */
type PortArgument = HostNode | HostRef | undefined;

/** Forwarded ports: open, look at in the browser, copy, stop. They end with the window. */
export function registerPorts(app: App): Disposable {
  const store = new DisposableStore();
  const { forwards } = app.engine;
  store.add(
    registerCommand(app.log, "tensorline.forwardPort", async (argument: PortArgument) => {
      const host = hostOf(argument) ?? (await pickHost(app));
      if (host) await forwardPort(app, host);
    }),
  );
  const works = ({ state }: Forward) => state.kind !== "failed";
  const on = (id: `tensorline.${string}`, fits: (forward: Forward) => boolean, run: (forward: Forward) => unknown) =>
    store.add(
      registerCommand(app.log, id, async (argument: PortArgument) => {
        const forward = forwardOf(argument) ?? (await pickForward(forwards.list().filter(fits)));
        if (forward) await run(forward);
      }),
    );
  on("tensorline.openForwardedPort", works, openInBrowser);
  on("tensorline.copyForwardedAddress", works, copyAddress);
  on(
    "tensorline.stopForward",
    () => true,
    ({ id }) => forwards.stop(id),
  );
  store.add(forwards.onChange(() => setContext("tensorline.hasForwards", forwards.list().length > 0)));
  store.add(sayWhatFailed(app));
  return store;
}

async function forwardPort(app: App, host: HostRef): Promise<void> {
  const { connections, forwards, state } = app.engine;
  const lease = connections().acquire(host);
  const given = new AbortController();
  try {
    if (state(host).kind === "offline") connections().retry(host);
    await connected(lease, given);
    const choice = await pickTarget(host.name, offers(app, lease, given.signal));
    if (!choice) return;
    const forward = await forwards.open({ host, ...choice, localPort: localPort(app, host, choice) }, given.signal);
    void announce(forward);
  } finally {
    given.abort();
    lease.dispose();
  }
}

/** The port to try first. A demo host is this computer: its port and the forwarded one must not be the same. */
function localPort(app: App, host: HostRef, { target, localPort = target.port }: TargetChoice): number {
  const isDemo = app.book.demoEntries().some(({ ref }) => sameHost(ref, host));
  return isDemo && localPort === target.port ? localPort + 1 : localPort;
}

/** Waits for the connection; where that takes a while it is shown and can be cancelled. */
async function connected(lease: HostLease, given: AbortController): Promise<void> {
  const connecting = lease.connected(given.signal);
  const wait = 300;
  const isQuick = await Promise.race([
    connecting.then(() => true),
    new Promise<false>((resolve) => setTimeout(() => resolve(false), wait)),
  ]);
  if (isQuick) return;
  await vscode.window.withProgress(
    { location: vscode.ProgressLocation.Notification, cancellable: true, title: `Connecting to ${lease.host.name}` },
    async (_progress, token) => {
      token.onCancellationRequested(() => given.abort());
      await connecting;
    },
  );
}

/** What can be offered for the host. What cannot be read, as where there is no /proc, is not offered. */
async function offers(app: App, lease: HostLease, signal: AbortSignal) {
  const { host } = lease;
  const nothing = (what: string) => (error: unknown) => {
    if (!signal.aborted) app.log.info(`${host.name}: ${what} could not be read (${String(error)})`);
    return [];
  };
  const [listeners, configured] = await Promise.all([
    lease
      .connected(signal)
      .then((runner) => runner.run(listListeners, signal))
      .catch(nothing("open ports")),
    app.engine.connections().configuredForwards(host, signal).catch(nothing("the ssh config's forwards")),
  ]);
  return targetGroups({ host: host.name, listeners, configured, forwards: app.engine.forwards.list(host) });
}

async function announce(forward: Forward): Promise<void> {
  const open = "Open in Browser";
  const copy = "Copy Address";
  const answer = await vscode.window.showInformationMessage(
    `Port ${targetName(forward.target)} of ${forward.host.name} is forwarded to localhost:${forward.localPort}.`,
    open,
    copy,
  );
  if (answer === open) await openInBrowser(forward);
  else if (answer === copy) await copyAddress(forward);
}

async function openInBrowser({ localPort }: Forward): Promise<void> {
  await vscode.env.openExternal(vscode.Uri.parse(`http://localhost:${localPort}/`));
}

/** In the extension host of a remote window the port is one of that machine, which VS Code brings to this one. */
async function copyAddress({ localPort }: Forward): Promise<void> {
  const local = `localhost:${localPort}`;
  const isElsewhere =
    vscode.env.remoteName !== undefined &&
    vscode.extensions.getExtension("tensorline.tensorline")?.extensionKind === vscode.ExtensionKind.Workspace;
  const address = isElsewhere
    ? (await vscode.env.asExternalUri(vscode.Uri.parse(`http://${local}/`))).toString(true)
    : local;
  await vscode.env.clipboard.writeText(address);
}

function forwardOf(argument: PortArgument): Forward | undefined {
  return argument && "kind" in argument && argument.kind === "forward" ? argument.forward : undefined;
}

async function pickForward(forwards: readonly Forward[]): Promise<Forward | undefined> {
  if (forwards.length < 2) return forwards[0];
  const picked = await vscode.window.showQuickPick(
    forwards.map((forward) => ({ label: portWords(forward).label, description: forward.host.name, forward })),
    { title: "Which forwarded port?" },
  );
  return picked?.forward;
}

/** Says once why a forward ended by itself: whoever waits for it in a browser does not see the tree. */
function sayWhatFailed(app: App): Disposable {
  const said = new Set<number>();
  return app.engine.forwards.onChange((host) => {
    for (const { id, state, target } of app.engine.forwards.list(host)) {
      if (state.kind !== "failed" || said.has(id)) continue;
      said.add(id);
      void vscode.window.showErrorMessage(
        `Port ${targetName(target)} is no longer forwarded: ${sentence(state.problem)}`,
      );
    }
  });
}
