import { visibleLines } from "./lines";

/** The last exception that a program reported. */
export interface Thrown {
  /** Without its module: `ModuleNotFoundError`. */
  readonly type: string;
  /** Its first line. */
  readonly message: string;
}

/** What launchers put before each line: torchrun's `[rank0]:`, `[default1]:`, `(RayWorker pid=12)`, mpirun's `[1,0]<stderr>:`. */
const prefix = /^(?:\[(?:rank|default)?\d+(?:,\d+)?\](?:<\w+>)?:? ?|\(\w+ pid=\d+(?:, ip=[\d.]+)?\) ?)/;
/** CPython's `traceback` and rich's: the last line of both is `Type: message`. A note or a class of any name may follow. */
const exception = /^((?:[A-Za-z_]\w*\.)*[A-Z]\w*)(?:: (.*))?$/;
const ending =
  /(?:Error|Exception|Warning|Interrupt|Exit|Failure|Timeout|Fault|Refused|Expired|Empty|Full|NotFound|Interrupted)$/;
/** Reports of a launcher about its children, not the cause. */
const launchers =
  /^(?:ChildFailedError|CalledProcessError|SignalException|ProcessRaisedException|ProcessExitedException|RendezvousConnectionError)$/;

/** The end of a log in lines, as a person would see them, without the prefixes of launchers. */
export function tailLines(tail: string): string[] {
  return visibleLines(tail).map((line) => line.replace(prefix, ""));
}

/** What the other processes of a job say when one of them has died. */
const consequence =
  /Connection (?:closed|reset|aborted) by (?:remote )?peer|remote process exited|Broken pipe|worker crashing|recvValue failed/i;

/**
 * The exception that ended the program: the last one behind a traceback, those of launchers, and of
 * processes whose peer has died, only where there is no other.
 */
export function lastException(lines: readonly string[]): Thrown | undefined {
  let found: Thrown | undefined;
  let other: Thrown | undefined;
  let inTraceback = false;
  for (const line of lines) {
    if (/Traceback \(most recent call last\)/.test(line)) {
      inTraceback = true;
      continue;
    }
    const match = /^[A-Za-z_]/.test(line) ? exception.exec(line) : null;
    const type = match?.[1]?.split(".").at(-1) ?? "";
    if (!match || !(inTraceback || (ending.test(type) && match[2] !== undefined))) continue;
    inTraceback = false;
    const thrown = { type, message: match[2] ?? "" };
    if (launchers.test(type) || consequence.test(thrown.message)) other ??= thrown;
    else found = thrown;
  }
  return found ?? other;
}
