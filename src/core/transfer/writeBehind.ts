import type { FileHandle } from "node:fs/promises";
import type { Readable } from "node:stream";
import { finished } from "node:stream/promises";
import { giveBack } from "../giveBack";
import { blockBytes } from "./transfer";

/**
 * Bytes that wait for the disk at most; below this, receiving goes on while the disk works. So few that they are still in
 * the cache of the processor when they are written: four times as many cost three times the time.
 */
const writeBehindBytes = 2 * blockBytes;
/** The system takes 1024 at a time (`IOV_MAX`). */
const piecesAtOnce = 1000;

/**
 * Writes to a file what a stream brings, from `position` on: what came while the disk worked goes in one piece. Rejects
 * with what broke, the stream or the disk.
 * @param take what of a chunk belongs into the file
 */
export function writeBehind(
  source: Readable,
  file: FileHandle,
  position: number,
  take: (chunk: Buffer) => Buffer,
): Promise<void> {
  let waiting: Buffer[] = [];
  let bytes = 0;
  let writing = false;
  let over = false;
  return new Promise((resolve, reject) => {
    const fail = (error: unknown) => {
      source.removeListener("data", onData);
      reject(error);
    };
    const write = async () => {
      while (bytes > 0) {
        const pieces = waiting;
        waiting = [];
        bytes = 0;
        source.resume();
        position = await writeAll(file, pieces, position);
        for (const piece of pieces) giveBack(piece);
      }
      writing = false;
      if (over) resolve();
    };
    const onData = (chunk: Buffer) => {
      const wanted = take(chunk);
      if (wanted.length === 0) return;
      waiting.push(wanted);
      bytes += wanted.length;
      if (bytes >= writeBehindBytes) source.pause();
      if (writing) return;
      writing = true;
      write().catch(fail);
    };
    // It stands still until somebody reads it.
    source.on("data", onData).resume();
    finished(source, { writable: false }).then(() => {
      over = true;
      if (!writing) resolve();
    }, fail);
  });
}

/** Returns the position behind them. */
async function writeAll(file: FileHandle, pieces: readonly Buffer[], position: number): Promise<number> {
  for (let from = 0; from < pieces.length; from += piecesAtOnce) {
    let rest = pieces.slice(from, from + piecesAtOnce);
    while (rest.length > 0) {
      const { bytesWritten } = await file.writev(rest, position);
      position += bytesWritten;
      rest = without(rest, bytesWritten);
    }
  }
  return position;
}

/** What is left of the pieces when their first bytes are gone. */
function without(pieces: readonly Buffer[], bytes: number): Buffer[] {
  let gone = bytes;
  return pieces.flatMap((piece) => {
    const part = piece.subarray(Math.min(gone, piece.length));
    gone -= piece.length - part.length;
    return part.length === 0 ? [] : [part];
  });
}
