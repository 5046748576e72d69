import type * as vscode from "vscode";
import { createHostTerminal } from "../hosts/terminal";
import { createExplainingShell } from "./explainingShell";
import type { TensorsFeature, TerminalState } from "./feature";
import type { Pair } from "./pairs";

const states = new WeakMap<vscode.Pseudoterminal, TerminalState>();

/** What is known of a terminal that explains; undefined for every other. */
export function tensorStateOf(terminal: vscode.Terminal): TerminalState | undefined {
  const options = terminal.creationOptions;
  return "pty" in options ? states.get(options.pty) : undefined;
}

/** A login shell on the host in the environment, which explains why a command failed before its next prompt; `first` is typed into it. */
export function createTensorTerminal(feature: TensorsFeature, pair: Pair, first = ""): vscode.ExtensionTerminalOptions {
  const shell = createExplainingShell(feature, pair, { type: (text) => options.pty.handleInput?.(text) });
  const options = createHostTerminal(() => feature.app.engine.connections().acquire(pair.host), {
    ...(pair.environment ? { title: pair.environment.name } : {}),
    icon: "symbol-array",
    ...shell.options,
    first,
  });
  states.set(options.pty, shell.state);
  return options;
}
