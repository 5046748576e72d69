import * as vscode from "vscode";
import type { App } from "../../app";
import { overlayLine } from "../../core/environments/overlayLine";
import type { HostRef } from "../../core/ports";
import type { Runner } from "../../core/remote";
import { withLateProgress } from "../../platform/progress";
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
  const { line } = await withLateProgress(`Activating ${environment.name} on ${host.name}`, (signal) =>
    app.engine.environments.use(host, signal, (runner) =>
      preludeOf(app, choiceOf(app, host, environment), runner, signal),
    ),
  );
  terminal.sendText(` ${line}`, true);
  terminal.show();
}

const choiceOf = ({ selections }: App, host: HostRef, environment: Environment | undefined): TerminalChoice => ({
  environment: environment ?? selections.environment(host, "workspace"),
  toolkit: selections.toolkit(host),
});

/** `train`, `train, CUDA 12.4` */
const choiceName = ({ environment, toolkit }: TerminalChoice): string =>
  [environment?.name, toolkit && toolkitName(toolkit)].filter(Boolean).join(", ");

async function preludeOf(app: App, choice: TerminalChoice, runner: Runner, signal: AbortSignal): Promise<Prelude> {
  const parts = app.engine.environments.parts();
  const overlay = parts.overlay(choice.environment, choice.toolkit);
  const line = await overlayLine(runner, (shell) => parts.overlayScript(overlay, shell), signal);
  return { line, note: `Uses ${choiceName(choice)} in this terminal only.` };
}
