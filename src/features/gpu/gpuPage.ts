import * as vscode from "vscode";
import type { App } from "../../app";
import { problemOf } from "../../core/failure";
import { firstReport } from "../../core/gpu/firstReport";
import type { GpuWatch } from "../../core/gpu/watch";
import { type Disposable, DisposableStore, MutableDisposable, toDisposable } from "../../core/lifecycle";
import { type HostRef, hostId } from "../../core/ports";
import { sentence } from "../../core/words";
import { connectPage } from "../../platform/webview/page";
import { GpuPanelApi, type PanelAction, type PanelState } from "../../shared/gpuPanel";
import type { HostState } from "../../shared/host";
import { sameHost } from "../hosts/hostBook";
import { terminate } from "./terminate";

/** What a GPU page stands in: a sidebar view or an editor tab. */
export interface GpuPagePlace {
  readonly placement: "sidebar" | "panel";
  readonly webview: vscode.Webview;
  visible(): boolean;
  readonly onVisible: vscode.Event<unknown>;
}

export interface GpuPage extends Disposable {
  show(host: HostRef | undefined): void;
}

const sampleDeadlineMs = 120_000;

/** One GPU page: samples its host while it is visible, tells the page what changed, obeys its buttons. */
export function createGpuPage(app: App, place: GpuPagePlace): GpuPage {
  const store = new DisposableStore();
  const watch = store.add(new MutableDisposable<GpuWatch>());
  let host: HostRef | undefined;
  let beatMs = app.settings.gpuBeatMs();
  let ready = false;
  /** The look that somebody asked for on a gentle host, while it lasts. */
  const asked = store.add(new MutableDisposable<Disposable>());

  const gentle = (): Pick<PanelState, "gentle"> =>
    host && app.settings.gentleHosts().includes(host.name) ? { gentle: asked.value ? "sampling" : "resting" } : {};

  const state = (): HostState => (host ? app.engine.state(host) : { kind: "disconnected" });

  const sendState = () => {
    const current = state();
    const problem = watch.value?.problem();
    const me = watch.value?.latest()?.report.system?.user;
    const pinned = host !== undefined && sameHost(app.book.pinned(), host);
    page.notify("state", {
      ...(host ? { host: host.name } : {}),
      state: current,
      ...gentle(),
      beatMs,
      pinned,
      ...(me === undefined ? {} : { me }),
      ...(problem && current.kind === "connected"
        ? { sampling: { reason: problem.reason, message: sentence(problem) } }
        : {}),
      placement: place.placement,
      actions: host ? actionsFor(current, place.placement, pinned) : ["addHost", "useSshConfig", "tryDemo"],
    });
  };

  const sendAll = () => {
    sendState();
    const current = watch.value;
    if (!current) return;
    page.notify("history", current.history());
    const sample = current.latest();
    if (sample) page.notify("sample", { time: sample.time, report: sample.report });
  };

  /** Takes or gives back the reason to sample. */
  const follow = () => {
    if (!host || !ready || !place.visible()) return watch.replace(undefined);
    if (watch.value && sameHost(watch.value.host, host)) return;
    const next = app.engine.gpus.watch(host, beatMs);
    let me: string | undefined;
    next.onSample((sample) => {
      app.paintTimes.arrived(sample.time);
      page.notify("sample", { time: sample.time, report: sample.report });
      const user = sample.report.system?.user;
      if (user !== me) {
        me = user;
        sendState();
      }
    });
    next.onProblem(sendState);
    watch.replace(next);
  };

  /** Reads a gentle host once; what comes of it reaches the page as every sample and problem does. */
  const sampleOnce = async (from: HostRef) => {
    const abort = new AbortController();
    const own = toDisposable(() => abort.abort());
    asked.replace(own);
    sendState();
    if (app.engine.state(from).kind === "offline") app.engine.connections().retry(from);
    try {
      await firstReport(app.engine.gpus, from, AbortSignal.any([abort.signal, AbortSignal.timeout(sampleDeadlineMs)]));
    } catch (error) {
      app.log.info(`${from.name} could not be sampled: ${sentence(problemOf(error))}`);
    }
    if (asked.value === own) asked.replace(undefined);
    sendState();
  };

  const page = store.add(
    connectPage(
      place.webview,
      GpuPanelApi,
      {
        ready() {
          ready = true;
          follow();
          sendAll();
        },
        setBeat(params) {
          beatMs = params.beatMs;
          watch.value?.setBeat(beatMs);
          sendState();
        },
        terminate({ pid }) {
          const current = watch.value;
          if (current) void terminate(app, current, pid).then((outcome) => page.notify("terminated", outcome));
        },
        copy: ({ text }) => void vscode.env.clipboard.writeText(text),
        act({ action }) {
          if (action === "sampleOnce") return void (host && sampleOnce(host));
          if (action === "disconnect") asked.replace(undefined);
          return act(action, host);
        },
        painted: ({ time, paintedAt }) => app.paintTimes.painted(time, paintedAt),
      },
      app.log,
    ),
  );

  store.add(
    app.engine.onState((change) => {
      if (host && hostId(change.host) === hostId(host)) sendState();
    }),
  );
  store.add(app.book.onChange(sendState));
  store.add(app.book.onChoice(sendState));
  store.add(place.onVisible(follow));
  store.add(vscode.window.onDidChangeActiveColorTheme(sendState));
  store.add(toDisposable(() => watch.dispose()));

  return {
    show(next) {
      host = next;
      asked.replace(undefined);
      watch.replace(undefined);
      follow();
      sendAll();
    },
    dispose: () => store.dispose(),
  };
}

/** Runs a button of the page; commands ask for what they need themselves. */
function act(action: Exclude<PanelAction, "sampleOnce">, host: HostRef | undefined): void {
  const command: Record<typeof action, string> = {
    connect: "connect",
    retry: "connect",
    disconnect: "disconnect",
    openTerminal: "openTerminal",
    openPanel: "openGpuPanel",
    pin: "pinHost",
    unpin: "unpinHost",
    copyDiagnostics: "copyDiagnostics",
    showLog: "showLog",
    explainHostKey: "forgetHostKey",
    addHost: "addHost",
    useSshConfig: "useSshConfig",
    tryDemo: "tryDemo",
  };
  void vscode.commands.executeCommand(`tensorline.${command[action]}`, host);
}

/** The buttons that make sense in a state, the likeliest first. */
function actionsFor(state: HostState, placement: "sidebar" | "panel", pinned: boolean): PanelAction[] {
  switch (state.kind) {
    case "disconnected":
      return ["connect"];
    case "connecting":
    case "needsYou":
      return ["disconnect"];
    case "reconnecting":
      return ["retry", "disconnect"];
    case "offline":
      return state.problem.reason === "hostKeyChanged" ? ["explainHostKey", "showLog"] : ["retry", "showLog"];
    case "connected":
      return [
        ...(placement === "sidebar" ? (["openPanel"] as const) : []),
        "openTerminal",
        pinned ? "unpin" : "pin",
        "copyDiagnostics",
        "disconnect",
      ];
  }
}
