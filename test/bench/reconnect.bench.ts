import { getEventListeners } from "node:events";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { setFlagsFromString } from "node:v8";
import type { RemoteCommand } from "../../src/core/remote";
import { spec } from "../host/harness/spec";
import { startRelay } from "../ssh/relay";
import { report } from "./figures";
import { memoryHeld } from "./memory";
import { startBenchEngine, startBenchServer } from "./server";

const rounds = 200;
/** After these the caches are filled. */
const warmUps = 20;

const command: RemoteCommand<void> = { what: "doing nothing", argv: ["true"], deadlineMs: 10_000, parse: () => {} };

// Machine code that V8 makes of what runs often is kept and would look like something left behind.
for (const flag of ["--no-opt", "--no-sparkplug"]) setFlagsFromString(flag);

spec(
  "many reconnections in a row",
  async () => {
    const server = await startBenchServer();
    const relay = await startRelay(server.port);
    const cutHost = `\nHost cut\n  HostName 127.0.0.1\n  Port ${relay.port}\n  HostKeyAlias [127.0.0.1]:${server.port}\n`;
    await appendFile(server.configFile, `${cutHost}  IdentityFile ${join(server.folder, "user_key")}\n`);
    await appendFile(server.configFile, `  UserKnownHostsFile ${join(server.folder, "known_hosts")}\n`);
    const engine = startBenchEngine(join(server.folder, "storage"));
    try {
      const connections = engine.connections();
      const host = { name: "cut", configFile: server.configFile };
      const { signal } = new AbortController();
      const lost = () =>
        new Promise<void>((resolve) => {
          const listening = connections.onState(({ state }) => {
            if (state.kind !== "reconnecting") return;
            listening.dispose();
            resolve();
          });
        });
      const lease = connections.acquire(host);
      const use = async () => (await lease.connected(signal)).run(command, signal);
      const held = () => ({
        handles: process.getActiveResourcesInfo().filter((name) => name !== "Timeout").length,
        listeners: getEventListeners(signal, "abort").length,
        live: memoryHeld().live,
      });
      await use();
      let before = held();
      const started = performance.now();
      for (let round = 1; round <= warmUps + rounds; round++) {
        const gone = lost();
        relay.cut();
        await gone;
        connections.retry(host);
        await use();
        if (round === warmUps) before = held();
      }
      const each = (performance.now() - started) / (warmUps + rounds);
      const after = held();
      const handles = after.handles - before.handles;
      const listeners = after.listeners - before.listeners;
      const kilobytes = (after.live - before.live) / 1000;
      await report({
        figure: `${rounds} reconnections in a row`,
        target: "nothing left behind",
        measured: `${handles} handles, ${listeners} listeners, ${kilobytes.toFixed(0)} kB (${(kilobytes / rounds).toFixed(1)} kB each)`,
        met: handles <= 0 && listeners <= 0 && kilobytes / rounds < 5,
        method: `what more is held after ${rounds} cuts, each with a command after it, than after the first ${warmUps}: handles of Node, abort listeners of the caller, live heap and buffers after a collection; reached below 5 kB each; ${each.toFixed(0)} ms a round`,
      });
    } finally {
      engine.dispose();
      await relay.dispose();
      await server.dispose();
    }
  },
  { deadlineMs: 180_000 },
);
