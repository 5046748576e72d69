import * as vscode from "vscode";
import type { Problem } from "../core/failure";
import type { HostRef } from "../core/ports";
import { noHookWords } from "../core/words/noHook";

/** Says that failures on a host will be known less well. */
export function tellNoHook({ name }: HostRef, problem: Problem): void {
  void vscode.window.showWarningMessage(noHookWords(name, problem));
}
