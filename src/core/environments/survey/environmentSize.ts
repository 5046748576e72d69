import { Failure } from "../../failure";
import type { Runner, StreamEnd } from "../../remote";
import script from "./scripts/size.sh";

const openDeadlineMs = 30_000;

/**
 * Bytes that a folder takes on the host's disk, as du(1) counts: files that it shares with others by hard links count in
 * full. Takes as long as there are many files, minutes on a network file system; aborting ends it there too.
 * @throws Failure of the runner, `hostNoSuchPath`, `unreadable`, `cancelled`
 */
export async function environmentSize(runner: Runner, prefix: string, signal: AbortSignal): Promise<number> {
  if (/[\n\0]/.test(prefix)) throw new Failure({ reason: "hostPathUnusable", path: prefix });
  if (signal.aborted) throw new Failure({ reason: "cancelled" });
  let text = "";
  let finish: (end: StreamEnd) => void = () => {};
  const ended = new Promise<StreamEnd>((resolve) => {
    finish = resolve;
  });
  const stream = await runner.stream(
    { what: "measuring an environment", script: `{\n${script}\n}`, parameters: [prefix], deadlineMs: openDeadlineMs },
    {
      data: (chunk) => {
        text = (text + Buffer.from(chunk).toString("latin1")).slice(0, 1000);
      },
      end: finish,
    },
    signal,
  );
  const onAbort = () => finish({ kind: "failure", error: new Failure({ reason: "cancelled" }) });
  signal.addEventListener("abort", onAbort, { once: true });
  if (signal.aborted) onAbort();
  try {
    const end = await ended;
    if (end.kind === "failure") throw end.error;
    if (end.exitCode === 3) throw new Failure({ reason: "hostNoSuchPath", path: prefix });
    const bytes = Number(/^(\d{1,12})\s/.exec(text)?.[1]) * 1024;
    if (Number.isSafeInteger(bytes)) return bytes;
    throw new Failure({ reason: "unreadable", what: "size of an environment", detail: "it is no number" });
  } finally {
    signal.removeEventListener("abort", onAbort);
    stream.dispose();
  }
}
