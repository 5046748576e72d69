import * as vscode from "vscode";

/** Milliseconds until a wait is worth showing. */
const worthShowing = 300;

/** Does something that may take a while; where it does, that is shown as a notification with Cancel. */
export async function withLateProgress<T>(
  title: string,
  work: (signal: AbortSignal, say: (message: string) => void) => Promise<T>,
): Promise<T> {
  const aborted = new AbortController();
  let last: string | undefined;
  let report: ((message: string) => void) | undefined;
  const working = work(aborted.signal, (message) => {
    last = message;
    report?.(message);
  });
  const over = working.then(
    () => true,
    () => true,
  );
  const isQuick = await Promise.race([over, new Promise<false>((resolve) => setTimeout(resolve, worthShowing, false))]);
  if (!isQuick) {
    const where = { location: vscode.ProgressLocation.Notification, cancellable: true, title };
    void vscode.window.withProgress(where, async (progress, token) => {
      token.onCancellationRequested(() => aborted.abort());
      report = (message) => progress.report({ message });
      if (last !== undefined) report(last);
      await over;
    });
  }
  return working;
}
