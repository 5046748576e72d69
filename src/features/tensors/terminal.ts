import type * as vscode from "vscode";
import { systemClock } from "../../core/clock";
import { overlayLine } from "../../core/environments/overlayLine";
import { isFailure, problemOf } from "../../core/failure";
import type { Runner } from "../../core/remote";
import type { CommandOutcome, HookedRun } from "../../core/tensors/terminal/parts";
import type { TensorSession } from "../../core/tensors/terminal/session";
import type { Prelude } from "../hosts/prelude";
import { createHostTerminal, type Screen } from "../hosts/terminal";
import type { TensorsFeature, TerminalState } from "./feature";
import { type Pair, pairName } from "./pairs";

const states = new WeakMap<vscode.Pseudoterminal, TerminalState>();

/** What is known of a terminal that explains; undefined for every other. */
export function tensorStateOf(terminal: vscode.Terminal): TerminalState | undefined {
  const options = terminal.creationOptions;
  return "pty" in options ? states.get(options.pty) : undefined;
}

/** A login shell on the host in the environment, which explains why a command failed before its next prompt. */
export function createTensorTerminal(feature: TensorsFeature, pair: Pair): vscode.ExtensionTerminalOptions {
  const { app } = feature;
  let session: TensorSession | undefined;
  let run: HookedRun | undefined;
  const state: TerminalState = {
    host: pair.host,
    folder: () => session?.folder(),
    last: undefined,
    hook: "unknown",
  };

  const outcome = (ended: CommandOutcome) => {
    if (ended.kind === "succeeded") return feature.cleared(state);
    if (ended.kind === "unexplained") {
      state.hook = ended.hook;
      return;
    }
    state.hook = ended.from === "records" ? "recorded" : state.hook;
    const folder = ended.records.at(-1)?.folder ?? state.folder();
    const context = { host: pair.host, records: ended.records, ...(folder === undefined ? {} : { folder }) };
    state.last = { explanation: ended.explanation, context };
    feature.failed(state);
  };

  const options = createHostTerminal(() => app.engine.connections().acquire(pair.host), {
    ...(pair.environment ? { title: pair.environment.name } : {}),
    icon: "symbol-array",
    async prelude(runner, signal) {
      run = await beginRun(feature, pair, runner, signal);
      return preludeOf(feature, pair, run, runner, signal);
    },
    filter(screen) {
      session = createSession(feature, screen, run, outcome);
      return session;
    },
    onClose: () => feature.cleared(state),
  });
  states.set(options.pty, state);
  return options;
}

/** A host that takes no hook still gives a terminal. */
async function beginRun(
  { app, parts }: TensorsFeature,
  { host }: Pair,
  runner: Runner,
  signal: AbortSignal,
): Promise<HookedRun | undefined> {
  try {
    return await parts().beginRun(runner, signal);
  } catch (error) {
    if (signal.aborted || isFailure(error, "connectionLost")) throw error;
    app.log.warn(`${host.name}: no records of failures in this terminal (${problemOf(error).reason})`);
    return undefined;
  }
}

async function preludeOf(
  { app, parts }: TensorsFeature,
  pair: Pair,
  run: HookedRun | undefined,
  runner: Runner,
  signal: AbortSignal,
): Promise<Prelude> {
  const environments = app.engine.environments.parts();
  const chosen = environments.overlay(pair.environment, app.selections.toolkit(pair.host));
  const overlay = parts().terminalOverlay(chosen, run?.overlay);
  const script = (shell: string) => `${environments.overlayScript(overlay, shell)}${parts().marksScript(shell)}`;
  const line = await overlayLine(runner, script, signal);
  return { line, note: `${pairName(pair)}: failures of tensors are explained here.` };
}

function createSession(
  { app, parts }: TensorsFeature,
  screen: Screen,
  run: HookedRun | undefined,
  onOutcome: (outcome: CommandOutcome) => void,
): TensorSession {
  return parts().createTensorSession({
    clock: systemClock,
    explainer: parts().explainer,
    ...(run ? { run } : {}),
    ...screen,
    isPrinting: () => app.settings.explainInTerminal(),
    onOutcome,
  });
}
