import * as vscode from "vscode";
import type { HostLease } from "../../core/connections";
import { problemOf } from "../../core/failure";
import type { RemoteTerminal, StreamEnd } from "../../core/remote";
import { sentence } from "../../core/words";

/** A login shell on the host as a VS Code terminal, over the connection that is already there. */
export function createHostTerminal(acquire: () => HostLease): vscode.ExtensionTerminalOptions {
  const lease = acquire();
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number | undefined>();
  const aborted = new AbortController();
  const decoder = new TextDecoder();
  let shell: RemoteTerminal | undefined;
  let size = { columns: 80, rows: 24 };
  let over = false;

  const note = (text: string) => written.fire(`\r\n\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);

  const ended = (end: StreamEnd) => {
    shell = undefined;
    if (end.kind === "exit" && end.exitCode !== undefined) return closed.fire(end.exitCode);
    over = true;
    note(
      end.kind === "failure"
        ? `${sentence(problemOf(end.error))}\nPress Enter to open a new shell.`
        : `The shell was ended by ${end.signal ?? "the host"}.\nPress Enter to open a new one.`,
    );
  };

  const open = async () => {
    over = false;
    try {
      const runner = await lease.connected(aborted.signal);
      shell = await runner.terminal(
        size,
        { data: (chunk) => written.fire(decoder.decode(chunk, { stream: true })), end: ended },
        aborted.signal,
      );
      shell.resize(size);
    } catch (error) {
      if (!aborted.signal.aborted) ended({ kind: "failure", error: error as Error });
    }
  };

  return {
    name: lease.host.name,
    iconPath: new vscode.ThemeIcon("remote"),
    pty: {
      onDidWrite: written.event,
      onDidClose: closed.event,
      open(dimensions) {
        if (dimensions) size = dimensions;
        written.fire(`\x1b[2mConnecting to ${lease.host.name}…\x1b[0m\r\n`);
        void open();
      },
      close() {
        aborted.abort();
        shell?.dispose();
        lease.dispose();
      },
      handleInput(data) {
        if (shell) shell.write(data);
        else if (over && data.includes("\r")) void open();
      },
      setDimensions(dimensions) {
        size = dimensions;
        shell?.resize(dimensions);
      },
    },
  };
}
