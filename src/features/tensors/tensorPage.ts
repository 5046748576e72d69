import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { createPageFlow, type PageFlow } from "../../core/tensors/terminal/pageFlow";
import { showProblem } from "../../platform/problems";
import { pageHtml, pageOptions } from "../../platform/webview/html";
import { connectPage } from "../../platform/webview/page";
import { TensorPanelApi } from "../../shared/tensorPanel";
import type { CodePlace } from "../../shared/tensors";
import { createHostShell, type HostShell } from "../hosts/hostShell";
import { createExplainingShell } from "./explainingShell";
import type { Explained, TensorsFeature, TerminalState } from "./feature";
import { openPlace } from "./openPlace";
import { type Pair, pairName } from "./pairs";
import { createShownFailure, type ShownFailure } from "./shownFailure";

/** A page with the Shape panel; one that was opened for a host and environment has its terminal beside it. */
export interface TensorPage extends Disposable {
  readonly shown: ShownFailure;
  /** Of the terminal in it. */
  readonly state: TerminalState | undefined;
  reveal(): void;
}

const page = { name: "tensor", title: "Tensor Terminal", injectsStyles: true } as const;

interface PageTerminal {
  readonly shell: HostShell;
  readonly flow: PageFlow;
  readonly state: TerminalState;
}

/** Opens one; `pair` absent: without a terminal. */
export function openTensorPage(feature: TensorsFeature, pair: Pair | undefined, gone: () => void): TensorPage {
  const { app } = feature;
  const store = new DisposableStore();
  const panel = vscode.window.createWebviewPanel(
    "tensorline.tensorPage",
    pair ? pairName(pair) : "Tensor Shapes",
    pair ? vscode.ViewColumn.Active : { viewColumn: vscode.ViewColumn.Beside, preserveFocus: true },
    pageOptions(app.context.extensionUri),
  );
  panel.iconPath = vscode.Uri.joinPath(app.context.extensionUri, "media", "activity.svg");
  const shown = store.add(createShownFailure(feature, () => sendState()));
  const terminal = pair && createTerminal(pair);
  let isOpened = false;

  function createTerminal(of: Pair): PageTerminal {
    let moved = () => {};
    const flow = store.add(
      createPageFlow(
        {
          begin: (view, text) => connection.notify("screenView", { view, text }),
          send: (view, text) => connection.notify("screenText", { view, text }),
        },
        () => moved(),
      ),
    );
    // The page outlives a shell: a new one goes on in the same picture.
    const flowOf = (told: () => void) => {
      moved = told;
      return { ...flow, dispose: () => {} };
    };
    const { state, options } = createExplainingShell(feature, of, { type: (text) => shell.input(text), flow: flowOf });
    const shell = store.add(
      createHostShell(app.engine.connections().acquire(of.host), options, {
        write: flow.push,
        ended: () => panel.dispose(),
      }),
    );
    return { shell, flow, state };
  }

  const sendState = () => {
    const from = shown.terminal() ?? terminal?.state;
    const again = from?.command();
    const host = shown.current()?.context.host ?? from?.host;
    connection.notify("state", {
      ...(host ? { host: host.name } : {}),
      hasTerminal: terminal !== undefined,
      shapes: shown.shapes(),
      ...(again === undefined ? {} : { again }),
    });
  };

  /** What goes wrong is said: a page has no place for it. */
  const safely = (what: Promise<unknown>) =>
    void what.catch((error: unknown) => {
      app.log.error("something asked for in the tensor page failed", error);
      void showProblem(error);
    });

  const connection = store.add(
    connectPage(
      panel.webview,
      TensorPanelApi,
      {
        ready() {
          sendState();
          terminal?.flow.show();
        },
        input: ({ text }) => terminal?.shell.input(text),
        resize(size) {
          if (isOpened) terminal?.shell.resize(size);
          else terminal?.shell.open(size);
          isOpened = true;
        },
        taken: ({ view, characters }) => terminal?.flow.taken(view, characters),
        paste: () => safely(paste()),
        copy: ({ text }) => void vscode.env.clipboard.writeText(text),
        openLink: ({ url }) => openLink(url),
        openSource({ path, line, column }) {
          if (terminal) safely(openSource(terminal.state, path, line, column));
        },
        openPlace({ place }) {
          const { host, folder } = shown.current()?.context ?? {};
          if (host) safely(openPlace(feature, host, folder, place, vscode.ViewColumn.Beside));
        },
        applyFix: ({ id, fix }) => safely(shown.apply(id, fix)),
        runAgain: () => runAgain(shown.terminal() ?? terminal?.state),
        openTerminal: () => void vscode.commands.executeCommand("tensorline.openTensorTerminal"),
      },
      app.log,
    ),
  );

  async function paste(): Promise<void> {
    connection.notify("pasted", { text: await vscode.env.clipboard.readText() });
  }

  /** A line of output may name the very place that is known exactly. */
  async function openSource(state: TerminalState, file: string, line: number, column: number | undefined) {
    const known = state.last?.explanation.location;
    const isKnown = known?.line === line && (known.file === file || known.file.endsWith(`/${file}`));
    const told: CodePlace = { file, line, ...(column === undefined ? {} : { column: column - 1 }) };
    const folder = isKnown ? state.last?.context.folder : state.folder();
    await openPlace(feature, state.host, folder, isKnown ? known : told, vscode.ViewColumn.Beside);
  }

  store.add(
    panel.onDidChangeViewState(() => {
      // A hidden page is taken down by the editor and says `ready` again when it is back.
      if (!panel.visible) terminal?.flow.hide();
    }),
  );
  panel.onDidDispose(() => {
    store.dispose();
    gone();
  });
  panel.webview.html = pageHtml(panel.webview, app.context.extensionUri, page);
  return {
    shown,
    state: terminal?.state,
    reveal: () => panel.reveal(undefined, terminal === undefined),
    dispose: () => panel.dispose(),
  };
}

