import { message, type OpenedChannel, ProxyChannel, packetBytes, windowBytes } from "./proxyChannel";
import { openProxySocket, type ProxySocket } from "./proxySocket";
import { byte, string, uint32, wireReader } from "./wire";

/** Why a channel could not be had: the server's code (RFC 4254 section 5.1), or none where the connection ended. */
export class ChannelRefused extends Error {
  constructor(
    readonly code: number | undefined,
    words: string,
  ) {
    super(words);
  }
}

/** The channels of a connection that the system's ssh holds. */
export interface ProxyChannels {
  /** @throws ChannelRefused */
  open(type: string, ...parts: readonly Buffer[]): Promise<ProxyChannel>;
  close(): void;
}

interface Opening {
  resolve(channel: ProxyChannel): void;
  reject(error: ChannelRefused): void;
}

export interface ProxyChannelsEvents {
  /** A message came in. */
  heard(): void;
  /** The connection is gone; comes before its channels end, so that each finds the reason. */
  ended(): void;
}

/**
 * Connects to a master's control socket.
 * @throws as `openProxySocket`
 */
export async function openProxyChannels(
  path: string,
  { heard, ended }: ProxyChannelsEvents,
  signal: AbortSignal,
): Promise<ProxyChannels> {
  const openings = new Map<number, Opening>();
  const channels = new Map<number, ProxyChannel>();
  let socket: ProxySocket | undefined;
  let next = 0;
  let closed = false;

  function received(payload: Buffer): void {
    heard();
    const reader = wireReader(payload);
    const type = reader.byte();
    if (type < message.openConfirmation || type > message.failure) return;
    const local = reader.uint32();
    const opening = openings.get(local);
    if (!opening) {
      channels.get(local)?.receive(type, reader);
      return;
    }
    openings.delete(local);
    if (type === message.openConfirmation) {
      const opened = { remote: reader.uint32(), window: reader.uint32(), packet: reader.uint32() };
      opening.resolve(adopt(local, opened));
    } else if (type === message.openFailure) opening.reject(new ChannelRefused(reader.uint32(), reader.string()));
  }

  function adopt(local: number, opened: OpenedChannel): ProxyChannel {
    const send = (...parts: readonly Buffer[]) => socket?.send(...parts) ?? true;
    const channel = new ProxyChannel(opened, { send, forget: () => channels.delete(local) });
    channels.set(local, channel);
    return channel;
  }

  socket = await openProxySocket(
    path,
    {
      message: received,
      drain: () => {
        for (const channel of channels.values()) channel.drained();
      },
      closed() {
        closed = true;
        ended();
        for (const opening of openings.values()) opening.reject(new ChannelRefused(undefined, "the connection ended"));
        for (const channel of channels.values()) channel.finish();
        openings.clear();
        channels.clear();
      },
    },
    signal,
  );
  const open = socket;
  return {
    open: (type, ...parts) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new ChannelRefused(undefined, "the connection ended"));
        const local = next++;
        openings.set(local, { resolve, reject });
        const head = [string(type), uint32(local), uint32(windowBytes), uint32(packetBytes)];
        open.send(byte(message.open), ...head, ...parts);
      }),
    close: () => open.close(),
  };
}
