import { systemClock } from "../../src/core/clock";
import { noOverlay } from "../../src/core/environments/overlay";
import { overlayLine } from "../../src/core/environments/overlayLine";
import { overlayScript, overlayShellOf } from "../../src/core/environments/overlayScript";
import type { CommandOutput, Runner } from "../../src/core/remote";
import type { CommandOutcome, Explainer, HookedRun } from "../../src/core/tensors/terminal/parts";
import { createTensorSession } from "../../src/core/tensors/terminal/session";
import { marksScript, terminalOverlay } from "../../src/core/tensors/terminal/shellText";
import { playPrelude } from "../../src/features/hosts/prelude";
import type { Explanation, RunRecord } from "../../src/shared/tensors";

/** A signal that never fires. This file stands without the test runner: the bench uses it, too. */
const noAbort = new AbortController().signal;

/** A terminal as the product opens it, with what its screen got. */
export interface TensorShell {
  type(text: string): void;
  resize(columns: number, rows: number): void;
  /** The last part of the screen's text; all of it where little came. */
  text(): string;
  /** Characters that the screen got. */
  length(): number;
  /** Resolves with what fits at the first time, past or future. Looks at the last part of the screen's text. */
  says(pattern: RegExp): Promise<RegExpExecArray>;
  outcomes: CommandOutcome[];
  folder(): string | undefined;
  /** Also gets everything that comes. */
  tap: ((text: string) => void) | undefined;
  forget(): void;
  dispose(): void;
}

const KEPT = 32 * 1024;

/** Records that programs left in a folder of the host. */
export function runIn(runner: Runner, folder: string): HookedRun {
  const script =
    'cd "$1" && date -u +%Y-%m-%dT%H:%M:%SZ && for file in *.json; do [ -f "$file" ] && cat "$file"; done; :';
  return {
    overlay: { ...noOverlay, set: { TENSORLINE_RUN: folder }, prepend: { PYTHONPATH: ["/hook"] } },
    async read(signal) {
      const argv = ["sh", "-c", script, "sh", folder] as const;
      const parse = (output: CommandOutput) => output;
      const { stdout } = await runner.run({ what: "reading a run", argv, deadlineMs: 10_000, parse }, signal);
      const [now = "", ...records] = stdout.trim().split("\n");
      return { now, records: records.map((line) => JSON.parse(line) as RunRecord) };
    },
  };
}

/** Stands in for the explainer: what a record says about its first operands. */
export const plainExplainer: Explainer = {
  records(records) {
    const failure = records.at(-1)?.failures.at(-1)?.exceptions.at(-1);
    const frame = failure?.frames.at(-1);
    return failure && frame && { ...explained(failure.message), operands: shaped(frame.operands), location: frame };
  },
  text: (text) => (/shapes cannot be multiplied/.test(text) ? explained("two shapes do not fit") : undefined),
};

const shaped = (values: readonly { name: string; shape?: readonly (number | null)[] }[]) =>
  values.map(({ name, shape = [] }) => ({ name, shape }));

const explained = (summary: string): Explanation => ({
  kind: "matmul",
  framework: "torch",
  summary,
  message: summary,
  operands: [],
  layers: [],
  rule: "the inner dimensions have to be equal",
  fixes: [],
  confidence: 0.9,
  others: 0,
});

export interface TensorShellOptions {
  readonly run?: HookedRun;
  readonly isPrinting?: () => boolean;
}

export async function openTensorShell(runner: Runner, { run, isPrinting }: TensorShellOptions): Promise<TensorShell> {
  let text = "";
  let length = 0;
  const watchers = new Set<() => void>();
  const outcomes: CommandOutcome[] = [];
  const decoder = new TextDecoder();
  const script = (shell: string) =>
    overlayScript(terminalOverlay(noOverlay, run?.overlay), overlayShellOf(shell)) + marksScript(shell);
  const line = await overlayLine(runner, script, noAbort);
  let early = "";
  let send = (typed: string) => {
    early += typed;
  };
  const session = createTensorSession({
    clock: systemClock,
    explainer: plainExplainer,
    ...(run ? { run } : {}),
    write(piece) {
      shell.tap?.(piece);
      length += piece.length;
      text = (text + piece).slice(-KEPT);
      for (const watch of [...watchers]) watch();
    },
    hold: (held) => terminal.hold(held),
    columns: () => 80,
    isPrinting: isPrinting ?? (() => true),
    onOutcome: (outcome) => outcomes.push(outcome),
    // The machine may be busy; what happens when it is late is tested with a clock of its own.
    patienceMs: 20_000,
  });
  const played = playPrelude({ line, note: "Ready." }, systemClock, (typed) => send(typed), session.output);
  const size = { columns: 80, rows: 24 };
  const data = (chunk: Uint8Array) => played.output(decoder.decode(chunk, { stream: true }));
  const shell: TensorShell = {
    type: (typed) => played.input(typed),
    resize: (columns, rows) => terminal.resize({ columns, rows }),
    text: () => text,
    length: () => length,
    says: (pattern) =>
      new Promise((resolve) => {
        const watch = () => {
          const found = pattern.exec(text);
          if (!found) return;
          watchers.delete(watch);
          resolve(found);
        };
        watchers.add(watch);
        watch();
      }),
    outcomes,
    folder: session.folder,
    tap: undefined,
    forget() {
      text = "";
    },
    dispose() {
      played.dispose();
      session.dispose();
      terminal.dispose();
    },
  };
  const terminal = await runner.terminal(size, { data, end: () => {} }, noAbort);
  send = (typed) => terminal.write(typed);
  if (early) send(early);
  return shell;
}
