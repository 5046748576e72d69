import { describe, expect, it, vi } from "vitest";
import type { HostLease } from "../../../src/core/connections";
import { Emitter } from "../../../src/core/event";
import { Failure } from "../../../src/core/failure";
import { createGpuWatches } from "../../../src/core/gpu/watches";
import { silentLogger } from "../../../src/core/logger";
import type { HostRef } from "../../../src/core/ports";
import type { Runner, StreamCommand } from "../../../src/core/remote";
import type { HostState } from "../../../src/shared/host";
import { createManualClock } from "../../mocks/manualClock";

const host: HostRef = { name: "lab1" };

function setUp(problem?: Failure) {
  const leases: { quiet: boolean; released: boolean }[] = [];
  const streams: { command: StreamCommand; lines: string[]; disposed: boolean }[] = [];
  const states = new Emitter<{ host: HostRef; state: HostState }>();
  const runner: Runner = {
    capabilities: { pty: true, forward: true, sftp: true, parallel: true },
    run: () => new Promise(() => {}),
    pipe: () => new Promise(() => {}),
    terminal: () => new Promise(() => {}),
    dial: () => new Promise(() => {}),
    async stream(command) {
      const stream = { command, lines: [] as string[], disposed: false };
      streams.push(stream);
      return {
        writeLine: (line) => stream.lines.push(line),
        dispose: () => {
          stream.disposed = true;
        },
      };
    },
  };
  const clock = createManualClock();
  const watches = createGpuWatches({
    acquire(_, { quiet }): HostLease {
      const lease = { quiet, released: false };
      leases.push(lease);
      return {
        host,
        connected: async () => {
          if (problem) throw problem;
          return runner;
        },
        dispose: () => {
          lease.released = true;
        },
      };
    },
    onState: states.event,
    clock,
    log: silentLogger,
  });
  const mend = () => {
    problem = undefined;
  };
  return { watches, leases, streams, states, mend };
}

/** The beat that the probe was started with, or told last. */
const beatOf = ({ command, lines }: { command: StreamCommand; lines: string[] }) =>
  lines.findLast((line) => line.startsWith("interval "))?.split(" ")[1] ?? command.parameters[1];

describe("watches", () => {
  it("share one probe, which follows the quickest viewer", async () => {
    const { watches, streams, leases } = setUp();
    const slow = watches.watch(host, 10_000);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    expect(beatOf(streams[0] as never)).toBe("10000");
    const quick = watches.watch(host, 500);
    expect(beatOf(streams[0] as never)).toBe("500");
    quick.dispose();
    expect(beatOf(streams[0] as never)).toBe("10000");
    slow.setBeat(2000);
    expect(beatOf(streams[0] as never)).toBe("2000");
    expect(streams).toHaveLength(1);
    expect(leases).toHaveLength(1);
    watches.dispose();
  });

  it("stop the probe and let go of the connection when nobody looks, and start again", async () => {
    const { watches, streams, leases } = setUp();
    const first = watches.watch(host, 1000);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    first.dispose();
    expect(leases[0]?.released).toBe(true);
    await vi.waitFor(() => expect(streams[0]?.disposed).toBe(true));
    const second = watches.watch(host, 1000);
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    second.dispose();
    watches.dispose();
  });

  it("connect quietly until somebody looks who may be asked", () => {
    const { watches, leases } = setUp();
    watches.watch(host, 30_000, { quiet: true });
    expect(leases).toEqual([{ quiet: true, released: false }]);
    watches.watch(host, 1000);
    expect(leases).toEqual([
      { quiet: true, released: true },
      { quiet: false, released: false },
    ]);
    watches.dispose();
  });

  it("reject who waits for a whole report with the reason why there is none", async () => {
    const { watches } = setUp(new Failure({ reason: "unreachable", host: "lab1" }));
    const watch = watches.watch(host, 1000);
    await expect(watch.whole(new AbortController().signal)).rejects.toMatchObject({
      problem: { reason: "unreachable" },
    });
    watches.dispose();
  });

  it("sample at once when the host is connected again, whatever the pause", async () => {
    const { watches, streams, states, mend } = setUp(new Failure({ reason: "unreachable", host: "lab1" }));
    const watch = watches.watch(host, 1000);
    await expect(watch.whole(new AbortController().signal)).rejects.toBeInstanceOf(Failure);
    mend();
    states.fire({ host, state: { kind: "connected", since: 0 } });
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    watches.dispose();
  });
});
