import { describe, expect, it, vi } from "vitest";
import type { HostLease } from "../../../src/core/connections";
import { Emitter } from "../../../src/core/event";
import { Failure } from "../../../src/core/failure";
import { createGpuMonitor } from "../../../src/core/gpu/monitor";
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
  const marked = new Set<string>();
  const marking = new Emitter<void>();
  const mark = (isGentle: boolean) => {
    if (isGentle) marked.add(host.name);
    else marked.delete(host.name);
    marking.fire();
  };
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
    createMonitor: createGpuMonitor,
    gentle: { includes: ({ name }) => marked.has(name), onChange: marking.event },
    clock,
    log: silentLogger,
  });
  const mend = () => {
    problem = undefined;
  };
  return { watches, leases, streams, states, mend, mark };
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

describe("on a gentle host", () => {
  it("no watch connects or samples by itself, whatever beat it wants or gets, and whatever the connection does", async () => {
    const { watches, leases, streams, states, mark } = setUp();
    mark(true);
    const page = watches.watch(host, 1000);
    watches.watch(host, 30_000, { quiet: true });
    page.setBeat(100);
    states.fire({ host, state: { kind: "connected", since: 0 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(leases).toEqual([]);
    expect(streams).toEqual([]);
    watches.dispose();
  });

  it("a watch that somebody asked for samples until it is let go of, at its own beat, and all hear of it", async () => {
    const { watches, leases, streams, mark } = setUp();
    mark(true);
    const page = watches.watch(host, 100);
    const asked = watches.watch(host, 1000, { explicit: true });
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    expect(beatOf(streams[0] as never)).toBe("1000");
    expect(page.latest).toBe(asked.latest);
    asked.dispose();
    expect(leases).toEqual([{ quiet: false, released: true }]);
    await vi.waitFor(() => expect(streams[0]?.disposed).toBe(true));
    page.setBeat(500);
    await new Promise((resolve) => setImmediate(resolve));
    expect(streams).toHaveLength(1);
    watches.dispose();
  });

  it("sampling ends with the mark and begins with its removal", async () => {
    const { watches, leases, streams, mark } = setUp();
    watches.watch(host, 1000);
    await vi.waitFor(() => expect(streams).toHaveLength(1));
    mark(true);
    expect(leases.map(({ released }) => released)).toEqual([true]);
    await vi.waitFor(() => expect(streams[0]?.disposed).toBe(true));
    mark(false);
    await vi.waitFor(() => expect(streams).toHaveLength(2));
    watches.dispose();
  });

  it("a look that failed is not repeated when the connection comes back", async () => {
    const { watches, streams, states, mark, mend } = setUp(new Failure({ reason: "unreachable", host: "lab1" }));
    mark(true);
    watches.watch(host, 1000);
    const asked = watches.watch(host, 1000, { explicit: true });
    await expect(asked.whole(new AbortController().signal)).rejects.toBeInstanceOf(Failure);
    asked.dispose();
    mend();
    states.fire({ host, state: { kind: "connected", since: 0 } });
    await new Promise((resolve) => setImmediate(resolve));
    expect(streams).toEqual([]);
    watches.dispose();
  });
});
