import type { Duplex } from "node:stream";

/**
 * Lets what is written to a stream in one turn leave together: ssh2 writes each packet in three pieces, and a system
 * call for each of them costs both sides more than the encryption.
 */
export function writesTogether(stream: Duplex): Duplex {
  const write = stream.write;
  let corked = false;
  const release = () => {
    corked = false;
    stream.uncork();
  };
  stream.write = ((...parameters: Parameters<typeof write>) => {
    if (!corked) {
      corked = true;
      stream.cork();
      process.nextTick(release);
    }
    return write.apply(stream, parameters);
  }) as typeof write;
  return stream;
}
