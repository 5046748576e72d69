import type { Duplex } from "node:stream";
import { giveBack } from "../core/giveBack";

/**
 * Lets what is written to a stream in one turn leave together: ssh2 writes each packet in three pieces, and a system
 * call for each of them costs both sides more than the encryption. What has left is given back.
 */
export function writesTogether(stream: Duplex): Duplex {
  const write = stream.write.bind(stream) as (chunk: unknown, ...more: unknown[]) => boolean;
  let corked = false;
  const release = () => {
    corked = false;
    stream.uncork();
  };
  stream.write = ((chunk: unknown, ...more: unknown[]) => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(release);
    }
    // ssh2 writes bytes and asks for nothing.
    if (more.length > 0 || !(chunk instanceof Uint8Array)) return write(chunk, ...more);
    return write(chunk, () => giveBack(chunk));
  }) as typeof stream.write;
  return stream;
}
