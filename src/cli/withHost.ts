import type { Runner } from "../core/remote";
import type { Engine } from "../engine";
import type { ConnectionOptions } from "./arguments";
import { createTerminalEngine, hostRef } from "./engine";
import type { TerminalIo } from "./terminal";

/** Does something over a connection to one host, and closes it. @throws Failure */
export async function withHost<T>(
  line: { readonly host: string; readonly connection: ConnectionOptions },
  io: TerminalIo,
  work: (runner: Runner, engine: Engine) => Promise<T>,
): Promise<T> {
  const engine = createTerminalEngine(line.connection, io);
  const lease = engine.connections().acquire(hostRef(line.host, line.connection));
  try {
    return await work(await lease.connected(AbortSignal.timeout(120_000)), engine);
  } finally {
    lease.dispose();
    engine.dispose();
  }
}
