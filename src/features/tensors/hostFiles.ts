import * as vscode from "vscode";
import type { App } from "../../app";
import { Failure, problemOf } from "../../core/failure";
import type { Disposable } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { RemoteCommand } from "../../core/remote";
import { sentence } from "../../core/words";

/** Of the documents that are files of hosts. */
export const hostFileScheme = "tensorline-host";
const scheme = hostFileScheme;
/** The short lane's answers are limited to 1 MiB. */
const mostBytes = 1_000_000;

/** A file of a host as a document that cannot be changed. `path` is absolute. */
export function hostFile({ name, configFile }: HostRef, path: string): vscode.Uri {
  return vscode.Uri.from({ scheme, path, query: JSON.stringify({ name, configFile }) });
}

/** Lets host files be opened; each is read when it is. */
export function registerHostFiles(app: App): Disposable {
  return vscode.workspace.registerTextDocumentContentProvider(scheme, {
    async provideTextDocumentContent({ path, query }, token) {
      const host = JSON.parse(query) as HostRef;
      const aborted = new AbortController();
      token.onCancellationRequested(() => aborted.abort());
      const { signal } = aborted;
      try {
        return await app.engine.environments.use(host, signal, (runner) => runner.run(readFile(path), signal));
      } catch (error) {
        throw new Error(sentence(problemOf(error)));
      }
    },
  });
}

const readFile = (path: string): RemoteCommand<string> => ({
  what: `reading ${path}`,
  argv: ["head", "-c", String(mostBytes), "--", path],
  deadlineMs: 20_000,
  parse({ stdout, stderr, exitCode }) {
    if (exitCode === 0) return stdout;
    throw new Failure({ reason: "commandFailed", what: `reading ${path}`, exitCode, detail: stderr });
  },
});
