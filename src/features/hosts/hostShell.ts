import { systemClock } from "../../core/clock";
import type { HostLease } from "../../core/connections";
import { problemOf } from "../../core/failure";
import type { Disposable } from "../../core/lifecycle";
import type { RemoteTerminal, Runner, StreamEnd, TerminalSize } from "../../core/remote";
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

export interface HostShellOptions {
  /** What each new shell is told first. */
  readonly prelude?: (runner: Runner, signal: AbortSignal) => Promise<Prelude | undefined>;
  /** For each new shell, after its prelude was made. */
  readonly filter?: (screen: Screen) => ScreenFilter;
  /** Typed into the first shell, once it is prepared. */
  readonly first?: string;
  /** Called once, when the terminal is closed. */
  readonly onClose?: () => void;
}

/** Where a shell is shown. */
export interface ShellView {
  write(text: string): void;
  /** The shell has ended by itself; undefined: nobody knows how. */
  ended(exitCode: number | undefined): void;
}

/** Login shells on a host, one after the other, in one terminal of whatever kind. */
export interface HostShell extends Disposable {
  /** Once the view takes text. */
  open(size: TerminalSize | undefined): void;
  input(data: string): void;
  resize(size: TerminalSize): void;
}

/** A login shell on the host over the connection that is already there; a new one where it was cut and the person presses Enter. */
export function createHostShell(
  lease: HostLease,
  { prelude, filter, first = "", onClose }: HostShellOptions,
  view: ShellView,
): HostShell {
  const aborted = new AbortController();
  let shell: RemoteTerminal | undefined;
  let played: PlayedPrelude | undefined;
  let filtered: ScreenFilter | undefined;
  let size = { columns: 80, rows: 24 };
  let over = false;
  // A shell may speak before it is handed over.
  let early = "";
  let waiting = first;

  const send = (text: string) => {
    if (shell) shell.write(text);
    else early += text;
  };

  const note = (text: string) => view.write(`\r\n\x1b[2m${text.replaceAll("\n", "\r\n")}\x1b[0m\r\n`);

  const ended = async (end: StreamEnd) => {
    shell = undefined;
    played?.dispose();
    await filtered?.drained();
    filtered?.dispose();
    if (aborted.signal.aborted) return;
    if (end.kind === "exit" && end.exitCode !== undefined) return view.ended(end.exitCode);
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
        write: view.write,
        hold: (held) => shell?.hold(held),
        columns: () => size.columns,
      });
      const show = (text: string) => (filtered ? filtered.output(text) : view.write(text));
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
      if (waiting) (played?.input ?? send)(waiting);
      waiting = "";
    } catch (error) {
      if (!aborted.signal.aborted) void ended({ kind: "failure", error: error as Error });
    }
  };

  return {
    open(dimensions) {
      if (dimensions) size = dimensions;
      view.write(`\x1b[2mConnecting to ${lease.host.name}…\x1b[0m\r\n`);
      void open();
    },
    input(data) {
      if (shell) (played?.input ?? send)(data);
      else if (over && data.includes("\r")) void open();
    },
    resize(dimensions) {
      size = dimensions;
      shell?.resize(dimensions);
    },
    dispose() {
      aborted.abort();
      played?.dispose();
      shell?.dispose();
      filtered?.dispose();
      lease.dispose();
      onClose?.();
    },
  };
}
