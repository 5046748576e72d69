import { execFileSync } from "node:child_process";
import { appendFileSync, readFileSync, renameSync, truncateSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { followCommand, followLog } from "../../src/core/jobs/followLog";
import { type JobNews, watchCommand, watchJobs } from "../../src/core/jobs/watchJobs";
import type { Job } from "../../src/shared/jobs";
import { type JobTestHost, jobHost, jobRequest } from "./jobHost";
import { fifo, noAbort, someShells } from "./operationHost";

/** A job that reads from a fifo as its descriptor 3, which holds what is written into it. */
const gated = (gate: string, text: string) => jobRequest(`exec 3<>'${gate}'; ${text}`);

/** Follows a job's log from a byte on. */
function follow(host: JobTestHost, id: string, fromByte = 0, signal = noAbort) {
  let log = Buffer.alloc(0);
  const watchers = new Set<() => void>();
  const sink = {
    data(chunk: Uint8Array) {
      log = Buffer.concat([log, chunk]);
      for (const watch of [...watchers]) watch();
    },
  };
  const deps = { host: { connected: async () => host.runner }, clock: systemClock };
  const ended = followLog(deps, id, fromByte, sink, signal);
  return {
    ended,
    log: () => log,
    says: (text: string) =>
      new Promise<void>((resolve, reject) => {
        const watch = () => {
          if (!log.includes(text)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        ended.then(() => reject(new Error(`it ended without ${text}: ${log}`)), reject);
        watch();
      }),
  };
}

async function followed(host: JobTestHost, id: string, fromByte = 0): Promise<{ job: Job; log: Buffer }> {
  const following = follow(host, id, fromByte);
  const job = await following.ended;
  return { job, log: following.log() };
}

/** Watches a host's jobs and keeps everything it told. */
function watch(host: JobTestHost) {
  const stop = new AbortController();
  const told: JobNews[] = [];
  const watchers = new Set<() => void>();
  const ended = watchJobs(
    systemClock,
    host.runner,
    (news) => {
      told.push(news);
      for (const one of [...watchers]) one();
    },
    stop.signal,
  );
  ended.catch(() => {});
  const jobs = (id: string) => told.flatMap((news) => news.jobs).filter((job) => job.id === id);
  return {
    told,
    jobs,
    stop: () => stop.abort(),
    ended,
    /** Resolves once this is true of what it told. */
    tells: (fits: () => boolean) =>
      new Promise<void>((resolve, reject) => {
        const look = () => {
          if (!fits()) return;
          watchers.delete(look);
          resolve();
        };
        watchers.add(look);
        ended.then(() => reject(new Error("the watch ended")), reject);
        look();
      }),
    states: (id: string) => jobs(id).map(({ state }) => state),
    tails: (id: string) => told.flatMap((news) => news.tails).filter((tail) => tail.id === id),
  };
}

describe.each(someShells("dash", "busybox"))("the log of a job under $name", (shell) => {
  it("comes as it is, from any byte, when the job has ended", async () => {
    const host = jobHost(shell);
    const bytes = Buffer.from(Array.from({ length: 5000 }, (_, at) => (at * 7) % 256));
    const source = join(host.home, "bytes");
    writeFileSync(source, bytes);
    const wish = jobRequest(`cat '${source}'; exit 3`);
    await host.submit(wish);
    const { job, log } = await followed(host, wish.id);
    expect(log.equals(bytes)).toBe(true);
    expect(job).toMatchObject({ id: wish.id, state: "failed", exitCode: 3, logBytes: bytes.length });
    expect((await followed(host, wish.id, 1000)).log.equals(bytes.subarray(1000))).toBe(true);
    expect((await followed(host, wish.id, 5000)).log.length).toBe(0);
  });

  it("is followed while the job prints, until it has ended", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const wish = gated(gate, `echo one; read line <&3; echo "$line"; read line <&3; printf 'the last'`);
    await host.submit(wish);
    const following = follow(host, wish.id);
    await following.says("one\n");
    await writeFile(gate, "two\n");
    await following.says("two\n");
    await writeFile(gate, "three\n");
    expect((await following.ended).state).toBe("succeeded");
    expect(following.log().toString()).toBe("one\ntwo\nthe last");
  });

  it("is waited for from behind its end", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const wish = gated(gate, "echo one; read line <&3; exit 4");
    await host.submit(wish);
    const following = follow(host, wish.id, 2 ** 40);
    await writeFile(gate, "go\n");
    expect(await following.ended).toMatchObject({ exitCode: 4 });
    expect(following.log().length).toBe(0);
  });

  it("is not followed any more when it was cut, nor when another took its place", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const wish = gated(gate, "echo 12; read line <&3; echo 456; read line <&3");
    await host.submit(wish);
    const log = () => join(host.folder(wish.id), "log");
    const following = follow(host, wish.id);
    await following.says("12\n");
    await writeFile(gate, "go\n");
    await following.says("456\n");
    renameSync(log(), `${log()}.old`);
    writeFileSync(log(), "something else that is longer\n");
    truncateSync(log(), 3);
    const later = follow(host, wish.id, 7);
    await writeFile(gate, "go\n");
    expect((await later.ended).state).toBe("succeeded");
    await following.ended;
    expect([following.log().toString(), later.log().toString()]).toEqual(["12\n456\n", ""]);
  });

  it("ends when nothing supervises the job any more", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("echo up; exec sleep 1000");
    await host.submit(wish);
    const following = follow(host, wish.id);
    await following.says("up\n");
    const supervisor = Number(
      execFileSync("readlink", [join(host.folder(wish.id), "holder.1")])
        .toString()
        .split(":")[1],
    );
    process.kill(supervisor, "SIGKILL");
    expect(await following.ended).toMatchObject({ state: "lost", reason: "supervisorDied" });
  });

  it("is no longer followed for a client that says nothing", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const wish = gated(gate, `echo up; read line <&3`);
    await host.submit(wish);
    const end = new Promise((resolve) => {
      host.runner.stream(followCommand(wish.id, 0, 600), { data() {}, end: resolve }, noAbort);
    });
    expect(await end).toMatchObject({ kind: "exit" });
    expect((await host.look(wish.id)).state).toBe("running");
    await host.stop(wish.id);
  });

  it("of a job that is not there is told so", async () => {
    await expect(follow(jobHost(shell), "nothing-like-it").ended).rejects.toMatchObject({
      problem: { reason: "jobUnknown" },
    });
  });
});

