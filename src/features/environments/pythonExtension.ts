import * as vscode from "vscode";
import type { EnvironmentTarget } from "./targets";
import { windowHost } from "./windowHost";

/** The part of the Python extension's public API that is used. */
interface PythonApi {
  readonly environments: { updateActiveEnvironmentPath(path: string): Promise<void> };
}

/** Makes it the interpreter of this window, where the window is on that host; says why where it cannot. */
export async function setPythonInterpreter({ host, environment }: EnvironmentTarget): Promise<void> {
  const { interpreter } = environment;
  if (interpreter === undefined) return offerPath(`${environment.name} has no Python.`, environment.prefix);
  if (windowHost(authority()) !== host.name) {
    return offerPath(
      `This window is not on ${host.name}, so its Python extension cannot use that interpreter. Open a folder of ${host.name} with Remote-SSH first.`,
      interpreter,
    );
  }
  const extension = vscode.extensions.getExtension<PythonApi>("ms-python.python");
  if (!extension) return offerPath("The Python extension is not installed in this window.", interpreter);
  const api = await extension.activate();
  if (typeof api?.environments?.updateActiveEnvironmentPath !== "function") {
    return offerPath("This version of the Python extension offers no way to choose the interpreter.", interpreter);
  }
  await api.environments.updateActiveEnvironmentPath(interpreter);
  void vscode.window.showInformationMessage(`The Python extension uses ${interpreter} now.`);
}

/** VS Code tells extensions where a window is through what is open in it. */
function authority(): string | undefined {
  if (vscode.env.remoteName !== "ssh-remote") return undefined;
  const file = vscode.workspace.workspaceFolders?.[0]?.uri ?? vscode.window.activeTextEditor?.document.uri;
  return file?.authority;
}

async function offerPath(text: string, path: string): Promise<void> {
  const copy = "Copy Interpreter Path";
  if ((await vscode.window.showWarningMessage(text, copy)) === copy) await vscode.env.clipboard.writeText(path);
}
