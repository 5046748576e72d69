import { createServer, type Server } from "node:net";

const loopback = "127.0.0.1";
const tries = 20;

/**
 * Listens on 127.0.0.1 at the wanted port, or at the next one that is free. Resolves with the port.
 * Rejects with the system's error where not even a port of its choice can be had.
 */
export async function listenOnLoopback(server: Server, wanted: number): Promise<number> {
  for (const port of candidates(wanted)) {
    if (await isTakenByIPv6(port)) continue;
    try {
      return await listen(server, port, loopback);
    } catch (error) {
      if (!isTaken(error)) throw error;
    }
  }
  return listen(server, 0, loopback);
}

/** The wanted port and those after it; one that only an administrator may open has its usual stand-in (80 → 8080). */
function candidates(wanted: number): number[] {
  const first = wanted < 1024 ? [wanted, wanted + 8000] : [wanted];
  const from = first.at(-1) ?? wanted;
  const next = Array.from({ length: tries }, (_, step) => from + 1 + step);
  return [...first, ...next].filter((port) => port <= 65_535);
}

function isTaken(error: unknown): boolean {
  const code = (error as NodeJS.ErrnoException).code;
  return code === "EADDRINUSE" || code === "EACCES";
}

/** A browser may take `localhost` for ::1, and so reach another program at the same port there. */
async function isTakenByIPv6(port: number): Promise<boolean> {
  const probe = createServer();
  try {
    await listen(probe, port, "::1");
    return false;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EADDRINUSE";
  } finally {
    await new Promise<void>((resolve) => probe.close(() => resolve()));
  }
}

function listen(server: Server, port: number, host: string): Promise<number> {
  return new Promise((resolve, reject) => {
    const listening = () => {
      server.removeListener("error", failed);
      const address = server.address();
      resolve(typeof address === "object" && address ? address.port : port);
    };
    const failed = (error: Error) => {
      server.removeListener("listening", listening);
      reject(error);
    };
    server.once("error", failed);
    server.once("listening", listening);
    server.listen({ port, host, exclusive: true });
  });
}
