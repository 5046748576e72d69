import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { registerEnvironmentCommands } from "./commands";
import { EnvironmentTree } from "./environmentTree";
import { registerReports } from "./reports";
import type { EnvironmentNode } from "./rows";
import { rowsDeps } from "./rowsDeps";

/** The Environments view and what can be done in it. */
export function registerEnvironments(app: App): Disposable {
  const store = new DisposableStore();
  const { book, engine, selections } = app;
  const tree = new EnvironmentTree(book, rowsDeps(app));
  const view = store.add(
    vscode.window.createTreeView<EnvironmentNode>("tensorline.environments", {
      treeDataProvider: tree,
      showCollapseAll: true,
    }),
  );
  store.add(book.onChange(() => tree.refresh()));
  store.add(engine.environments.onChange((host) => tree.changed(host)));
  store.add(selections.onChange((host) => tree.changed(host)));
  store.add(lookAtUnfolded(app, view, tree));
  store.add(registerReports());
  store.add(registerEnvironmentCommands(app));
  return store;
}

/** A host is connected and read while its row is unfolded and the view is visible. */
function lookAtUnfolded(app: App, view: vscode.TreeView<EnvironmentNode>, tree: EnvironmentTree): Disposable {
  const store = new DisposableStore();
  const { engine } = app;
  const unfolded = new Map<string, HostRef>();
  const looks = new Map<string, Disposable>();
  const follow = () => {
    for (const [id, host] of unfolded) {
      if (view.visible && !looks.has(id)) looks.set(id, engine.environments.look(host));
    }
    for (const [id, look] of looks) {
      if (view.visible && unfolded.has(id)) continue;
      look.dispose();
      looks.delete(id);
    }
  };
  store.add(
    view.onDidExpandElement(({ element }) => {
      if (element.kind !== "host") return;
      unfolded.set(hostId(element.host), element.host);
      follow();
    }),
  );
  store.add(
    view.onDidCollapseElement(({ element }) => {
      if (element.kind !== "host") return;
      unfolded.delete(hostId(element.host));
      follow();
    }),
  );
  store.add(view.onDidChangeVisibility(follow));
  store.add(
    engine.onState(({ host, state }) => {
      tree.changed(host);
      const { survey, problem, isReading } = engine.environments.state(host);
      const isWanting = looks.has(hostId(host)) && !isReading && (!survey || problem !== undefined);
      const isBack = state.kind === "connected" && isWanting;
      // The row says what went wrong.
      if (isBack) engine.environments.refresh(host, new AbortController().signal).catch(() => undefined);
    }),
  );
  store.add(
    toDisposable(() => {
      for (const look of looks.values()) look.dispose();
      looks.clear();
    }),
  );
  return store;
}
