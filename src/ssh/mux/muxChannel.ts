import { Duplex, Readable } from "node:stream";
import type { Channel } from "../link";
import { createMuxInput } from "./muxInput";

/** The host may send this many chunks of a stream more each time it is told so; it starts with twice as many. */
const grantChunks = 4;

/** What the host says about a channel. */
export type MuxEvent =
  | { readonly kind: "output" | "errors"; readonly bytes: Buffer }
  | { readonly kind: "passedOn" }
  | { readonly kind: "ended"; readonly exitCode?: number; readonly signal?: string }
  /** The connection has gone. */
  | { readonly kind: "lost" };

export interface MuxChannel {
  readonly channel: Channel;
  happened(event: MuxEvent): void;
}

export interface MuxChannelParts {
  readonly id: number;
  readonly raw: boolean;
  readonly send: (data: string | Uint8Array) => void;
  /** Called once, when nothing more is to be said about it on either side. */
  readonly gone: () => void;
}

/** A channel among others on one pair of streams. What is not read is not sent, beyond eight chunks of each stream. */
export function createMuxChannel({ id, raw, send, gone }: MuxChannelParts): MuxChannel {
  const input = createMuxInput(id, raw, send);
  const credits = { output: credit(id, 0, send), errors: credit(id, 1, send) };
  let over = false;

  const stderr = new Readable({ read: credits.errors.wanted });
  const stream = new Duplex({
    emitClose: false,
    read: credits.output.wanted,
    write: (chunk: Buffer, _encoding, sent) => input.write(chunk, () => sent()),
    final(ended) {
      input.end();
      ended();
    },
    destroy(error, destroyed) {
      close();
      destroyed(error);
    },
  });

  /** The end is told after the last byte of both outputs was read. */
  function end(exitCode?: number | null, signal?: string): void {
    if (over) return;
    over = true;
    gone();
    let open = 2;
    const read = () => {
      open--;
      if (open > 0) return;
      stream.destroy();
      stream.emit("close", exitCode, signal);
    };
    for (const output of [stream, stderr]) {
      output.once("end", read);
      output.push(null);
    }
  }

  function close(): void {
    if (over) return;
    end();
    stream.resume();
    stderr.resume();
  }

  function take(of: Credit, output: Readable, bytes: Buffer): void {
    if (!of.taken()) close();
    else if (output.push(bytes)) of.wanted();
  }

  return {
    channel: Object.assign(stream, { stderr, signal: () => over || send(`kill ${id}\n`), close }),
    happened(event) {
      if (over) return;
      switch (event.kind) {
        case "output":
          take(credits.output, stream, event.bytes);
          break;
        case "errors":
          take(credits.errors, stderr, event.bytes);
          break;
        case "passedOn":
          input.passedOn();
          break;
        case "ended":
          end(event.exitCode ?? null, event.signal);
          break;
        case "lost":
          end();
      }
    },
  };
}

interface Credit {
  /** False for a host that sends more than it may. */
  taken(): boolean;
  /** Lets the host go on, as far as it may. */
  wanted(): void;
}

/** Counts what came on a stream. */
function credit(id: number, stream: 0 | 1, send: (line: string) => void): Credit {
  let chunks = 0;
  return {
    taken: () => ++chunks <= 2 * grantChunks,
    wanted() {
      for (; chunks >= grantChunks; chunks -= grantChunks) send(`more ${id} ${stream}\n`);
    },
  };
}
