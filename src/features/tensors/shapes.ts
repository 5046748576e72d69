import * as vscode from "vscode";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import { registerCommand } from "../../platform/commands";
import { showProblem } from "../../platform/problems";
import type { ProcessTrace, ShapeTrace } from "../../shared/shapeTrace";
import { showReport } from "../environments/reports";
import type { TensorsFeature, TerminalState } from "./feature";
import { chooseTraceModes, runWithShapeTrace } from "./runWithShapeTrace";
import { exportTrace, showOrigin } from "./shapeCommands";
import { createShownShapes } from "./shownShapes";

/** The trace that is shown, and the host whose files it tells of. */
export interface LastTrace {
  readonly trace: ShapeTrace;
  readonly host: HostRef;
}

/** Runs that write down their shapes, and what is done with them afterwards. */
export interface Shapes extends Disposable {
  /** A command of the terminal ended. */
  ended(terminal: TerminalState): void;
  closed(terminal: TerminalState): void;
}

/** Says that a command traces, in its first words. */
export const traceVariable = "TENSORLINE_TRACE";

export function registerShapes(feature: TensorsFeature): Shapes {
  const { app } = feature;
  const store = new DisposableStore();
  const shown = store.add(createShownShapes(feature));
  const closing = new AbortController();
  // What the terminal's earlier commands left, by the terminals that are asked to trace now.
  const tracing = new Map<TerminalState, ReadonlySet<string>>();
  const seen = new WeakMap<TerminalState, ReadonlySet<string>>();
  let last: LastTrace | undefined;

  /** What came since the terminal was asked; undefined without any. */
  const read = async (terminal: TerminalState): Promise<LastTrace | undefined> => {
    const old = tracing.get(terminal) ?? new Set();
    const all = await terminal.traces(closing.signal);
    seen.set(terminal, new Set(all.map(idOf)));
    const trace = feature.parts().trace.merge(all.filter((one) => !old.has(idOf(one))));
    return trace && { trace, host: terminal.host };
  };

  const show = async (found: LastTrace) => {
    last = found;
    await shown.show(found.trace, found.host);
  };

  const finish = async (terminal: TerminalState) => {
    const found = await read(terminal);
    // It may have been at work on another command when it was asked.
    if (!found && terminal.command()?.includes(traceVariable) === false) return;
    tracing.delete(terminal);
    if (!found) {
      void vscode.window.showInformationMessage(
        `No shapes were written down on ${terminal.host.name}: nothing made a tensor, or the hook was not active.`,
      );
      return;
    }
    await show(found);
    const { lines, modules, operations } = found.trace;
    const ran = modules.filter(({ calls }) => calls > 0).length;
    const counts = [
      ...(lines.length > 0 ? [`${lines.length} lines`] : []),
      ...(ran > 0 ? [`${ran} layers`] : []),
      ...(operations.length > 0 ? [`${operations.length} operations`] : []),
    ];
    const words = counts.length > 0 ? counts.join(", ") : "none, as a debugger traced the lines";
    const button = "Show Shape Trace";
    const message = `Shapes of ${found.trace.program}: ${words}.`;
    if ((await vscode.window.showInformationMessage(message, button)) === button) await page(found);
  };

  const page = ({ trace, host }: LastTrace) =>
    showReport(`Shapes on ${host.name}`, feature.parts().trace.markdown(trace));

  /** That of a run that goes on, else the last one. */
  const current = async (): Promise<LastTrace | undefined> => {
    const [running] = [...tracing.keys()].reverse();
    const found = running && (await read(running));
    if (found) await show(found);
    if (!found && !last) {
      const button = "Run with Shape Trace";
      void vscode.window
        .showInformationMessage("No run of this window has written down its shapes yet.", button)
        .then((chosen) => chosen && vscode.commands.executeCommand("tensorline.runWithShapeTrace"));
    }
    return found ?? last;
  };

  store.add(
    registerCommand(app.log, "tensorline.runWithShapeTrace", async () => {
      const terminal = await runWithShapeTrace(feature);
      if (terminal) tracing.set(terminal, seen.get(terminal) ?? new Set());
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.showShapeTrace", async () => {
      const found = await current();
      if (found) await page(found);
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.exportShapeTrace", async () => {
      const found = await current();
      if (found) await exportTrace(feature, found);
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.whereSizeComesFrom", async () => {
      const found = last ?? (await current());
      if (found) await showOrigin(feature, found, shown);
    }),
  );
  store.add(registerCommand(app.log, "tensorline.chooseShapeTrace", () => chooseTraceModes(feature)));
  store.add(registerCommand(app.log, "tensorline.hideShapes", () => shown.hide()));

  return {
    ended(terminal) {
      if (!tracing.has(terminal)) return;
      void finish(terminal).catch((error: unknown) => {
        app.log.error("the shapes of a run could not be read", error);
        void showProblem(error);
      });
    },
    closed(terminal) {
      tracing.delete(terminal);
    },
    dispose() {
      closing.abort();
      store.dispose();
    },
  };
}

const idOf = ({ pid, began }: ProcessTrace) => `${pid} ${began}`;
