import { join } from "node:path";
import { setTimeout as after } from "node:timers/promises";
import { spec } from "../host/harness/spec";
import { report } from "./figures";
import { memoryHeld } from "./memory";
import { startBenchEngine, startBenchServer } from "./server";

const count = 50;
const restMs = 5_000;

spec(
  "memory of idle connections",
  async () => {
    const server = await startBenchServer();
    const engine = startBenchEngine(join(server.folder, "storage"));
    try {
      const { signal } = new AbortController();
      const connections = engine.connections();
      // The first one loads what all share.
      await connections.acquire(server.host(1)).connected(signal);
      await after(restMs);
      const before = memoryHeld();
      const hosts = Array.from({ length: count - 1 }, (_, index) => server.host(index + 2));
      await Promise.all(hosts.map((host) => connections.acquire(host).connected(new AbortController().signal)));
      await after(restMs);
      const held = memoryHeld();
      const each = (bytes: number) => bytes / 1e6 / hosts.length;
      const [live, resident] = [each(held.live - before.live), each(held.resident - before.resident)];
      await report({
        figure: "Memory of an idle connection",
        target: "< 2 MB",
        measured: `${live.toFixed(2)} MB live, ${resident.toFixed(2)} MB resident`,
        met: Math.max(live, resident) < 2,
        method: `${hosts.length} more connections to one sshd beside a first one: live heap and buffers after a collection, resident memory of the extension host, each divided by their number`,
      });
    } finally {
      engine.dispose();
      await server.dispose();
    }
  },
  { deadlineMs: 120_000 },
);
