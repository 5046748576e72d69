import * as vscode from "vscode";
import type { App } from "../../app";
import { problemOf } from "../../core/failure";
import type { FollowedOperation } from "../../core/operations/followed";
import { sentence } from "../../core/words";
import { type ExplainFailure, endWords } from "./operationWords";

const terminals = new Map<string, vscode.Terminal>();

/** Brings the operation's output to the front: a terminal that only shows. One for each operation. */
export function showOperation(app: App, operation: FollowedOperation, preserveFocus = false): void {
  const known = terminals.get(operation.id);
  const terminal = known ?? vscode.window.createTerminal(outputTerminal(app, operation));
  terminals.set(operation.id, terminal);
  terminal.show(preserveFocus);
}

/** What the end of its log says. */
export const explainFailure =
  (app: App, { host, log }: FollowedOperation): ExplainFailure =>
  ({ title, exitCode }) => {
    const tail = Buffer.concat(log())
      .subarray(-64 * 1024)
      .toString();
    return app.engine.environments.parts().operationProblem(title, exitCode, tail, host.name);
  };

function outputTerminal(app: App, operation: FollowedOperation): vscode.ExtensionTerminalOptions {
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<void>();
  const decoder = new TextDecoder();
  let over = false;
  // A log file has bare line feeds where no terminal stood behind it.
  const write = (chunk: Uint8Array) => written.fire(decoder.decode(chunk, { stream: true }).replace(/\r?\n/g, "\r\n"));
  const note = (text: string) => written.fire(`\r\n\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);
  const following = [
    operation.onOutput(write),
    operation.onInterrupted(() => note("The connection was lost. It goes on there, and here when the host is back.")),
  ];
  const end = (text: string) => {
    over = true;
    note(`${text}\nPress any key to close this terminal.`);
  };
  return {
    name: `${operation.host.name}: ${operation.title}`,
    iconPath: new vscode.ThemeIcon("package"),
    isTransient: true,
    pty: {
      onDidWrite: written.event,
      onDidClose: closed.event,
      open() {
        for (const chunk of operation.log()) write(chunk);
        operation.ended.then(
          (ended) => end(endWords(ended, explainFailure(app, operation))),
          (error: unknown) => end(sentence(problemOf(error))),
        );
      },
      handleInput: () => over && closed.fire(),
      close() {
        terminals.delete(operation.id);
        for (const one of following) one.dispose();
      },
    },
  };
}