describe.each(someShells("bash", "busybox"))("the jobs of a host under $name are watched", (shell) => {
  it("those that are there, those that come, and how they end", async () => {
    const host = jobHost(shell);
    const before = jobRequest("exit 5");
    await host.submit(before);
    await host.outcome(before.id);
    const watching = watch(host);
    await watching.tells(() => watching.told.some(({ whole }) => whole));
    expect(watching.jobs(before.id)).toMatchObject([{ state: "failed", exitCode: 5 }]);
    const gate = fifo();
    const wish = gated(gate, `echo one; read line <&3; echo "$line"`);
    await host.submit(wish);
    await watching.tells(() => watching.states(wish.id).includes("running"));
    await writeFile(gate, "two\n");
    await watching.tells(() => watching.states(wish.id).includes("succeeded"));
    await watching.tells(() => Buffer.concat(watching.tails(wish.id).map(({ bytes }) => bytes)).includes("two\n"));
    renameSync(host.folder(before.id), join(host.home, "elsewhere"));
    await watching.tells(() => watching.told.some(({ gone }) => gone.includes(before.id)));
    expect(watching.jobs(before.id)).toHaveLength(1);
    watching.stop();
    await expect(watching.ended).rejects.toMatchObject({ problem: { reason: "cancelled" } });
  });

  it("with the newest of what they print, whatever bytes those are", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const wish = gated(gate, `echo up; read line <&3`);
    await host.submit(wish);
    await host.says(wish.id, "up\n");
    const log = join(host.folder(wish.id), "log");
    const bytes = Buffer.from(Array.from({ length: 9001 }, (_, at) => (at * 11) % 256));
    appendFileSync(log, bytes);
    const watching = watch(host);
    await watching.tells(() => watching.tails(wish.id).length > 0);
    const [tail] = watching.tails(wish.id);
    const whole = readFileSync(log);
    expect(tail && tail.from + tail.bytes.length).toBe(whole.length);
    expect(tail?.bytes.length).toBeGreaterThanOrEqual(4096);
    expect(tail?.bytes.length).toBeLessThan(4096 + 512);
    expect(Buffer.from(tail?.bytes ?? []).equals(whole.subarray(tail?.from))).toBe(true);
    appendFileSync(log, "\0job\ngone x\n");
    await watching.tells(() => watching.tails(wish.id).length > 1);
    expect(Buffer.from(watching.tails(wish.id)[1]?.bytes ?? []).toString()).toMatch(/\0job\ngone x\n$/);
    watching.stop();
    await host.stop(wish.id);
  });

  it("until the client says nothing any more", async () => {
    const host = jobHost(shell);
    const end = new Promise((resolve) => {
      host.runner.stream(watchCommand(600), { data() {}, end: resolve }, noAbort);
    });
    expect(await end).toMatchObject({ kind: "exit" });
  });
});
