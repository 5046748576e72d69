import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { Shapes } from "../../shared/tensorPanel";
import type { Explained, TensorsFeature, TerminalState } from "./feature";
import { applyEdit, type PlacedEdit, placeEdits, standingRange } from "./fixEdits";
import { panelFailure } from "./panelFailure";

/** What one Shape panel shows, and which of its fixes can be applied while the files change. */
export interface ShownFailure extends Disposable {
  shapes(): Shapes;
  current(): Explained | undefined;
  /** The terminal from which it comes. */
  terminal(): TerminalState | undefined;
  show(explained: Explained, terminal?: TerminalState): void;
  /** How the last command of the terminal ended. */
  follow(terminal: TerminalState): void;
  /** Applies a fix of the failure with this number; tells where its text has changed. */
  apply(id: number, fix: number): Promise<void>;
}

export function createShownFailure(feature: TensorsFeature, changed: () => void): ShownFailure {
  const store = new DisposableStore();
  let id = 0;
  let current: Explained | undefined;
  let terminal: TerminalState | undefined;
  let isOver = false;
  let placed: readonly (PlacedEdit | undefined)[] = [];
  let canApply: readonly boolean[] = [];

  const isHookSilent = () => terminal?.hook === "silent";

  /** Asks the documents which texts still stand. */
  const check = async () => {
    const asked = placed;
    const ranges = await Promise.all(asked.map((edit) => edit && standingRange(edit)));
    if (asked !== placed) return;
    const can = ranges.map((range) => range !== undefined);
    if (can.length === canApply.length && can.every((is, at) => is === canApply[at])) return;
    canApply = can;
    changed();
  };

  const show = (explained: Explained, from: TerminalState | undefined) => {
    terminal = from;
    if (explained === current) return changed();
    id++;
    current = explained;
    isOver = false;
    placed = [];
    canApply = [];
    changed();
    const place = async () => {
      const found = await placeEdits(feature.app, explained);
      if (current !== explained) return;
      placed = found;
      await check();
    };
    place().catch((error: unknown) => feature.app.log.error("the places of fixes were not found", error));
  };

  store.add(
    vscode.workspace.onDidChangeTextDocument(({ document }) => {
      const name = document.uri.toString();
      if (placed.some((edit) => edit?.uri.toString() === name)) void check();
    }),
  );

  return {
    current: () => current,
    terminal: () => terminal,
    shapes() {
      if (current) {
        const facts = { id, isHookSilent: isHookSilent(), isOver, canApply };
        return { kind: "failure", failure: panelFailure(current.explanation, current.context.records, facts) };
      }
      if (terminal?.outcome === "unexplained") return { kind: "unexplained", isHookSilent: isHookSilent() };
      return { kind: "empty" };
    },
    show,
    follow(from) {
      terminal = from;
      if (from.last) return show(from.last, from);
      // What failed before stays to be read after a success; another failure is what counts now.
      if (from.outcome === "unexplained") current = undefined;
      else isOver = current !== undefined;
      changed();
    },
    async apply(of, fix) {
      const edit = of === id ? placed[fix] : undefined;
      if (!edit) return;
      if (await applyEdit(edit)) return;
      void vscode.window.showInformationMessage("The line has changed since it failed, so nothing was edited.");
      await check();
    },
    dispose: () => store.dispose(),
  };
}
