import * as vscode from "vscode";
import type { App } from "../../app";
import { isFailure } from "../../core/failure";
import { type Disposable, DisposableStore } from "../../core/lifecycle";
import { registerCommand } from "../../platform/commands";
import { showProblem } from "../../platform/problems";
import { createFailedLines } from "./diagnostics";
import { explainSelection, explainTerminalSelection } from "./explainCommand";
import type { TensorsFeature } from "./feature";
import { registerHostFiles } from "./hostFiles";
import { registerLinks } from "./links";
import { createPairs } from "./pairs";
import { pickPair } from "./pickPair";
import { createTensorTerminal } from "./terminal";

/** Terminals that explain failures of tensors, their links and Problems entries, and explanations of selected text. */
export function registerTensors(app: App): Disposable {
  const store = new DisposableStore();
  const lines = store.add(createFailedLines(app));
  const feature: TensorsFeature = {
    app,
    pairs: createPairs(app.context.workspaceState),
    parts: app.tensorParts,
    failed: lines.show,
    cleared(terminal) {
      terminal.last = undefined;
      lines.clear(terminal);
    },
  };
  store.add(registerHostFiles(app));
  store.add(registerLinks(feature));
  store.add(
    vscode.window.registerTerminalProfileProvider("tensorline.tensorTerminal", {
      provideTerminalProfile: () => chosenProfile(feature),
    }),
  );
  store.add(
    registerCommand(app.log, "tensorline.openTensorTerminal", async () => {
      const options = await chosenTerminal(feature);
      if (options) vscode.window.createTerminal(options).show();
    }),
  );
  store.add(registerCommand(app.log, "tensorline.explainTensorError", () => explainSelection(feature)));
  store.add(registerCommand(app.log, "tensorline.explainTerminalSelection", () => explainTerminalSelection(feature)));
  return store;
}

async function chosenTerminal(feature: TensorsFeature): Promise<vscode.ExtensionTerminalOptions | undefined> {
  const pair = await pickPair(feature.app, feature.pairs);
  if (!pair) return undefined;
  await feature.pairs.remember(pair);
  return createTensorTerminal(feature, pair);
}

async function chosenProfile(feature: TensorsFeature): Promise<vscode.TerminalProfile> {
  try {
    const options = await chosenTerminal(feature);
    if (options) return new vscode.TerminalProfile(options);
  } catch (error) {
    if (!isFailure(error, "cancelled")) {
      feature.app.log.error("the terminal could not be opened", error);
      void showProblem(error);
    }
  }
  // VS Code reports any answer but a profile as an error, also where the person has thought better of it.
  return new Promise(() => {});
}
