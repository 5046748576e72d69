import * as vscode from "vscode";
import type { App } from "../../app";
import { Failure } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { RemoteCommand, Runner } from "../../core/remote";
import type { Environment, Toolkit } from "../../shared/environments";
import type { Prelude } from "../hosts/prelude";
import { createHostTerminal, hostOfTerminal } from "../hosts/terminal";
import { toolkitName } from "./toolkitWords";

/** What a terminal is to use. */
export interface TerminalChoice {
  readonly environment?: Environment | undefined;
  readonly toolkit?: Toolkit | undefined;
}

/** Opens a login shell on the host with what this workspace uses there; `environment` instead of the workspace's. */
export function openTerminal(app: App, host: HostRef, environment?: Environment): void {
  const choice = choiceOf(app, host, environment);
  const isPlain = !choice.environment && !choice.toolkit;
  const options = isPlain
    ? {}
    : {
        title: choiceName(choice),
        prelude: (runner: Runner, signal: AbortSignal) => preludeOf(app, choice, runner, signal),
      };
  vscode.window.createTerminal(createHostTerminal(() => app.engine.connections().acquire(host), options)).show();
}

/** Brings the environment into the host's terminal in front; a new one where there is none. */
export async function activateInTerminal(app: App, host: HostRef, environment: Environment): Promise<void> {
  const terminal = vscode.window.activeTerminal;
  if (!terminal || hostOfTerminal(terminal)?.name !== host.name) return openTerminal(app, host, environment);
  const aborted = new AbortController();
  const prelude = await app.engine.environments.use(host, aborted.signal, (runner) =>
    preludeOf(app, choiceOf(app, host, environment), runner, aborted.signal),
  );
  terminal.sendText(` ${prelude.line}`, true);
  terminal.show();
}

const choiceOf = ({ selections }: App, host: HostRef, environment: Environment | undefined): TerminalChoice => ({
  environment: environment ?? selections.environment(host, "workspace"),
  toolkit: selections.toolkit(host),
});

/** `train`, `train, CUDA 12.4` */
export const choiceName = ({ environment, toolkit }: TerminalChoice): string =>
  [environment?.name, toolkit && toolkitName(toolkit)].filter(Boolean).join(", ");

async function preludeOf(app: App, choice: TerminalChoice, runner: Runner, signal: AbortSignal): Promise<Prelude> {
  const parts = app.engine.environments.parts();
  const shell = await runner.run(loginShell, signal);
  const overlay = parts.overlay(choice.environment, choice.toolkit);
  return { line: parts.overlayScript(overlay, shell), note: `Uses ${choiceName(choice)} in this terminal only.` };
}

/** Name of the user's login shell: `bash`, `zsh`, `fish`, `tcsh`. */
const loginShell: RemoteCommand<string> = {
  what: "asking for the login shell",
  argv: ["sh", "-c", 'printf %s "$SHELL"'],
  deadlineMs: 10_000,
  parse({ stdout }) {
    const name = stdout.trim().split("/").at(-1);
    if (!name) throw new Failure({ reason: "unreadable", what: "the login shell", detail: stdout });
    return name;
  },
};
