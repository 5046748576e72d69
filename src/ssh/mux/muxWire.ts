import { randomBytes } from "node:crypto";
import type { Readable, Writable } from "node:stream";
import type { Clock } from "../../core/clock";
import { Failure } from "../../core/failure";
import { frameReader } from "../frames";
import { markSeeker } from "../markSeeker";
import { plainText } from "../plainText";
import { shellInput, withinLimits } from "../shell";
import script from "./mux.sh";

/**
 * What the one process runs on the host, in any login shell. The script kills its process group when it ends, and
 * dropbear starts all commands of a connection in one group, so there the shell is given one of its own.
 */
export const muxCommand =
  "exec sh -c 'read -r pid name state parent group rest </proc/self/stat;" +
  " test $group -ne $$ && command -v setsid >/dev/null 2>&1 && exec setsid sh -s; exec sh -s'";

/** A process that runs `muxCommand` on the host. */
export interface MuxProcess {
  readonly host: string;
  readonly stdin: Writable;
  readonly stdout: Readable;
  /** Resolves with the reason once the process has ended. */
  readonly ended: Promise<Failure>;
  /** Ends the process. */
  readonly close: () => void;
}

export interface MuxWireOptions {
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Milliseconds until the script must be ready. The login is part of it, with all that the user types. */
  readonly deadlineMs: number;
  /** Seconds without a word from the client after which all ends on the host. */
  readonly silenceSeconds: number;
}

/** What the host says: of channel 0 about the whole. */
export interface MuxFrame {
  readonly channel: number;
  readonly kind: number;
  readonly payload: Buffer;
}

/** The script runs on the host and obeys. */
export interface MuxWire {
  /** Whether the script understands bytes that follow a line. */
  readonly raw: boolean;
  send(data: string | Uint8Array): void;
  /** Frames come from now on. */
  receive(take: (frame: MuxFrame) => void): void;
  /** `clock.monotonic()` of the last bytes that came. */
  lastHeard(): number;
}

const readyKind = 6;

/**
 * Starts the script and waits until it is ready.
 * @throws Failure `noShell`, `deadline`, `cancelled`, and what `ended` gives
 */
export function openMuxWire(process: MuxProcess, options: MuxWireOptions): Promise<MuxWire> {
  const { clock, deadlineMs, signal, silenceSeconds } = options;
  return withinLimits({ what: "opening a shell", deadlineMs, clock, signal }, (abandoned) => {
    return new Promise((resolve, reject) => {
      const { host, stdin, stdout } = process;
      const seeker = markSeeker();
      const nonce = randomBytes(12).toString("hex");
      const folder = randomBytes(6).toString("hex");
      const frames = frameReader(nonce);
      let reading = false;
      let heard = clock.monotonic();
      let receive: (frame: MuxFrame) => void = ({ kind, payload }) => {
        if (kind !== readyKind) return;
        const answer = payload.toString();
        if (answer === "no folder") return giveUp(noShell("no folder for short-lived files can be written there"));
        abandoned.removeEventListener("abort", onAbandoned);
        resolve({
          raw: answer === "raw",
          send: (data) => void (stdin.writable && stdin.write(data)),
          receive(take) {
            receive = take;
          },
          lastHeard: () => heard,
        });
      };
      const noShell = (detail: string) => new Failure({ reason: "noShell", host, detail });
      const giveUp = (reason: unknown) => {
        reject(reason);
        process.close();
      };
      const onAbandoned = () => giveUp(abandoned.reason);
      const readFrames = (chunk: Buffer) => {
        frames.push(chunk);
        for (let frame = frames.take(); frame !== undefined; frame = frames.take()) {
          receive({ channel: Math.floor(frame.code / 8), kind: frame.code % 8, payload: frame.output });
        }
        // The script's frames are far smaller.
        if (frames.tooLarge()) giveUp(noShell("the host sends frames without end"));
      };
      stdout.on("data", (chunk: Buffer) => {
        heard = clock.monotonic();
        if (reading) return readFrames(chunk);
        const found = seeker.push(chunk);
        if (found === undefined) return;
        if (found === "tooMuch") return giveUp(noShell("the login shell prints without end"));
        reading = true;
        // The watch on the host looks three times until it gives up.
        stdin.write(`${nonce}\n${folder}\n${silenceSeconds / 3}\n`);
        readFrames(found);
      });
      stdin.on("error", () => {});
      process.ended.then((failure) => {
        const noise = plainText(seeker.noise(), 200);
        reject(noise === "" ? failure : noShell(`the login shell ended before it was ready; it said: ${noise}`));
      });
      if (abandoned.aborted) return onAbandoned();
      abandoned.addEventListener("abort", onAbandoned, { once: true });
      stdin.write(shellInput(script));
    });
  });
}
