import type { Explanation } from "../../../shared/tensors";
import type { Clock } from "../../clock";
import type { Disposable } from "../../lifecycle";
import type { RunReading } from "../hook";
import { renderExplanation } from "../render";
import { createFlow, type Flow } from "./flow";
import { createFreshRecords } from "./fresh";
import { createMarkSeeker, type ShellMark } from "./marks";
import type { CommandOutcome, Explainer, HookedRun } from "./parts";
import { createTail } from "./tail";
import { typedCommand } from "./typedCommand";

export interface TensorSessionDeps {
  readonly clock: Clock;
  readonly explainer: Explainer;
  /** Absent where the hook could not be put on the host: then text alone is explained. */
  readonly run?: HookedRun;
  write(text: string): void;
  /** For a screen that tells when it has had enough; `moved` is called whenever less waits than before. Absent: output is paced. */
  readonly flow?: (moved: () => void) => Flow;
  /** Makes the host wait, or go on. */
  hold(held: boolean): void;
  columns(): number;
  /** Whether explanations are printed; asked each time. */
  isPrinting(): boolean;
  onOutcome(outcome: CommandOutcome): void;
  /** How long the prompt waits for the record of a failure, in milliseconds; 300 without it. */
  readonly patienceMs?: number;
}

/** What stands between a shell and its screen: paces the output, and explains a failure before the next prompt. */
export interface TensorSession extends Disposable {
  output(text: string): void;
  /** Where the shell is; undefined while it has not told. */
  folder(): string | undefined;
  /** The last command as it was typed, one line; undefined where that is not certain. */
  command(): string | undefined;
  /** Whether the shell waits for a command. */
  isAtPrompt(): boolean;
  /** Resolves once all output is on the screen. */
  drained(): Promise<void>;
}

/** Characters of the last command's output that are kept for an explanation without a record. */
const TAIL = 64 * 1024;
/** A typed line with all that a shell draws it with. */
const ECHO = 8 * 1024;
/** Characters on the client from which on the host waits. */
const ENOUGH = 64 * 1024;

const marks = /\u001b\](?:633|133);[^\u0007\u001b]*(?:\u0007|\u001b\\)/g;

export function createTensorSession(deps: TensorSessionDeps): TensorSession {
  const { clock, explainer, run, onOutcome, patienceMs = 300 } = deps;
  const seeker = createMarkSeeker();
  const tail = createTail(TAIL);
  const fresh = createFreshRecords();
  const closing = new AbortController();
  const flow = deps.flow?.(() => balance()) ?? createFlow(clock, deps.write, () => balance());
  // What the person types is shown between the end of the prompt and the beginning of the command.
  const echo = createTail(ECHO);
  let incoming: string[] = [];
  let incomingLength = 0;
  let isLooking = false;
  let isHeld = false;
  let folder: string | undefined;
  let begunAt: number | undefined;
  let isAtPrompt = false;
  let told: string | undefined;
  let command: string | undefined;
  const whenHandled: (() => void)[] = [];

  const balance = () => {
    const held = incomingLength + flow.waiting() > ENOUGH;
    if (held === isHeld) return;
    isHeld = held;
    deps.hold(held);
  };

  const handle = () => {
    for (let text = incoming.shift(); text !== undefined; text = incoming.shift()) {
      incomingLength -= text.length;
      const { text: piece, mark, rest } = seeker.next(text);
      flow.push(piece);
      if (begunAt !== undefined) tail.push(piece);
      else if (isAtPrompt) echo.push(piece);
      if (rest) {
        incoming.unshift(rest);
        incomingLength += rest.length;
      }
      if (mark) follow(mark);
      if (isLooking) break;
    }
    balance();
    if (incoming.length > 0) return;
    for (const resolve of whenHandled.splice(0)) resolve();
  };

  const follow = (mark: ShellMark) => {
    if (mark.kind === "folder") folder = mark.path;
    // What a program prints while it runs is no word of the shell.
    if (mark.kind === "commandLine" && isAtPrompt) told = mark.text;
    if (mark.kind === "promptEnds") {
      isAtPrompt = true;
      told = undefined;
      echo.clear();
    }
    if (mark.kind === "commandBegins") {
      command = typedCommand(told, echo.text());
      told = undefined;
      isAtPrompt = false;
      begunAt = clock.monotonic();
      tail.clear();
    }
    if (mark.kind !== "commandEnds" || begunAt === undefined) return;
    const ageMs = clock.monotonic() - begunAt;
    begunAt = undefined;
    if (mark.status === 0) onOutcome({ kind: "succeeded" });
    else if (mark.status !== undefined) look(ageMs);
  };

  const look = (ageMs: number) => {
    const text = tail.text().replace(marks, "");
    if (!run) return settle(judge(undefined, text, ageMs), text);
    // What comes meanwhile waits.
    isLooking = true;
    const release = (reading: RunReading | undefined) => {
      settle(judge(reading, text, ageMs), text);
      isLooking = false;
      handle();
    };
    const late = clock.after(patienceMs, () => {
      hasWaited = true;
      release(undefined);
    });
    let hasWaited = false;
    const answered = (reading: RunReading | undefined) => {
      late.dispose();
      if (closing.signal.aborted) return;
      if (!hasWaited) return release(reading);
      // Too late for the screen; who shows it elsewhere gets the exact one.
      const exact = reading && judge(reading, "", ageMs);
      if (exact?.kind === "explained") onOutcome(exact);
    };
    run.read(closing.signal).then(answered, () => answered(undefined));
  };

  const settle = (outcome: CommandOutcome, text: string) => {
    if (outcome.kind === "explained" && deps.isPrinting()) print(outcome.explanation, text);
    onOutcome(outcome);
  };

  const judge = (reading: RunReading | undefined, text: string, ageMs: number): CommandOutcome => {
    const records = reading ? fresh.take(reading, ageMs) : [];
    const isSilent =
      reading !== undefined && records.length === 0 && text.includes("Traceback (most recent call last)");
    const hook = records.length > 0 ? "recorded" : isSilent ? "silent" : "unknown";
    const exact = records.length > 0 ? harmless(() => explainer.records(records)) : undefined;
    if (exact) return { kind: "explained", explanation: exact, from: "records", records, hook };
    const guessed = text ? harmless(() => explainer.text(text)) : undefined;
    if (guessed) return { kind: "explained", explanation: guessed, from: "text", records, hook };
    return { kind: "unexplained", hook };
  };

  const print = (explanation: Explanation, text: string) => {
    const lines = renderExplanation(explanation, { columns: deps.columns(), colour: true });
    flow.push(`${text.endsWith("\n") ? "" : "\r\n"}${lines.join("\r\n")}\r\n`);
  };

  return {
    output(text) {
      incoming.push(text);
      incomingLength += text.length;
      if (!isLooking) handle();
      else balance();
    },
    folder: () => folder,
    command: () => command,
    isAtPrompt: () => isAtPrompt,
    async drained() {
      if (incoming.length > 0) await new Promise<void>((resolve) => whenHandled.push(resolve));
      await flow.drained();
    },
    dispose() {
      closing.abort();
      incoming = [];
      for (const resolve of whenHandled.splice(0)) resolve();
      flow.dispose();
    },
  };
}

/** Nothing that a host sends may end in a terminal without a prompt. */
function harmless<T>(make: () => T | undefined): T | undefined {
  try {
    return make();
  } catch {
    return undefined;
  }
}
