import * as vscode from "vscode";
import { systemClock } from "../../core/clock";
import type { HostLease } from "../../core/connections";
import { problemOf } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { RemoteTerminal, Runner, StreamEnd } from "../../core/remote";
import { sentence } from "../../core/words";
import { type PlayedPrelude, type Prelude, playPrelude } from "./prelude";

export interface HostTerminalOptions {
  /** After the host's name: which environment it has. */
  readonly title?: string;
  /** What each new shell is told first. */
  readonly prelude?: (runner: Runner, signal: AbortSignal) => Promise<Prelude | undefined>;
}

const hosts = new WeakMap<vscode.Pseudoterminal, HostRef>();

/** The host of a terminal that Tensorline opened. */
export function hostOfTerminal(terminal: vscode.Terminal | undefined): HostRef | undefined {
  const options = terminal?.creationOptions;
  return options && "pty" in options && terminal.exitStatus === undefined ? hosts.get(options.pty) : undefined;
}

/** A login shell on the host as a VS Code terminal, over the connection that is already there. */
export function createHostTerminal(
  acquire: () => HostLease,
  { title, prelude }: HostTerminalOptions = {},
): vscode.ExtensionTerminalOptions {
  const lease = acquire();
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number | undefined>();
  const aborted = new AbortController();
  let shell: RemoteTerminal | undefined;
  let played: PlayedPrelude | undefined;
  let size = { columns: 80, rows: 24 };
  let over = false;
  // A shell may speak before it is handed over.
  let early = "";

  const send = (text: string) => {
    if (shell) shell.write(text);
    else early += text;
  };

  const note = (text: string) => written.fire(`\r\n\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);

  const ended = (end: StreamEnd) => {
    shell = undefined;
    played?.dispose();
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
    const decoder = new TextDecoder();
    try {
      const runner = await lease.connected(aborted.signal);
      const first = await prelude?.(runner, aborted.signal);
      played = first && playPrelude(first, systemClock, send, (text) => written.fire(text));
      const print = (text: string) => (played ? played.output(text) : written.fire(text));
      shell = await runner.terminal(
        size,
        { data: (chunk) => print(decoder.decode(chunk, { stream: true })), end: ended },
        aborted.signal,
      );
      shell.resize(size);
      if (early) shell.write(early);
      early = "";
    } catch (error) {
      if (!aborted.signal.aborted) ended({ kind: "failure", error: error as Error });
    }
  };

  const pty: vscode.Pseudoterminal = {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open(dimensions) {
      if (dimensions) size = dimensions;
      written.fire(`\x1b[2mConnecting to ${lease.host.name}…\x1b[0m\r\n`);
      void open();
    },
    close() {
      aborted.abort();
      played?.dispose();
      shell?.dispose();
      lease.dispose();
    },
    handleInput(data) {
      if (shell) (played?.input ?? send)(data);
      else if (over && data.includes("\r")) void open();
    },
    setDimensions(dimensions) {
      size = dimensions;
      shell?.resize(dimensions);
    },
  };
  hosts.set(pty, lease.host);
  return {
    name: title === undefined ? lease.host.name : `${lease.host.name}: ${title}`,
    iconPath: new vscode.ThemeIcon("remote"),
    pty,
  };
}
