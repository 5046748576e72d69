import * as vscode from "vscode";
import { problemOf } from "../core/failure";
import { sentence } from "../core/words";

/** Shows what went wrong as one sentence, with the log one click away. */
export async function showProblem(error: unknown): Promise<void> {
  const showLog = "Show Log";
  const answer = await vscode.window.showErrorMessage(sentence(problemOf(error)), showLog);
  if (answer === showLog) await vscode.commands.executeCommand("tensorline.showLog");
}
