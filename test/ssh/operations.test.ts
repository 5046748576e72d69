import { execFileSync } from "node:child_process";
import { chmodSync, chownSync, existsSync, mkdirSync, readdirSync, readFileSync, rmdirSync, statSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import type { Operations } from "../../src/core/operations/operation";
import { createOperations } from "../../src/core/operations/operations";
import type { HostRef } from "../../src/core/ports";
import { createManualClock } from "../mocks/manualClock";
import { aliveWith, follow, newFolder, noAbort, outcome, request, until } from "../shell/operationHost";
import { hostOf, person, type TestClient, testClient } from "./client";
import { hostBehind, type Relay, startRelay } from "./relay";
import { startTwoFactorSshd, verificationCode, withoutSecondFactor } from "./secondFactor";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const cuts = process.env.TENSORLINE_FULL === "1" ? 200 : 20;
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

/** Prints 5 000 numbered lines for each line that comes through the pipe, until that says `end`. */
const numbers = `exec 3<>"$1"
echo begun
while IFS= read -r part <&3 && [ "$part" != end ]; do
  awk -v part="$part" 'BEGIN { for (line = 0; line < 5000; line++) print part, line, "words to fill it" }'
done`;

describe.skipIf(withoutSshd !== undefined)(`operations over a real connection (${withoutSshd ?? "real sshd"})`, () => {
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

  function connect(): { client: TestClient; operations: Operations } {
    const clock = createManualClock();
    const client = testClient({ clock });
    // Each back-off is turned by hand, so that only the reconnection itself takes time.
    client.connections.onState(({ state }) => {
      if (state.kind === "reconnecting") setImmediate(() => clock.advance(60_000));
    });
    return { client, operations: createOperations({ host: client.connections.acquire(host), clock: systemClock }) };
  }

  const logOf = (id: string) => {
    const hosts = join(home, ".local/state/tensorline/hosts");
    return readFileSync(join(hosts, readdirSync(hosts)[0] ?? "", "operations", id, "log"));
  };

  function fifo(): string {
    const path = join(newFolder(), "fifo");
    execFileSync("mkfifo", [path]);
    return path;
  }

  it("outlive the client; the next one follows from where that stopped, and cancels", async () => {
    const gate = fifo();
    const first = connect();
    const wish = request(numbers, { parameters: [gate], undo: "echo undone" });
    await first.operations.start(wish, noAbort);
    const leaving = new AbortController();
    const received: Uint8Array[] = [];
    const gone = expect(
      first.operations.follow(
        wish.id,
        0,
        {
          output(chunk) {
            received.push(Uint8Array.from(chunk));
            leaving.abort();
          },
        },
        leaving.signal,
      ),
    ).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    await gone;
    first.client.connections.dispose();
    await writeFile(gate, "7\n");
    const next = connect();
    expect(await next.operations.list(noAbort)).toMatchObject([{ id: wish.id, state: "running" }]);
    const before = Buffer.concat(received);
    const following = follow(next, wish.id, before.length);
    await following.says("7 4999 words");
    expect(await next.operations.cancel(wish.id, noAbort)).toMatchObject({ state: "cancelled" });
    await following.ended;
    expect(Buffer.concat([before, following.log()]).equals(logOf(wish.id))).toBe(true);
    expect(following.text()).toMatch(/undone\n$/);
    await until(() => aliveWith(wish.id).length === 0);
    next.client.connections.dispose();
  });

  it(
    `lose no byte and double none over ${cuts} cuts (seed ${seed})`,
    async () => {
      const random = randomFrom(seed);
      const gate = fifo();
      const { client, operations } = connect();
      const wish = request(numbers, { parameters: [gate] });
      await operations.start(wish, noAbort);
      let interruptions = 0;
      const received: Uint8Array[] = [];
      const following = operations.follow(
        wish.id,
        0,
        {
          output: (chunk) => void received.push(Uint8Array.from(chunk)),
          interrupted: () => interruptions++,
        },
        noAbort,
      );
      for (let cut = 1; cut <= cuts; cut++) {
        const before = client.states.length;
        relay.cutAfter(1 + Math.floor(random() * (random() < 0.3 ? 6_000 : 100_000)));
        await writeFile(gate, `${cut}\n`);
        await client.stateIs(() => client.states.slice(before).some(({ kind }) => kind === "reconnecting"));
        // Some cuts hit a connection that works, others the very log-in.
        if (random() < 0.7) await client.stateIs(() => client.connections.state(host).kind === "connected");
      }
      await writeFile(gate, "end\n");
      expect((await following).state).toBe("succeeded");
      const log = logOf(wish.id);
      expect(Buffer.concat(received).equals(log)).toBe(true);
      expect(log.toString().split("\n").length).toBe(1 + cuts * 5000 + 1);
      expect(interruptions).toBeGreaterThan(0);
      client.connections.dispose();
    },
    cuts * 10_000,
  );

  it("are started once though the connection is cut in the middle of it", async () => {
    const random = randomFrom(seed + 1);
    for (let round = 0; round < 3; round++) {
      const { client, operations } = connect();
      await operations.list(noAbort);
      const file = join(newFolder(), "count");
      const wish = request('echo once >>"$1"', { parameters: [file] });
      relay.cutAfter(1 + Math.floor(random() * 16_000));
      await operations.start(wish, noAbort);
      expect((await outcome({ operations }, wish.id)).operation.state).toBe("succeeded");
      expect(readFileSync(file, "utf8")).toBe("once\n");
      client.connections.dispose();
    }
  });
});

describe.skipIf(withoutUsers !== undefined)(
  `operations of a user without rights (${withoutUsers ?? "real sshd"})`,
  () => {
    let server: Sshd;
    beforeAll(async () => {
      server = await startSshd({
        users: [{ shell: "/bin/bash", files: { ".bash_profile": "FROM=profile; export FROM\n" } }, {}],
      });
    });
    afterAll(() => server.dispose());

    function connect(name: string) {
      const client = testClient();
      const lease = client.connections.acquire({ name, configFile: server.configFile });
      return { client, operations: createOperations({ host: lease, clock: systemClock }) };
    }

    it("run in the log-in’s environment, and can be cancelled", async () => {
      const { client, operations } = connect("box0");
      const wish = request('umask; echo "$FROM"; setsid sleep 1000 & sleep 1000', { undo: "echo undone" });
      await operations.start(wish, noAbort);
      const following = follow({ operations }, wish.id);
      await following.says("profile");
      expect(await operations.cancel(wish.id, noAbort)).toMatchObject({ state: "cancelled" });
      await following.ended;
      expect(following.text()).toMatch(/^00[02]2\nprofile\nundone\n$/);
      client.connections.dispose();
    });

    it("are kept elsewhere where the home cannot be written to, readable by nobody else", async () => {
      const [, user] = server.users;
      const home = user?.home ?? "";
      const uid = statSync(home).uid;
      chownSync(home, 0, 0);
      chmodSync(home, 0o755);
      const { client, operations } = connect("box1");
      const wish = request("echo ran");
      await operations.start(wish, noAbort);
      expect((await outcome({ operations }, wish.id)).log.toString()).toBe("ran\n");
      const place = `/var/tmp/tensorline-${uid}`;
      expect(statSync(place)).toMatchObject({ uid, mode: 0o40700 });
      // The supervisor stands in there until its last breath.
      await until(() => aliveWith(wish.id).length === 0);
      await operations.forget(wish.id, noAbort);
      expect(existsSync(place)).toBe(false);
      // What somebody else has put there is not trusted.
      mkdirSync(place, { mode: 0o777 });
      await expect(operations.start(request("exit 0"), noAbort)).rejects.toMatchObject({
        problem: { reason: "hostPermissionDenied" },
      });
      rmdirSync(place);
      client.connections.dispose();
    });
  },
);

const scarce = `operations over the only session${withoutSecondFactor ? `: ${withoutSecondFactor}` : ""}`;
describe.skipIf(withoutSecondFactor !== undefined)(scarce, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startTwoFactorSshd({ config: ["PubkeyAuthentication no", "MaxSessions 1"] });
  });
  afterAll(() => server.dispose());

  it("can be cancelled while they are followed, which is no interruption", async () => {
    const client = testClient({ prompts: person(["right", verificationCode()]) });
    const lease = client.connections.acquire(hostOf(server, "box0"));
    const operations = createOperations({ host: lease, clock: systemClock });
    const wish = request("echo up; sleep 1000", { undo: "echo undone" });
    await operations.start(wish, noAbort);
    let interruptions = 0;
    let text = "";
    let up = () => {};
    const isUp = new Promise<void>((resolve) => {
      up = resolve;
    });
    const following = operations.follow(
      wish.id,
      0,
      {
        output(chunk) {
          text += Buffer.from(chunk).toString();
          up();
        },
        interrupted: () => interruptions++,
      },
      noAbort,
    );
    await isUp;
    expect(await operations.cancel(wish.id, noAbort)).toMatchObject({ state: "cancelled" });
    expect(await following).toMatchObject({ state: "cancelled" });
    expect([text, interruptions]).toEqual(["up\nundone\n", 0]);
    client.connections.dispose();
  });
});
