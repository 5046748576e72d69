import * as vscode from "vscode";
import { isFailure } from "../core/failure";
import type { Logger } from "../core/logger";
import { showProblem } from "./problems";

/** Registers a command whose failure becomes one sentence for the person and a line in the log. */
export function registerCommand<A extends readonly unknown[]>(
  log: Logger,
  id: `tensorline.${string}`,
  run: (...args: A) => unknown,
): vscode.Disposable {
  return vscode.commands.registerCommand(id, async (...args: unknown[]) => {
    try {
      return await run(...(args as unknown as A));
    } catch (error) {
      if (isFailure(error, "cancelled")) return undefined;
      log.error(`${id} failed`, error);
      await showProblem(error);
      return undefined;
    }
  });
}

/** Sets a key that `when` clauses of the manifest read. */
export function setContext(key: `tensorline.${string}`, value: boolean | string): void {
  void vscode.commands.executeCommand("setContext", key, value);
}
