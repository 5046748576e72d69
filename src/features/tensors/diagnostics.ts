import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { TerminalState } from "./feature";
import { absolutePath, rangeOf } from "./openPlace";
import { placeOf } from "./places";

interface Shown {
  readonly uri: vscode.Uri;
  readonly diagnostic: vscode.Diagnostic;
}

/** The lines that failed, in the Problems view: one for each terminal, until its next success or until the line is edited. */
export interface FailedLines extends Disposable {
  show(terminal: TerminalState): void;
  clear(terminal: TerminalState): void;
}

export function createFailedLines(app: App): FailedLines {
  const store = new DisposableStore();
  const all = store.add(vscode.languages.createDiagnosticCollection("tensorline"));
  const shown = new Map<TerminalState, Shown>();

  const paint = (uri: vscode.Uri) => {
    const name = uri.toString();
    const here = [...shown.values()].filter((one) => one.uri.toString() === name);
    all.set(
      uri,
      here.map(({ diagnostic }) => diagnostic),
    );
  };

  const clear = (terminal: TerminalState) => {
    const old = shown.get(terminal);
    if (!old || !shown.delete(terminal)) return;
    paint(old.uri);
  };

  const show = async (terminal: TerminalState) => {
    const failure = terminal.last;
    clear(terminal);
    const location = failure?.explanation.location;
    const path = location && absolutePath(failure.context.folder, location.file);
    if (!location || path === undefined) return;
    const uri = await placeOf(app, terminal.host, path);
    // The terminal may have gone on meanwhile.
    if (terminal.last !== failure) return;
    const { summary, fixes } = failure.explanation;
    const message = [summary, ...fixes.map(({ text }) => `fix: ${text}`)].join("\n");
    const diagnostic = new vscode.Diagnostic(rangeOf(location), message, vscode.DiagnosticSeverity.Error);
    diagnostic.source = "tensorline";
    diagnostic.code = failure.explanation.kind;
    shown.set(terminal, { uri, diagnostic });
    paint(uri);
  };

  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document, contentChanges }) => {
      for (const [terminal, { uri, diagnostic }] of [...shown]) {
        if (uri.toString() !== document.uri.toString()) continue;
        const { start, end } = diagnostic.range;
        if (contentChanges.some(({ range }) => range.start.line <= end.line && range.end.line >= start.line))
          clear(terminal);
      }
    }),
  );

  return {
    show: (terminal) =>
      void show(terminal).catch((error: unknown) => app.log.error("a failed line was not shown", error)),
    clear,
    dispose: () => store.dispose(),
  };
}
