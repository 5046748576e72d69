import { Duplex, Readable } from "node:stream";
import type { Channel } from "../link";
import { createMuxInput } from "./muxInput";

/** The host may send this many chunks of a stream more each time it is told so. */
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

  return {
    channel: Object.assign(stream, { stderr, signal: () => over || send(`kill ${id}\n`), close }),
    happened(event) {
      if (over) return;
      switch (event.kind) {
        case "output":
          if (credits.output.took(stream.push(event.bytes))) credits.output.wanted();
          break;
        case "errors":
          if (credits.errors.took(stderr.push(event.bytes))) credits.errors.wanted();
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

/** Counts what was taken of a stream, and lets the host go on when more is wanted. */
function credit(id: number, stream: 0 | 1, send: (line: string) => void) {
  let taken = 0;
  return {
    took(wantsMore: boolean): boolean {
      taken++;
      return wantsMore;
    },
    wanted(): void {
      for (; taken >= grantChunks; taken -= grantChunks) send(`more ${id} ${stream}\n`);
    },
  };
}
