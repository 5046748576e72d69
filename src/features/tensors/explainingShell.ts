import { systemClock } from "../../core/clock";
import { overlayLine } from "../../core/environments/overlayLine";
import { isFailure, problemOf } from "../../core/failure";
import { hostId } from "../../core/ports";
import type { Runner } from "../../core/remote";
import type { Flow } from "../../core/tensors/terminal/flow";
import type { CommandOutcome, HookedRun } from "../../core/tensors/terminal/parts";
import type { TensorSession } from "../../core/tensors/terminal/session";
import type { HostShellOptions } from "../hosts/hostShell";
import type { Prelude } from "../hosts/prelude";
import type { TensorsFeature, TerminalState } from "./feature";
import { type Pair, pairName } from "./pairs";

/** A shell that explains why a command failed before its next prompt, whatever it is shown in. */
export interface ExplainingShell {
  readonly state: TerminalState;
  readonly options: HostShellOptions;
}

export interface ExplainingShellPorts {
  /** Types into the shell. */
  type(text: string): void;
  /** For a screen that tells when it has had enough. */
  readonly flow?: (moved: () => void) => Flow;
}

/** Clears what stands at the prompt. */
const clearLine = "\u0015";

/** The environment, the hook and the marks for the shells of one terminal, and what is known of them. */
export function createExplainingShell(
  feature: TensorsFeature,
  pair: Pair,
  { type, flow }: ExplainingShellPorts,
): ExplainingShell {
  const { app, parts } = feature;
  let session: TensorSession | undefined;
  let run: HookedRun | undefined;
  const state: TerminalState = {
    host: pair.host,
    folder: () => session?.folder(),
    command: () => session?.command(),
    runAgain() {
      const command = session?.command();
      if (command === undefined || !session?.isAtPrompt()) return false;
      type(`${clearLine}${command}\r`);
      return true;
    },
    traces: async (signal) => (await run?.traces?.(signal)) ?? [],
    outcome: "none",
    last: undefined,
    hook: "unknown",
  };

  const onOutcome = (ended: CommandOutcome) => {
    state.outcome = ended.kind;
    if (ended.kind === "succeeded") state.last = undefined;
    if (ended.kind === "unexplained") state.hook = ended.hook;
    if (ended.kind === "explained") {
      state.hook = ended.hook;
      const folder = ended.records.at(-1)?.folder ?? state.folder();
      const context = { host: pair.host, records: ended.records, ...(folder === undefined ? {} : { folder }) };
      state.last = { explanation: ended.explanation, context };
    }
    feature.ended(state);
  };

  const options: HostShellOptions = {
    async prelude(runner, signal) {
      run = await beginRun(feature, pair, runner, signal);
      const prelude = await preludeOf(feature, pair, run, runner, signal);
      if (run) clearOldRuns(feature, pair, runner, signal);
      return prelude;
    },
    filter(screen) {
      session = parts().createTensorSession({
        clock: systemClock,
        explainer: parts().explainer,
        ...(run ? { run } : {}),
        ...screen,
        ...(flow ? { flow } : {}),
        isPrinting: () => app.settings.explainInTerminal(),
        onOutcome,
      });
      return session;
    },
    onClose: () => feature.closed(state),
  };
  return { state, options };
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

const cleared = new Set<string>();

/** Once for each host and window, and nobody waits for it. */
function clearOldRuns({ app, parts }: TensorsFeature, { host }: Pair, runner: Runner, signal: AbortSignal): void {
  if (cleared.has(hostId(host))) return;
  cleared.add(hostId(host));
  const command = parts().clearRuns(app.settings.jobRetentionDays());
  runner.run(command, signal).catch((error: unknown) => {
    if (!signal.aborted) app.log.warn(`${host.name}: old records were not cleared (${problemOf(error).reason})`);
  });
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
