import type { Client, ClientChannel } from "ssh2";

/** Of a terminal: a screen takes so much in a twentieth of a second. */
export const terminalWindowBytes = 256 * 1024;

/** What ssh2 lets every channel send ahead. */
const offered = 2 * 1024 * 1024;

/** The part of ssh2 that keeps the books of a channel; the same in each release since 1.0. */
interface Books {
  readonly incoming?: { window: number };
  readonly outgoing?: { readonly id: number; readonly state: string };
}
interface Protocol {
  readonly _protocol?: { channelWindowAdjust(channel: number, bytes: number): void };
}

/**
 * Lets the host send only `bytes` ahead of what is read, once it has used what ssh2 offered at the beginning: what waits
 * on its way to a screen stands before the echo of the next key. Has no effect where ssh2 keeps other books. The channel
 * is to be read by its `data` events.
 */
export function keepWindowSmall(client: Client, channel: ClientChannel, bytes: number): void {
  const { incoming, outgoing } = channel as unknown as Books;
  const { _protocol: protocol } = client as unknown as Protocol;
  if (!incoming || !outgoing || !protocol) return;
  // ssh2 itself never finds the window used up and so never offers more.
  incoming.window = Number.POSITIVE_INFINITY;
  let unread = offered;
  const count = (chunk: Buffer) => {
    unread -= chunk.length;
    if (unread > bytes / 2 || outgoing.state !== "open") return;
    protocol.channelWindowAdjust(outgoing.id, bytes - unread);
    unread = bytes;
  };
  // A listener makes the channel flow: ours waits for the one that reads.
  const join = (event: string | symbol) => {
    if (event !== "data") return;
    channel.removeListener("newListener", join);
    channel.on("data", count);
  };
  channel.on("newListener", join);
}
