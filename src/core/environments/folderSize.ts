import { Failure } from "../failure";
import { type Runner, readyMark } from "../remote";
import script from "./folderSize.sh";

/** Milliseconds until counting is given up: a slow network disk with a million files. */
const deadlineMs = 300_000;

/** Bytes on the disk of a folder on the host, hard links counted once. On a channel of its own: it may take minutes. @throws Failure */
export async function measureFolder(runner: Runner, path: string, signal: AbortSignal): Promise<number> {
  const what = `measuring ${path}`;
  const inTime = AbortSignal.any([signal, AbortSignal.timeout(deadlineMs)]);
  const output = await new Promise<string>((resolve, reject) => {
    const decoder = new TextDecoder();
    let text = "";
    const sink = {
      data: (chunk: Uint8Array) => {
        if (text.length < 4096) text += decoder.decode(chunk, { stream: true });
      },
      end: (end: { kind: "exit" } | { kind: "failure"; error: Error }) =>
        end.kind === "failure" ? reject(end.error) : resolve(text),
    };
    runner
      .stream({ what, script, parameters: [path], deadlineMs: 20_000 }, sink, inTime)
      .then((stream) => {
        inTime.addEventListener("abort", () => {
          stream.dispose();
          const late: Failure = new Failure({ reason: "deadline", what, seconds: deadlineMs / 1000 });
          reject(signal.aborted ? new Failure({ reason: "cancelled" }) : late);
        });
      })
      .catch(reject);
  });
  const kibibytes = /^(\d+)\s/.exec(output.replace(readyMark, ""))?.[1];
  if (kibibytes === undefined) throw new Failure({ reason: "hostNoSuchPath", path });
  return Number(kibibytes) * 1024;
}
