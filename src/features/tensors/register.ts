import * as vscode from "vscode";
import type { App } from "../../app";
import { isFailure } from "../../core/failure";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand } from "../../platform/commands";
import { showProblem } from "../../platform/problems";
import { createFailedLines } from "./diagnostics";
import { explainSelection, explainTerminalSelection } from "./explainCommand";
import type { Explained, TensorsFeature } from "./feature";
import { registerHostFiles } from "./hostFiles";
import { registerLinks } from "./links";
import { createPairs, type Pair } from "./pairs";
import { pickPair } from "./pickPair";
import { registerShapes } from "./shapes";
import { createTensorPages } from "./tensorPage";
import { createTensorTerminal } from "./terminal";

/** Terminals that explain failures of tensors, their links and Problems entries, and explanations of selected text. */
export function registerTensors(app: App): Disposable {
  const store = new DisposableStore();
  const lines = store.add(createFailedLines(app));
  const pages = store.add(createTensorPages(() => feature));
  const feature: TensorsFeature = {
    app,
    pairs: createPairs(app.context.workspaceState),
    parts: app.tensorParts,
    ended(terminal) {
      if (terminal.outcome === "explained") lines.show(terminal);
      else if (terminal.outcome === "succeeded") lines.clear(terminal);
      pages.ended(terminal);
      shapes.ended(terminal);
    },
    closed(terminal) {
      lines.clear(terminal);
      pages.closed(terminal);
      shapes.closed(terminal);
    },
    show: pages.show,
  };
  const shapes = store.add(registerShapes(feature));
  store.add(registerHostFiles(app));
  store.add(registerLinks(feature));
  store.add(
    vscode.window.registerTerminalProfileProvider("tensorline.tensorTerminal", {
      provideTerminalProfile: () => chosenProfile(feature),
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.openTensorTerminal", async () => {
      const pair = await chosenPair(feature);
      if (pair) vscode.window.createTerminal(createTensorTerminal(feature, pair)).show();
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.openTensorTerminalInEditor", async () => {
      const pair = await chosenPair(feature);
      if (pair) pages.openTerminal(pair);
    }),
  );
  store.add(
    // Without an argument that of the last failure.
    registerCommand(app.log, "tensorline.showShapes", (explained?: Explained) => {
      const last = explained ? { explained } : pages.last();
      if (last) pages.show(last.explained, last.terminal);
      else void vscode.window.showInformationMessage("Nothing failed in a tensor terminal of this window yet.");
    }),
  );
  store.add(registerCommand(app.log, "tensorline.explainTensorError", () => explainSelection(feature)));
  store.add(registerCommand(app.log, "tensorline.explainTerminalSelection", () => explainTerminalSelection(feature)));
  return store;
}

async function chosenPair(feature: TensorsFeature): Promise<Pair | undefined> {
  const pair = await pickPair(feature.app, feature.pairs);
  if (pair) await feature.pairs.remember(pair);
  return pair;
}

async function chosenProfile(feature: TensorsFeature): Promise<vscode.TerminalProfile> {
  try {
    const pair = await chosenPair(feature);
    if (pair) return new vscode.TerminalProfile(createTensorTerminal(feature, pair));
  } catch (error) {
    if (!isFailure(error, "cancelled")) {
      feature.app.log.error("the terminal could not be opened", error);
      void showProblem(error);
    }
  }
  // VS Code reports any answer but a profile as an error, also where the person has thought better of it.
  return new Promise(() => {});
}
