import * as vscode from "vscode";
import type { App } from "../../app";
import { freeSummary } from "../../core/gpu/summary";
import type { GpuWatch } from "../../core/gpu/watch";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import { hostId } from "../../core/ports";
import { sameHost } from "../hosts/hostBook";
import { describeState } from "../hosts/stateWords";

/** The pinned host as one status-bar item, sampled seldom and only while the window has the focus. */
export function registerStatusBar(app: App): Disposable {
  const store = new DisposableStore();
  const item = store.add(vscode.window.createStatusBarItem("tensorline.pinned", vscode.StatusBarAlignment.Left));
  const watch = store.add(new MutableDisposable<GpuWatch>());
  item.name = "Tensorline: pinned host";

  const paint = () => {
    const host = app.book.pinned();
    if (!host) return item.hide();
    const state = app.engine.state(host);
    const sample = app.engine.gpus.latest(host);
    const isGentle = app.settings.gentleHosts().includes(host.name);
    const words = sample && state.kind === "connected" && !isGentle ? (freeSummary(sample.report) ?? "no GPUs") : "–";
    item.text = `$(circuit-board) ${host.name} ${words}`;
    item.tooltip = isGentle
      ? "login node, not sampled: click to open its GPU panel"
      : describeState(state, Date.now()) || "not connected: click to open its GPU panel";
    item.accessibilityInformation = { label: `${host.name}: ${words === "–" ? "unknown" : words}` };
    item.command = { command: "tensorline.openGpuPanel", title: "Open GPU Panel", arguments: [host] };
    item.show();
  };

  const follow = () => {
    const host = app.book.pinned();
    if (!host || !vscode.window.state.focused) watch.replace(undefined);
    else if (!watch.value || !sameHost(watch.value.host, host)) {
      const next = app.engine.gpus.watch(host, app.settings.statusBarBeatMs(), { quiet: true });
      next.onSample(paint);
      watch.replace(next);
    }
    paint();
  };

  store.add(app.book.onChange(follow));
  store.add(app.book.onChoice(follow));
  store.add(vscode.window.onDidChangeWindowState(follow));
  store.add(
    app.engine.onState((change) => {
      const host = app.book.pinned();
      if (host && hostId(change.host) === hostId(host)) paint();
    }),
  );
  // Registering connects to nothing: the pinned host is looked at once everything stands.
  const start = setTimeout(follow, 0);
  store.add(toDisposable(() => clearTimeout(start)));
  return store;
}
