import { appendFileSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostLease } from "../../src/core/connections";
import { isFailure } from "../../src/core/failure";
import type { HostRef } from "../../src/core/ports";
import type { Runner, StreamEnd } from "../../src/core/remote";
import { createManualClock } from "../mocks/manualClock";
import { until } from "../processes";
import { command, noAbort, testClient } from "./client";
import { hostBehind, type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

const cuts = process.env.TENSORLINE_FULL === "1" ? 500 : 20;
const seed = 20261122;

/** Numbers from 0 to 1 that are the same in each run (mulberry32). */
function randomFrom(state: number): () => number {
  return () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** Follows a file from a byte on, and ends what it started when its input does. */
const followScript = `{
printf '\\036tensorline ready\\037'
IFS= read -r count && IFS= read -r from && IFS= read -r file || exit
tail -c "+$from" -f "$file" &
while IFS= read -r line; do :; done
kill $!
exit
}`;

/** Prints without end, as a probe does, until its input ends. */
const tickScript = `{
printf '\\036tensorline ready\\037'
IFS= read -r count
( while printf 'tick %0200d\\n' 1; do sleep 0.01; done ) &
while IFS= read -r line; do :; done
kill $!
exit
}`;

/** Runs a script again and again until it is told to stop, whatever ends it; resolves when the last run has ended. */
async function keepRunning(
  lease: HostLease,
  stop: AbortSignal,
  command: () => { script: string; parameters: string[] },
  data: (chunk: Uint8Array) => void,
): Promise<void> {
  while (!stop.aborted) {
    try {
      const runner = await lease.connected(stop);
      let finish: (end: StreamEnd) => void = () => {};
      const ended = new Promise<StreamEnd>((resolve) => {
        finish = resolve;
      });
      const whole = { what: "streaming", deadlineMs: 30_000, ...command() };
      const stream = await runner.stream(whole, { data, end: finish }, stop);
      if (stop.aborted) stream.dispose();
      stop.addEventListener("abort", stream.dispose);
      const end = await ended;
      stop.removeEventListener("abort", stream.dispose);
      if (end.kind === "failure") throw end.error;
    } catch (error) {
      expectCut(error);
    }
  }
}

/** Runs commands one after the other; resolves with the numbers of those that were answered. */
async function keepAsking(lease: HostLease, stop: AbortSignal): Promise<number[]> {
  const answered: number[] = [];
  for (let number = 0; !stop.aborted; number++) {
    try {
      const runner: Runner = await lease.connected(stop);
      const { stdout, exitCode } = await runner.run(command(["sh", "-c", `echo ${number}; exit 3`]), stop);
      expect([stdout, exitCode]).toEqual([`${number}\n`, 3]);
      answered.push(number);
    } catch (error) {
      expectCut(error);
    }
  }
  return answered;
}

function expectCut(error: unknown): void {
  if (!isFailure(error, "connectionLost") && !isFailure(error, "cancelled")) throw error;
}

/** How many processes of this machine have the word in their command line. */
const processesWith = (word: string) =>
  readdirSync("/proc").filter((name) => {
    try {
      return /^\d+$/.test(name) && readFileSync(`/proc/${name}/cmdline`, "utf8").includes(word);
    } catch {
      return false;
    }
  }).length;

const sockets = () => process.getActiveResourcesInfo().filter((name) => name === "TCPSocketWrap").length;

describe.skipIf(withoutSshd)(`${cuts} cuts at any byte under load${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let relay: Relay;
  let host: HostRef;
  let file: string;
  beforeAll(async () => {
    server = await startSshd();
    relay = await startRelay(server.port);
    file = join(server.folder, "job.log");
    writeFileSync(file, "");
    host = await hostBehind(relay, server);
  });
  afterAll(async () => {
    await relay.dispose();
    await server.dispose();
  });

  it(
    `lose no byte of a followed log, double none, and hang nowhere (seed ${seed})`,
    async () => {
      const random = randomFrom(seed);
      const socketsBefore = sockets();
      const clock = createManualClock();
      const client = testClient({ clock });
      // Each back-off is turned by hand, so that only the reconnection itself takes time.
      client.connections.onState(({ state }) => {
        if (state.kind === "reconnecting") setImmediate(() => clock.advance(60_000));
      });
      const lease = client.connections.acquire(host);
      await lease.connected(noAbort);
      const stop = new AbortController();
      const received: Uint8Array[] = [];
      let receivedBytes = 0;
      let grown = () => {};
      let ticks = 0;
      const follow = () => ({ script: followScript, parameters: [String(receivedBytes + 1), file] });
      const following = keepRunning(lease, stop.signal, follow, (chunk) => {
        received.push(Uint8Array.from(chunk));
        receivedBytes += chunk.length;
        grown();
      });
      const probing = keepRunning(
        lease,
        stop.signal,
        () => ({ script: tickScript, parameters: [] }),
        () => {
          ticks++;
        },
      );
      const asking = keepAsking(lease, stop.signal);

      const log: Buffer[] = [];
      const cutting = async () => {
        let logBytes = 0;
        for (let cut = 1; cut <= cuts; cut++) {
          const before = client.states.length;
          relay.cutAfter(1 + Math.floor(random() * (random() < 0.3 ? 6_000 : 120_000)));
          const chunk = Buffer.from(Array.from({ length: 150_000 }, () => Math.floor(random() * 256)));
          log.push(chunk);
          logBytes += chunk.length;
          appendFileSync(file, chunk);
          await client.stateIs(() => client.states.slice(before).some(({ kind }) => kind === "reconnecting"));
          // Some cuts hit a connection that works, others the very log-in.
          if (random() < 0.7) await client.stateIs(() => client.connections.state(host).kind === "connected");
        }
        await new Promise<void>((resolve) => {
          grown = () => receivedBytes >= logBytes && resolve();
          grown();
        });
        stop.abort();
      };
      const [answered] = await Promise.all([asking, following, probing, cutting()]);
      expect(Buffer.concat(received).equals(Buffer.concat(log))).toBe(true);
      expect(answered.length).toBeGreaterThan(0);
      expect(ticks).toBeGreaterThan(0);
      client.connections.dispose();
      await until(() => sockets() === socketsBefore && processesWith(file) === 0);
    },
    cuts * 10_000,
  );
});
