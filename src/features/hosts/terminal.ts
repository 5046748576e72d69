import * as vscode from "vscode";
import type { HostLease } from "../../core/connections";
import type { HostRef } from "../../core/ports";
import { createHostShell, type HostShellOptions } from "./hostShell";

export interface HostTerminalOptions extends HostShellOptions {
  /** After the host's name: which environment it has. */
  readonly title?: string;
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
  { title, icon = "remote", ...options }: HostTerminalOptions = {},
): vscode.ExtensionTerminalOptions {
  const lease = acquire();
  const written = new vscode.EventEmitter<string>();
  const closed = new vscode.EventEmitter<number | undefined>();
  const shell = createHostShell(lease, options, {
    write: (text) => written.fire(text),
    ended: (exitCode) => closed.fire(exitCode),
  });
  const pty: vscode.Pseudoterminal = {
    onDidWrite: written.event,
    onDidClose: closed.event,
    open: shell.open,
    close: shell.dispose,
    handleInput: shell.input,
    setDimensions: shell.resize,
  };
  hosts.set(pty, lease.host);
  return {
    name: title === undefined ? lease.host.name : `${lease.host.name}: ${title}`,
    iconPath: new vscode.ThemeIcon(icon),
    pty,
  };
}
