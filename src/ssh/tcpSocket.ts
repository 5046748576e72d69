import { connect, type Socket, type TcpNetConnectOpts } from "node:net";

const readBytes = 256 * 1024;
/** More than any key exchange takes. ssh2 keeps pieces of what it read in the clear; what it decrypts is a copy. */
const keptBytes = 64 * 1024;

/**
 * A socket for ssh2 that reads into one buffer again and again, as new memory for each piece keeps the garbage collector
 * busy. Paused until its user resumes it; a piece is good only while its event lasts.
 */
export function connectTcp(target: Pick<TcpNetConnectOpts, "host" | "port" | "family">): Socket {
  const socket: Socket = connect({
    ...target,
    noDelay: true,
    onread: {
      buffer: Buffer.allocUnsafeSlow(readBytes),
      callback(length, buffer) {
        const bytes = Buffer.from(buffer.buffer, buffer.byteOffset, length);
        socket.emit("data", socket.bytesRead > keptBytes ? bytes : Buffer.from(bytes));
        return true;
      },
    },
  });
  return socket.pause();
}
