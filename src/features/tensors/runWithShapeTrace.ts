import { posix } from "node:path";
import * as vscode from "vscode";
import { quoteWord } from "../../core/remote";
import type { TensorsFeature, TerminalState } from "./feature";
import { pickPair } from "./pickPair";
import { hostPathOf } from "./places";
import { createTensorTerminal, tensorStateOf } from "./terminal";

interface ModeChoice extends vscode.QuickPickItem {
  /** As the variable takes it. */
  readonly modes: string;
}

const choices: readonly ModeChoice[] = [
  {
    label: "Lines",
    description: "hardly slower",
    detail: "Every line of your own files, within 2 % of the time: first all of them, later those there is time for",
    modes: "lines",
  },
  {
    label: "Lines and layers",
    description: "small models take up to a third longer",
    detail: "The layers of PyTorch models as well, each time that they run",
    modes: "lines,modules",
  },
  {
    label: "Lines, layers and operations",
    description: "small models take several times as long, large ones hardly",
    detail: "Every operation of PyTorch as well, those of the backward pass included",
    modes: "lines,modules,operations",
  },
];

const modesKey = "tensorline.tensors.traceModes";
const commandKey = "tensorline.tensors.tracedCommand";

/** Asks what runs look at from now on; undefined: the person thinks better of it. */
export async function chooseTraceModes({ app }: Pick<TensorsFeature, "app">): Promise<string | undefined> {
  const picked = await vscode.window.showQuickPick(choices, { title: "What is a shape trace to look at?" });
  if (picked) await app.context.workspaceState.update(modesKey, picked.modes);
  return picked?.modes;
}

/** Types a command that traces into a tensor terminal: the one in front, else a new one. Gives the terminal. */
export async function runWithShapeTrace(feature: TensorsFeature): Promise<TerminalState | undefined> {
  const { app } = feature;
  const inFront = vscode.window.activeTerminal;
  const state = inFront && inFront.exitStatus === undefined ? tensorStateOf(inFront) : undefined;
  const pair = state ? { host: state.host } : await pickPair(app, feature.pairs);
  if (!pair) return undefined;
  const modes = app.context.workspaceState.get<string>(modesKey) ?? (await chooseTraceModes(feature));
  if (modes === undefined) return undefined;
  const command = await askCommand(feature, pair.host);
  if (command === undefined) return undefined;
  // Every shell knows `env`.
  const line = `env TENSORLINE_TRACE=${modes} ${command}`;
  if (state && inFront) {
    inFront.show();
    inFront.sendText(line);
    return state;
  }
  await feature.pairs.remember(pair);
  const terminal = vscode.window.createTerminal(createTensorTerminal(feature, pair, `${line}\r`));
  terminal.show();
  return tensorStateOf(terminal);
}

async function askCommand({ app }: TensorsFeature, host: TerminalState["host"]): Promise<string | undefined> {
  const document = vscode.window.activeTextEditor?.document;
  const isPython = document?.languageId === "python";
  if (isPython && document.isDirty) await document.save();
  const key = `${commandKey} ${isPython ? document.uri.toString() : ""}`;
  const path = isPython ? await hostPathOf(app, host, document.uri) : undefined;
  const file = path ?? (isPython ? posix.basename(document.uri.path) : "train.py");
  const known = app.context.workspaceState.get<string>(key);
  const command = await vscode.window.showInputBox({
    title: `Run with shape trace on ${host.name}`,
    prompt: "The command, as you would type it there",
    value: known ?? `python ${quoteWord(file)}`,
    validateInput: (text) => (/[\r\n]/.test(text) || text.trim() === "" ? "One command in one line" : undefined),
  });
  if (command !== undefined) await app.context.workspaceState.update(key, command);
  return command?.trim();
}
