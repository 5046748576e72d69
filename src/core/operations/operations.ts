import type { Clock } from "../clock";
import type { RemoteCommand } from "../remote";
import { forgetCommand, listCommand, lookCommand, startCommand } from "./commands";
import { followOperation } from "./follow";
import type { Operation, OperationHost, Operations } from "./operation";
import { isInterruption, pause } from "./persistence";

export interface OperationsDeps {
  readonly host: Pick<OperationHost, "connected">;
  readonly clock: Clock;
}

const cancelPausesMs = [100, 200, 400, 1000];

/** The operations of one host over whatever connection it has. Every command may be repeated, so a lost one is. */
export function createOperations({ host, clock }: OperationsDeps): Operations {
  async function run<T>(command: RemoteCommand<T>, signal: AbortSignal): Promise<T> {
    for (;;) {
      try {
        const runner = await host.connected(signal);
        return await runner.run(command, signal);
      } catch (error) {
        if (signal.aborted || !isInterruption(error)) throw error;
        await pause(clock, 200, signal);
      }
    }
  }

  async function cancel(id: string, signal: AbortSignal): Promise<Operation> {
    let { operation, ended } = await run(lookCommand(id, true), signal);
    for (let turn = 0; !ended; turn++) {
      await pause(clock, cancelPausesMs[Math.min(turn, cancelPausesMs.length - 1)] ?? 0, signal);
      ({ operation, ended } = await run(lookCommand(id), signal));
    }
    return operation;
  }

  return {
    start: async (request, signal) => run(startCommand(request), signal),
    follow: async (id, fromByte, sink, signal) => followOperation({ host, clock }, id, fromByte, sink, signal),
    cancel,
    list: (signal) => run(listCommand, signal),
    forget: async (id, signal) => run(forgetCommand(id), signal),
  };
}
