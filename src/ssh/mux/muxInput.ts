import { escapedTexts } from "./escape";

/** The host's pipes hold 16 pages, and each frame takes those it touches: with fewer on the way nobody waits for a program. */
const windowPages = 12;
const longestText = 3_900;
/** Bytes cost two processes on the host, text costs as much as its length. */
const bytesFrom = 1_024;
const longestBytes = 16_384;

/** What of a channel's standard input is on its way to the host. */
export interface MuxInput {
  /** Sends bytes as soon as there is room; `sent` is called once all of them are on their way. */
  write(bytes: Uint8Array, sent: () => void): void;
  end(): void;
  /** The host has passed the oldest frame on. */
  passedOn(): void;
}

interface Frame {
  readonly pages: number;
  readonly data: readonly (string | Uint8Array)[];
  readonly sent: () => void;
}

/** @param raw whether the host understands bytes that follow a line */
export function createMuxInput(id: number, raw: boolean, send: (data: string | Uint8Array) => void): MuxInput {
  const waiting: Frame[] = [];
  const onTheWay: number[] = [];
  let room = windowPages;
  const nothing = () => {};

  function pump(): void {
    for (let frame = waiting[0]; frame !== undefined && frame.pages <= room; frame = waiting[0]) {
      waiting.shift();
      room -= frame.pages;
      if (frame.pages > 0) onTheWay.push(frame.pages);
      for (const data of frame.data) send(data);
      frame.sent();
    }
  }

  function frames(bytes: Uint8Array): Omit<Frame, "sent">[] {
    if (!raw || bytes.length < bytesFrom) {
      return escapedTexts(bytes, longestText).map((text) => ({ pages: 1, data: [`text ${id} ${text}\n`] }));
    }
    return Array.from({ length: Math.ceil(bytes.length / longestBytes) }, (_, index) => {
      const part = bytes.subarray(index * longestBytes, (index + 1) * longestBytes);
      return { pages: 1 + Math.ceil(part.length / 4_096), data: [`bytes ${id} ${part.length}\n`, part] };
    });
  }

  return {
    write(bytes, sent) {
      const parts = frames(bytes);
      if (parts.length === 0) return sent();
      for (const [index, part] of parts.entries()) {
        waiting.push({ ...part, sent: index === parts.length - 1 ? sent : nothing });
      }
      pump();
    },
    end() {
      waiting.push({ pages: 0, data: [`eof ${id}\n`], sent: nothing });
      pump();
    },
    passedOn() {
      room += onTheWay.shift() ?? 0;
      pump();
    },
  };
}
