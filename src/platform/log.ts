import * as vscode from "vscode";
import type { Disposable } from "../core/lifecycle";
import type { Logger } from "../core/logger";

/** The output channel "Tensorline", made at the first line; keeps the last errors for the diagnostics. */
export interface EditorLog extends Logger, Disposable {
  show(): void;
  recent(): readonly string[];
}

const keptLines = 200;

export function createEditorLog(): EditorLog {
  let channel: vscode.LogOutputChannel | undefined;
  const open = () => {
    channel ??= vscode.window.createOutputChannel("Tensorline", { log: true });
    return channel;
  };
  const lines: string[] = [];
  const keep = (level: string, message: string) => {
    lines.push(`${new Date().toISOString()} ${level} ${message}`);
    if (lines.length > keptLines) lines.shift();
  };
  return {
    debug: (message) => open().debug(message),
    info(message) {
      keep("info", message);
      open().info(message);
    },
    warn(message) {
      keep("warn", message);
      open().warn(message);
    },
    error(message, cause) {
      keep("error", message);
      open().error(message, ...(cause === undefined ? [] : [cause]));
    },
    show: () => open().show(),
    recent: () => lines,
    dispose: () => channel?.dispose(),
  };
}
