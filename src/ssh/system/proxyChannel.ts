import { Duplex, Readable } from "node:stream";
import type { TerminalChannel } from "../link";
import { byte, string, uint32, type WireReader } from "./wire";

/** Numbers of messages, RFC 4254 section 9. */
export const message = {
  open: 90,
  openConfirmation: 91,
  openFailure: 92,
  windowAdjust: 93,
  data: 94,
  extendedData: 95,
  eof: 96,
  close: 97,
  request: 98,
  success: 99,
  failure: 100,
} as const;

/** As much as OpenSSH itself lets a channel send ahead. */
export const windowBytes = 2 * 1024 * 1024;
export const packetBytes = 32 * 1024;

/** The other side's number of a channel, and what it takes. */
export interface OpenedChannel {
  readonly remote: number;
  readonly window: number;
  readonly packet: number;
}

/** How a channel reaches the connection it belongs to. */
export interface ChannelWire {
  /** False: wait for `drained`. */
  send(...parts: readonly Buffer[]): boolean;
  /** Both sides closed it: its number is free. */
  forget(): void;
}

/** One channel of a connection that the system's ssh passes on: flow control, end and exit code. */
export class ProxyChannel extends Duplex implements TerminalChannel {
  readonly stderr: Readable;
  private readonly replies: ((accepted: boolean) => void)[] = [];
  private readonly consumed = { out: 0, err: 0 };
  private readonly flowing = { out: true, err: true };
  private window: number;
  /** What the host may send ahead of what is read, and what of it is open. */
  private limit = windowBytes;
  private open = windowBytes;
  private waiting: { rest: Buffer; done: (error?: Error | null) => void } | undefined;
  private congested = false;
  private closeSent = false;
  private remoteClosed = false;
  private remoteEnded = false;
  private bothRead = false;
  private told = false;
  private exitCode: number | undefined;
  private exitSignal: string | undefined;

  constructor(
    private readonly opened: OpenedChannel,
    private readonly wire: ChannelWire,
  ) {
    // `close` is ours to tell, with the exit code.
    super({ emitClose: false, autoDestroy: false, allowHalfOpen: true });
    this.window = opened.window;
    this.stderr = new Readable({ emitClose: false, autoDestroy: false, read: () => this.resumed("err") });
    let open = 2;
    const ended = () => {
      if (--open === 0) this.readToEnd();
    };
    this.once("end", ended);
    this.stderr.once("end", ended);
  }

  /** A request that the server answers; false when it refuses, or when the channel ends first. */
  ask(type: string, ...parts: readonly Buffer[]): Promise<boolean> {
    if (this.remoteClosed) return Promise.resolve(false);
    return new Promise((resolve) => {
      this.replies.push(resolve);
      this.tell(message.request, string(type), byte(1), ...parts);
    });
  }

  /** A request without an answer. */
  request(type: string, ...parts: readonly Buffer[]): void {
    this.tell(message.request, string(type), byte(0), ...parts);
  }

  /** From now on the host sends no more than this ahead of what is read; at most what it does anyhow. */
  keepWindowSmall(bytes: number): void {
    this.limit = bytes;
  }

  signal(name: "KILL"): void {
    this.request("signal", string(name));
  }

  setWindow(rows: number, columns: number, height: number, width: number): void {
    this.request("window-change", uint32(columns), uint32(rows), uint32(width), uint32(height));
  }

  close(): void {
    if (this.closeSent) return;
    this.tell(message.close);
    this.closeSent = true;
  }

  /** A message for this channel; `reader` stands after the channel's number. */
  receive(type: number, reader: WireReader): void {
    switch (type) {
      case message.windowAdjust:
        this.window += reader.uint32();
        this.writeOn();
        break;
      case message.data:
        this.accept("out", reader.bytes());
        break;
      case message.extendedData:
        reader.uint32();
        this.accept("err", reader.bytes());
        break;
      case message.eof:
        this.endOutputs();
        break;
      case message.request:
        this.requested(reader);
        break;
      case message.success:
      case message.failure:
        this.replies.shift()?.(type === message.success);
        break;
      case message.close:
        this.close();
        this.wire.forget();
        this.finish();
    }
  }

  /** The socket takes bulk again. */
  drained(): void {
    this.congested = false;
    this.writeOn();
  }

  /** No more messages will come. */
  finish(): void {
    if (this.remoteClosed) return;
    this.remoteClosed = true;
    this.closeSent = true;
    for (const reply of this.replies.splice(0)) reply(false);
    // What was not taken shows in how the program ended.
    this.waiting?.done();
    this.waiting = undefined;
    this.endOutputs();
    if (this.bothRead) this.tellClosed();
  }

  override _read(): void {
    this.resumed("out");
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: (error?: Error | null) => void): void {
    if (this.closeSent) {
      done();
      return;
    }
    this.waiting = { rest: chunk, done };
    this.writeOn();
  }

  override _final(done: () => void): void {
    this.tell(message.eof);
    done();
  }

  override _destroy(error: Error | null, done: (error?: Error | null) => void): void {
    this.close();
    done(error);
    this.tellClosed();
  }

  private endOutputs(): void {
    if (this.remoteEnded) return;
    this.remoteEnded = true;
    this.push(null);
    this.stderr.push(null);
  }

  /** The exit code may come after the last byte. */
  private readToEnd(): void {
    this.bothRead = true;
    if (this.remoteClosed) this.tellClosed();
  }

  private tellClosed(): void {
    if (this.told) return;
    this.told = true;
    this.emit("close", this.exitCode, this.exitSignal);
  }

  private tell(type: number, ...parts: readonly Buffer[]): boolean {
    if (this.closeSent) return true;
    return this.wire.send(byte(type), uint32(this.opened.remote), ...parts);
  }

  /** Sends what the window, the packet size and the socket allow. */
  private writeOn(): void {
    while (this.waiting && this.window > 0 && !this.congested) {
      const { rest, done } = this.waiting;
      const part = rest.subarray(0, Math.min(this.window, this.opened.packet, packetBytes));
      this.window -= part.length;
      this.congested = !this.tell(message.data, string(part));
      if (part.length < rest.length) this.waiting = { rest: rest.subarray(part.length), done };
      else {
        this.waiting = undefined;
        done();
      }
    }
  }

  private accept(stream: "out" | "err", bytes: Buffer): void {
    if (this.remoteEnded) return;
    this.consumed[stream] += bytes.length;
    this.flowing[stream] = (stream === "out" ? this : this.stderr).push(bytes);
    this.allowMore();
  }

  private resumed(stream: "out" | "err"): void {
    this.flowing[stream] = true;
    this.allowMore();
  }

  /** Only what somebody reads makes room for more. */
  private allowMore(): void {
    let room = 0;
    for (const stream of ["out", "err"] as const) if (this.flowing[stream]) room += this.consumed[stream];
    if (room < this.limit / 2) return;
    for (const stream of ["out", "err"] as const) if (this.flowing[stream]) this.consumed[stream] = 0;
    this.open -= room;
    const more = this.limit - this.open;
    if (more <= 0) return;
    this.open += more;
    this.tell(message.windowAdjust, uint32(more));
  }

  private requested(reader: WireReader): void {
    const type = reader.string();
    const wantsReply = reader.byte() !== 0;
    if (type === "exit-status") this.exitCode = reader.uint32();
    else if (type === "exit-signal") this.exitSignal = `SIG${reader.string()}`;
    if (wantsReply) this.tell(message.failure);
  }
}
