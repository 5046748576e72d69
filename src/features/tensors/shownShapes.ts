import * as vscode from "vscode";
import type { App } from "../../app";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { ShapeTrace, TracedLine } from "../../shared/shapeTrace";
import type { TensorsFeature } from "./feature";
import { moved } from "./movedLines";
import { absolutePath } from "./openPlace";
import { placeOf } from "./places";

interface Mark {
  /** Counted from 0. */
  readonly line: number;
  readonly text: string;
  readonly traced: TracedLine;
}

interface ShownFile {
  readonly all: readonly Mark[];
  marks: readonly Mark[];
  /** The text when it was first seen with its marks; undefined until then. */
  traced?: string;
  isChanged: boolean;
}

const MOST_FILES = 50;
const LONGEST = 140;

/** Shapes after the lines that made them. They stay after the run, move with edits and dim once the file has another text. */
export interface ShownShapes extends Disposable {
  show(trace: ShapeTrace, host: HostRef): Promise<void>;
  hide(): void;
  /** What was traced in a line of a document, counted from 0. */
  at(document: vscode.TextDocument, line: number): TracedLine | undefined;
}

export function createShownShapes({ app, parts }: Pick<TensorsFeature, "app" | "parts">): ShownShapes {
  const store = new DisposableStore();
  const now = store.add(decorationType("editorInlayHint.foreground"));
  const before = store.add(decorationType("disabledForeground"));
  let files = new Map<string, ShownFile>();
  let symbols: ReturnType<ReturnType<TensorsFeature["parts"]>["trace"]["symbols"]> | undefined;

  const paint = (editor: vscode.TextEditor) => {
    const file = files.get(editor.document.uri.toString());
    if (file) file.traced ??= editor.document.getText();
    const options = (file?.marks ?? []).flatMap((mark) => optionOf(mark, editor.document));
    editor.setDecorations(now, file?.isChanged ? [] : options);
    editor.setDecorations(before, file?.isChanged ? options : []);
  };

  const paintAll = () => {
    for (const editor of vscode.window.visibleTextEditors) paint(editor);
  };

  function optionOf({ line, text, traced }: Mark, document: vscode.TextDocument): vscode.DecorationOptions[] {
    if (line >= document.lineCount) return [];
    const end = document.lineAt(line).range.end;
    const known = symbols;
    const told = known
      ? traced.values.map((value) => `${word(value.role)} ${parts().trace.valueText(value, known)}`)
      : [];
    return [
      {
        range: new vscode.Range(end, end),
        hoverMessage: new vscode.MarkdownString().appendCodeblock(told.join("\n"), "text"),
        renderOptions: { after: { contentText: text } },
      },
    ];
  }

  const follow = ({ document, contentChanges }: vscode.TextDocumentChangeEvent) => {
    const file = files.get(document.uri.toString());
    if (!file || contentChanges.length === 0) return;
    file.isChanged = document.getText() !== file.traced;
    // What was typed and undone is as if it never was.
    file.marks = file.isChanged
      ? contentChanges.reduce<readonly Mark[]>(
          (marks, { range: { start, end }, text }) =>
            moved(marks, {
              startLine: start.line,
              startColumn: start.character,
              endLine: end.line,
              added: text.split("\n").length - 1,
              isWhole: text.endsWith("\n"),
            }),
          file.marks,
        )
      : file.all;
    for (const editor of vscode.window.visibleTextEditors) if (editor.document === document) paint(editor);
  };

  store.add(vscode.workspace.onDidChangeTextDocument(follow));
  store.add(vscode.window.onDidChangeVisibleTextEditors(paintAll));

  const hide = () => {
    files = new Map();
    paintAll();
  };

  return {
    async show(trace, host) {
      const known = parts().trace.symbols(trace);
      const found = await filesOf(app, host, trace, (line) => parts().trace.lineText(line, known));
      symbols = known;
      files = found;
      paintAll();
    },
    hide,
    at: (document, line) =>
      files.get(document.uri.toString())?.marks.find(({ line: last, traced }) => {
        const more = (traced.endLine ?? traced.line) - traced.line;
        return last - more <= line && line <= last;
      })?.traced,
    dispose: () => store.dispose(),
  };
}

async function filesOf(
  app: App,
  host: HostRef,
  trace: ShapeTrace,
  textOf: (line: TracedLine) => string | undefined,
): Promise<Map<string, ShownFile>> {
  const found = new Map<string, ShownFile>();
  const names = [...new Set(trace.lines.map(({ file }) => file))].slice(0, MOST_FILES);
  for (const name of names) {
    const path = absolutePath(trace.folder, name);
    if (path === undefined) continue;
    const all = trace.lines.flatMap((traced) => {
      const text = traced.file === name ? textOf(traced) : undefined;
      if (text === undefined) return [];
      const short = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
      // Where a statement has several lines, behind its last.
      return [{ line: Math.max(1, traced.endLine ?? traced.line) - 1, text: short, traced }];
    });
    const uri = await placeOf(app, host, path);
    if (all.length > 0) found.set(uri.toString(), { all, marks: all, isChanged: false });
  }
  return found;
}

const decorationType = (color: string) =>
  vscode.window.createTextEditorDecorationType({
    after: { color: new vscode.ThemeColor(color), margin: "0 0 0 2em", fontStyle: "italic" },
    rangeBehavior: vscode.DecorationRangeBehavior.ClosedOpen,
  });

const words = { given: "given   ", used: "before  ", assigned: "after   ", returned: "returned" };
const word = (role: keyof typeof words) => words[role];