function runAgain(terminal: TerminalState | undefined): void {
  if (terminal && !terminal.runAgain())
    void vscode.window.showInformationMessage("The terminal is busy, or its last command is not known for certain.");
}

/** Addresses in output are hostile text: only the web, and the editor asks about domains it does not trust. */
function openLink(url: string): void {
  if (/^https?:\/\//i.test(url)) void vscode.env.openExternal(vscode.Uri.parse(url, true));
}

/** What is shown, and where it may be shown again. */
export interface TensorPages extends Disposable {
  /** Opens an editor tab with a terminal. */
  openTerminal(pair: Pair): void;
  show(explained: Explained, terminal?: TerminalState): void;
  ended(terminal: TerminalState): void;
  closed(terminal: TerminalState): void;
  /** The last failure of this window; undefined where there was none. */
  last(): { readonly explained: Explained; readonly terminal?: TerminalState } | undefined;
}

/** The pages of this window: one for each terminal in a tab, and one for all other failures. */
export function createTensorPages(feature: () => TensorsFeature): TensorPages {
  const terminals = new Set<TensorPage>();
  let alone: TensorPage | undefined;
  let last: { readonly explained: Explained; readonly terminal?: TerminalState } | undefined;
  const pageOf = (terminal: TerminalState | undefined) => [...terminals].find(({ state }) => state === terminal);

  return {
    openTerminal(pair) {
      const opened = openTensorPage(feature(), pair, () => terminals.delete(opened));
      terminals.add(opened);
    },
    show(explained, terminal) {
      last = { explained, ...(terminal ? { terminal } : {}) };
      const own = terminal && pageOf(terminal);
      alone ??= own
        ? undefined
        : openTensorPage(feature(), undefined, () => {
            alone = undefined;
          });
      const target = own ?? alone;
      target?.shown.show(explained, terminal);
      target?.reveal();
    },
    ended(terminal) {
      if (terminal.last) last = { explained: terminal.last, terminal };
      const own = pageOf(terminal);
      if (own) own.shown.follow(terminal);
      else if (alone && (alone.shown.terminal() === terminal || terminal.last)) alone.shown.follow(terminal);
    },
    closed(terminal) {
      if (last?.terminal === terminal) last = { explained: last.explained };
    },
    last: () => last,
    dispose() {
      for (const one of [...terminals]) one.dispose();
      alone?.dispose();
    },
  };
}
