/** Set by the build's patches of ssh2 on memory that holds one packet and nothing else. */
const alone = Symbol.for("tensorline.alone");

/**
 * Frees the memory of a packet whose bytes nobody reads any more at once. Left to the garbage collector, it counts as
 * pressure, and each 64 MB of a big file cost a whole collection of everything the process holds. Does nothing to other
 * memory, or where the runtime cannot free it.
 */
export function giveBack({ buffer }: Uint8Array): void {
  if (alone in buffer) (buffer as { transfer?(length: number): unknown }).transfer?.(0);
}
