import type { Terminal } from "@xterm/xterm";
import { limitCounts } from "../lib/terminal/harmless";
import { createXterm, type FindTarget, type XtermEvents } from "../lib/terminal/xterm";

/** A terminal to work in. Behind an interface because it needs a browser that measures text. */
export interface ShellTerminal extends FindTarget {
  /** Empties it and shows what was there before, which is not answered. `done` is called once it is in the picture. */
  begin(text: string, done: () => void): void;
  write(text: string, done: () => void): void;
  /** As if it was typed: programs that ask for it are told that it was pasted. */
  paste(text: string): void;
  fit(): void;
  dispose(): void;
}

export interface ShellEvents extends XtermEvents {
  /** Typed, or answered to a question of a program. */
  input(text: string): void;
  resized(columns: number, rows: number): void;
  openFind(): void;
  /** Asks for what was copied. */
  paste(): void;
  copy(text: string): void;
  /** On to what stands beside it. */
  leave(): void;
}

export type MakeShellTerminal = (parent: HTMLElement, events: ShellEvents) => ShellTerminal;

const SCROLLBACK = 10_000;
const SMALLEST = { cols: 20, rows: 4 };
/** Ends a sequence that was cut off. */
const AFRESH = "\u0018";

export const createShellTerminal: MakeShellTerminal = (parent, events) => {
  const { terminal, room, ...shared } = createXterm(events, {
    hidesCursor: false,
    cursorBlink: false,
    scrollback: SCROLLBACK,
    macOptionIsMeta: false,
  });
  limitCounts(terminal);
  let isReplaying = false;
  terminal.onData((text) => isReplaying || events.input(text));
  terminal.onBinary((text) => isReplaying || events.input(text));
  terminal.onResize(({ cols, rows }) => events.resized(cols, rows));
  terminal.attachCustomKeyEventHandler((event) => {
    const action = keyAction(event, isMac(), terminal.hasSelection());
    if (action === "type") return true;
    if (action === "workbench") return false;
    event.preventDefault();
    event.stopPropagation();
    if (event.type === "keydown") perform(action, terminal, events);
    return false;
  });
  terminal.open(parent);

  return {
    ...shared,
    begin(text, done) {
      isReplaying = true;
      terminal.write(AFRESH, () => terminal.reset());
      terminal.write(text, () => {
        isReplaying = false;
        done();
      });
    },
    write: (text, done) => terminal.write(text, done),
    paste: (text) => terminal.paste(text),
    fit() {
      const size = room();
      if (!size) return;
      terminal.resize(Math.max(size.cols, SMALLEST.cols), Math.max(size.rows, SMALLEST.rows));
    },
  };
};

const isMac = () => /Mac/.test(navigator.userAgent);

/** What a key does: goes to the shell, to the workbench, or is done here. */
export type KeyAction = "type" | "workbench" | "find" | "copy" | "paste" | "leave";

/** As VS Code's own terminal has it, where that can be told from here. */
export function keyAction(
  {
    key,
    ctrlKey,
    metaKey,
    shiftKey,
    altKey,
  }: Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "shiftKey" | "altKey">,
  mac: boolean,
  isSelected: boolean,
): KeyAction {
  const letter = key.toLowerCase();
  if (key === "F6") return "leave";
  if (key === "F1") return "workbench";
  if (mac ? metaKey : ctrlKey && shiftKey) {
    if (letter === "c") return isSelected ? "copy" : "type";
    if (letter === "v") return "paste";
    return mac && letter === "f" ? "find" : "workbench";
  }
  if (!ctrlKey || altKey || mac) return "type";
  if (letter === "f") return "find";
  if (letter === "v") return "paste";
  if (letter === "c" && isSelected) return "copy";
  return key === "Tab" || key === "PageUp" || key === "PageDown" ? "workbench" : "type";
}

function perform(action: Exclude<KeyAction, "type" | "workbench">, terminal: Terminal, events: ShellEvents): void {
  switch (action) {
    case "find":
      events.openFind();
      break;
    case "paste":
      events.paste();
      break;
    case "leave":
      events.leave();
      break;
    case "copy":
      events.copy(terminal.getSelection());
      terminal.clearSelection();
      break;
  }
}
