import type { Environment, SelfTestReport, SelfTestStep } from "../../../shared/environments";
import { boundedText } from "../../boundedText";
import type { Clock } from "../../clock";
import { Failure } from "../../failure";
import { type Disposable, MutableDisposable } from "../../lifecycle";
import type { RemoteStream, Runner, StreamEnd } from "../../remote";
import type { Overlay } from "../overlay";
import { explainText } from "./explain";
import { type SelfTestRequest, selfTestCommand } from "./program";
import { createRecordReader, type SelfTestRecord } from "./records";
import { finishedStep, skippedStep, stepTitle, type UsersOf } from "./stepWords";

export interface SelfTestOptions extends SelfTestRequest {
  readonly clock: Clock;
  /** What makes a shell use the environment. */
  readonly overlay: Overlay;
  /** For the words about a full GPU. */
  readonly usersOf?: UsersOf;
  /** Milliseconds until the interpreter must have said something. */
  readonly startMs?: number;
}

export type SelfTestNews =
  | { readonly kind: "started"; readonly step: string }
  | { readonly kind: "done"; readonly step: SelfTestStep };

/** What a step may take beyond its limit until its process is gone. */
const graceMs = 30_000;

/**
 * Tries an environment on its host: its interpreter, its frameworks' imports, the GPUs that they see, memory and a product
 * on each, GPUs together, `torch.compile`. Every step runs in processes of its own; one that hangs or crashes is told as
 * that, and the next begins. Nothing stays on the host, however it ends. What is wrong with the environment is in the report.
 * @throws Failure `environmentBroken` where there is no interpreter, `cancelled`, those of the connection
 */
export async function selfTest(
  runner: Runner,
  environment: Environment,
  { clock, overlay, usersOf = () => [], startMs = 60_000, ...request }: SelfTestOptions,
  signal: AbortSignal,
  onNews: (news: SelfTestNews) => void = () => {},
): Promise<SelfTestReport> {
  const { interpreter, name, error } = environment;
  if (interpreter === undefined || /[\n\0]/.test(interpreter))
    throw new Failure({ reason: "environmentBroken", name, detail: error?.message ?? "it has no interpreter" });
  if (signal.aborted) throw new Failure({ reason: "cancelled" });

  const steps: SelfTestStep[] = [];
  const silence = new MutableDisposable<Disposable>();
  let running = "Python";
  let isComplete = false;
  let complaint = "";
  let stream: RemoteStream | undefined;
  let finish: (end: StreamEnd | "silent") => void = () => {};
  const ended = new Promise<StreamEnd | "silent">((resolve) => {
    finish = resolve;
  });

  function add(step: SelfTestStep | undefined): void {
    if (!step) return;
    steps.push(step);
    onNews({ kind: "done", step });
  }
  function expectWithin(ms: number): void {
    silence.replace(clock.after(ms, () => finish("silent")));
  }
  function obey(record: SelfTestRecord): void {
    switch (record.kind) {
      case "started":
        running = stepTitle(record.step);
        expectWithin(record.limitSeconds * 1000 + graceMs);
        onNews({ kind: "started", step: running });
        break;
      case "done":
        expectWithin(graceMs);
        add(finishedStep(record, usersOf));
        break;
      case "skipped":
        add(skippedStep(record));
        break;
      case "end":
        isComplete = true;
        break;
    }
  }

  const read = createRecordReader();
  const sink = {
    data: (chunk: Uint8Array) => read(chunk).forEach(obey),
    errorData(chunk: Uint8Array) {
      complaint = (complaint + Buffer.from(chunk).toString("utf8")).slice(-4096);
    },
    end: (end: StreamEnd) => finish(end),
  };
  const onAbort = () => finish({ kind: "failure", error: new Failure({ reason: "cancelled" }) });
  signal.addEventListener("abort", onAbort, { once: true });
  try {
    expectWithin(startMs);
    stream = await runner.stream(selfTestCommand(interpreter, overlay, request), sink, signal);
    const end = await ended;
    if (end !== "silent" && end.kind === "failure") throw end.error;
    if (!isComplete) add(abrupt(running, end, complaint));
    return { steps };
  } finally {
    signal.removeEventListener("abort", onAbort);
    silence.dispose();
    stream?.dispose();
  }
}

/** The program itself ended, or never began. */
function abrupt(step: string, end: "silent" | (StreamEnd & { kind: "exit" }), complaint: string): SelfTestStep {
  const last = boundedText(complaint.trimEnd().split("\n").at(-1) ?? "", 300);
  const detail = last === "" ? {} : { detail: last };
  return { step, outcome: "fails", words: words(), ...detail };

  function words(): string {
    if (end === "silent")
      return "Python does not answer. Something hangs while it starts; the host's file system may be slow.";
    if (end.exitCode === 126)
      return "The interpreter cannot be run: you may not, or it is for another kind of machine. Create the environment again.";
    const known = explainText(complaint, { label: "Python", facts: {} });
    if (known !== undefined) return known;
    if (end.exitCode === 127)
      return "The interpreter is not there, or its loader is not. Create the environment again.";
    return "Python ended before the test was over. The detail is its last word.";
  }
}
