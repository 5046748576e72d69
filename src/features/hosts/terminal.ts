import * as vscode from "vscode";
import { systemClock } from "../../core/clock";
import type { HostLease } from "../../core/connections";
import { problemOf } from "../../core/failure";
import type { Disposable } from "../../core/lifecycle";
import type { HostRef } from "../../core/ports";
import type { RemoteTerminal, Runner, StreamEnd } from "../../core/remote";
import { sentence } from "../../core/words";
import { type PlayedPrelude, type Prelude, playPrelude } from "./prelude";

/** The screen of a terminal, and the tap of the shell behind it. */
export interface Screen {
  write(text: string): void;
  /** Makes the host wait, or go on. */
  hold(held: boolean): void;
  columns(): number;
}

/** What stands between a shell and its screen. */
export interface ScreenFilter extends Disposable {
  output(text: string): void;
  /** Resolves once all output is on the screen. */
  drained(): Promise<void>;
}

export interface HostTerminalOptions {
  /** After the host's name: which environment it has. */
  readonly title?: string;
  /** What each new shell is told first. */
  readonly prelude?: (runner: Runner, signal: AbortSignal) => Promise<Prelude | undefined>;
  /** For each new shell, after its prelude was made. */
  readonly filter?: (screen: Screen) => ScreenFilter;
  /** Called once, when the terminal is closed. */
  readonly onClose?: () => void;
  readonly icon?: string;
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
  { title, prelude, filter, onClose, icon = "remote" }: HostTerminalOptions = {},
): vscode.ExtensionTerminalOptions {
  const lease = acquire();
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number | undefined>();
  const aborted = new AbortController();
  let shell: RemoteTerminal | undefined;
  let played: PlayedPrelude | undefined;
  let filtered: ScreenFilter | undefined;
  let size = { columns: 80, rows: 24 };
  let over = false;
  // A shell may speak before it is handed over.
  let early = "";

  const send = (text: string) => {
    if (shell) shell.write(text);
    else early += text;
  };

  const note = (text: string) => written.fire(`\r\n\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);

  const ended = async (end: StreamEnd) => {
    shell = undefined;
    played?.dispose();
    await filtered?.drained();
    filtered?.dispose();
    if (aborted.signal.aborted) return;
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
      filtered = filter?.({
        write: (text) => written.fire(text),
        hold: (held) => shell?.hold(held),
        columns: () => size.columns,
      });
      const show = (text: string) => (filtered ? filtered.output(text) : written.fire(text));
      played = first && playPrelude(first, systemClock, send, show);
      const print = (text: string) => (played ? played.output(text) : show(text));
      shell = await runner.terminal(
        size,
        { data: (chunk) => print(decoder.decode(chunk, { stream: true })), end: (end) => void ended(end) },
        aborted.signal,
      );
      shell.resize(size);
      if (early) shell.write(early);
      early = "";
    } catch (error) {
      if (!aborted.signal.aborted) void ended({ kind: "failure", error: error as Error });
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
      filtered?.dispose();
      lease.dispose();
      onClose?.();
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
    iconPath: new vscode.ThemeIcon(icon),
    pty,
  };
}
