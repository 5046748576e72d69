import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { jobParts } from "../../src/core/jobs";
import { createJobs } from "../../src/core/jobs/createJobs";
import type { Jobs } from "../../src/core/jobs/jobs";
import type { JobRequest } from "../../src/core/jobs/request";
import { silentLogger } from "../../src/core/logger";
import type { HostRef } from "../../src/core/ports";
import type { Job } from "../../src/shared/jobs";
import { createManualClock, type ManualClock } from "../mocks/manualClock";
import { jobRequest } from "../shell/jobHost";
import { aliveWith, newFolder, noAbort, until } from "../shell/operationHost";
import { hostOf, type TestClient, testClient } from "./client";
import { hostBehind, type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

const full = process.env.TENSORLINE_FULL === "1";
const cuts = full ? 200 : 20;
const linesPerCut = full ? 50_000 : 5_000;
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

function fifo(): string {
  const path = join(newFolder(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

describe.skipIf(withoutSshd !== undefined)(`jobs over a real connection (${withoutSshd ?? "real sshd"})`, () => {
  const home = newFolder();
  let server: Sshd;
  let relay: Relay;
  let host: HostRef;
  beforeAll(async () => {
    server = await startSshd({ environment: { HOME: home } });
    relay = await startRelay(server.port);
    host = await hostBehind(relay, server);
  });
  afterAll(async () => {
    await relay.dispose();
    await server.dispose();
  });

  function connect(): { client: TestClient; clock: ManualClock; jobs: Jobs; close(): void } {
    const clock = createManualClock();
    const client = testClient({ clock });
    // Each back-off is turned by hand, so that only the reconnection itself takes time.
    client.connections.onState(({ state }) => {
      if (state.kind === "reconnecting") setImmediate(() => clock.advance(60_000));
    });
    const jobs = jobsOf(client);
    return {
      client,
      clock,
      jobs,
      close() {
        jobs.dispose();
        client.connections.dispose();
      },
    };
  }

  function jobsOf({ connections }: TestClient): Jobs {
    return createJobs({
      acquire: (of, options) => connections.acquire(of, options),
      onState: connections.onState,
      parts: () => jobParts,
      clock: systemClock,
      log: silentLogger,
    });
  }

  const jobsFolder = () => {
    const hosts = join(home, ".local/state/tensorline/hosts");
    return join(hosts, readdirSync(hosts)[0] ?? "", "jobs");
  };
  const logOf = (id: string) => readFileSync(join(jobsFolder(), id, "log"));

  /** Resolves once this is true of what a client knows of the host's jobs. */
  function known(jobs: Jobs, of: HostRef, fits: (all: readonly Job[]) => boolean): Promise<void> {
    return new Promise((resolve) => {
      const look = () => {
        if (!fits(jobs.state(of).jobs ?? [])) return;
        listening.dispose();
        resolve();
      };
      const listening = jobs.onChange(look);
      look();
    });
  }

  /** A job that says in a file how often it was run. */
  function counted(): { wish: JobRequest; runs(): number } {
    const file = join(newFolder(), "runs");
    return {
      wish: jobRequest(`echo run >>'${file}'`),
      runs: () => (existsSync(file) ? readFileSync(file, "utf8").split("\n").length - 1 : 0),
    };
  }

  it(
    `lose no byte of a log and double none over ${cuts} cuts and ${cuts * linesPerCut} lines (seed ${seed})`,
    async () => {
      const random = randomFrom(seed);
      const gate = fifo();
      const { client, jobs, close } = connect();
      const print = `awk -v part="$part" 'BEGIN { for (line = 0; line < ${linesPerCut}; line++) print part, line, "words to fill it" }'`;
      const wish = jobRequest(
        `exec 3<>'${gate}'; echo begun; while IFS= read -r part <&3 && [ "$part" != end ]; do ${print}; done`,
      );
      await jobs.submit(host, wish, noAbort);
      const received: Uint8Array[] = [];
      let interruptions = 0;
      let resumptions = 0;
      const sink = {
        data: (chunk: Uint8Array) => void received.push(chunk),
        interrupted: () => void interruptions++,
        resumed: () => void resumptions++,
      };
      const following = jobs.follow(host, wish.id, 0, sink, noAbort);
      for (let cut = 1; cut <= cuts; cut++) {
        const before = client.states.length;
        relay.cutAfter(1 + Math.floor(random() * (random() < 0.3 ? 8_000 : 25 * linesPerCut)));
        await writeFile(gate, `${cut}\n`);
        await client.stateIs(() => client.states.slice(before).some(({ kind }) => kind === "reconnecting"));
        // Some cuts hit a connection that works, others the very log-in.
        if (random() < 0.7) await client.stateIs(() => client.connections.state(host).kind === "connected");
      }
      await writeFile(gate, "end\n");
      expect((await following).state).toBe("succeeded");
      const log = logOf(wish.id);
      expect(Buffer.concat(received).equals(log)).toBe(true);
      expect(log.toString("latin1").split("\n").length).toBe(1 + cuts * linesPerCut + 1);
      expect(interruptions).toBeGreaterThan(0);
      expect(resumptions).toBe(interruptions);
      close();
    },
    cuts * 20_000,
  );

  it("are submitted once though the connection is cut in the middle of it", async () => {
    const random = randomFrom(seed + 1);
    for (let round = 0; round < (full ? 8 : 4); round++) {
      const { client, jobs, close } = connect();
      await client.connections.acquire(host).connected(noAbort);
      const { wish, runs } = counted();
      relay.cutAfter(1 + Math.floor(random() * 30_000));
      await jobs.submit(host, wish, noAbort);
      await jobs.follow(host, wish.id, 0, { data() {} }, noAbort);
      expect(runs()).toBe(1);
      // What was not used up would cut the next one.
      relay.cut();
      close();
    }
  });

  it("are the same to two clients, whoever does something", async () => {
    const [one, two] = [connect(), connect()];
    const looking = two.jobs.look(host);
    const gate = fifo();
    const wish = jobRequest(`exec 3<>'${gate}'; echo up; read line <&3`);
    await one.jobs.submit(host, wish, noAbort);
    const is = (state: Job["state"]) => (all: readonly Job[]) =>
      all.some((job) => job.id === wish.id && job.state === state);
    await known(two.jobs, host, is("running"));
    const stopped = await one.jobs.stop(host, wish.id, noAbort);
    expect(stopped.state).toBe("stopped");
    await known(two.jobs, host, is("stopped"));
    // The supervisor writes down the end with its last breath, and who watches hears of it a moment later.
    await until(() => aliveWith(wish.id).length === 0);
    const listed = (await one.jobs.refresh(host, noAbort)).jobs;
    expect(listed).toContainEqual(expect.objectContaining({ id: wish.id, state: "stopped" }));
    await known(two.jobs, host, (watched) => isDeepStrictEqual(watched, listed));
    await one.jobs.remove(host, [wish.id], noAbort);
    await known(two.jobs, host, (all) => !all.some(({ id }) => id === wish.id));
    await expect(two.jobs.get(host, wish.id, noAbort)).rejects.toMatchObject({
      problem: { reason: "jobUnknown", host: "box", id: wish.id },
    });
    looking.dispose();
    one.close();
    two.close();
  });

  it("are watched again after a lost connection, and not at all when nobody looks", async () => {
    const { client, clock, jobs, close } = connect();
    const looking = jobs.look(host);
    await known(jobs, host, () => jobs.state(host).readAt !== undefined);
    relay.cut();
    await client.stateIs(() => client.states.some(({ kind }) => kind === "reconnecting"));
    const wish = jobRequest("echo up; exec sleep 1000");
    const tail = new Promise<string>((resolve) => {
      jobs.onTail(({ id, bytes }) => id === wish.id && resolve(Buffer.from(bytes).toString()));
    });
    await jobs.submit(host, wish, noAbort);
    await known(jobs, host, (all) => all.some(({ id, state }) => id === wish.id && state === "running"));
    expect(await tail).toBe("up\n");
    await jobs.stop(host, wish.id, noAbort);
    looking.dispose();
    // The connection stays a while for who comes next.
    clock.advance(3_600_000);
    await client.stateIs(() => client.connections.state(host).kind === "disconnected");
    expect(jobs.state(host).isReading).toBe(false);
    close();
  });

  it("can be followed, watched and stopped over the only session of a server", async () => {
    const narrow = await startSshd({ environment: { HOME: home }, config: ["MaxSessions 1"] });
    const client = testClient();
    const jobs = jobsOf(client);
    const at = hostOf(narrow);
    const looking = jobs.look(at);
    const wish = jobRequest("echo up; exec sleep 1000");
    await jobs.submit(at, wish, noAbort);
    let text = "";
    const up = new Promise<void>((resolve) => {
      const data = (chunk: Uint8Array) => {
        text += Buffer.from(chunk);
        if (text === "up\n") resolve();
      };
      jobs.follow(at, wish.id, 0, { data }, noAbort).catch(() => {});
    });
    await up;
    expect((await jobs.stop(at, wish.id, noAbort)).state).toBe("stopped");
    looking.dispose();
    jobs.dispose();
    client.connections.dispose();
    await narrow.dispose();
  });

  it("hold a log back that nobody takes", async () => {
    const { jobs, close } = connect();
    const size = 30_000_000;
    const wish = jobRequest(`head -c ${size} /dev/zero`);
    await jobs.submit(host, wish, noAbort);
    let received = 0;
    let taking = 0;
    let atOnce = 0;
    const data = async (chunk: Uint8Array) => {
      atOnce = Math.max(atOnce, ++taking);
      await new Promise((resolve) => setImmediate(resolve));
      received += chunk.length;
      taking--;
    };
    expect((await jobs.follow(host, wish.id, 0, { data }, noAbort)).state).toBe("succeeded");
    expect({ received, atOnce }).toEqual({ received: size, atOnce: 1 });
    close();
  });
});
