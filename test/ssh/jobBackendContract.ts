import { execFileSync } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync, rmSync, symlinkSync, unlinkSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { JobRequest } from "../../src/core/jobs/request";
import { isInterruption } from "../../src/core/operations/persistence";
import type { HostRef } from "../../src/core/ports";
import { type JobTestHost, jobHostOf, jobRequest } from "../shell/jobHost";
import { aliveWith, newFolder, noAbort, until } from "../shell/operationHost";
import { testClient } from "./client";
import { backendHosts } from "./jobBackendHosts";
import { hostBehind, type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd } from "./sshd";

/** A pipe in the file system: what waits for its line is let go by writing one. */
function fifo(): string {
  const path = join(newFolder(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

/** What every back end must do for jobs, over a real connection. */
export function jobBackendContract(backend: string): void {
  const fixture = backendHosts[backend];
  const missing = withoutSshd ?? fixture?.missing;
  describe.skipIf(missing !== undefined)(`${backend} over a real connection${missing ? `: ${missing}` : ""}`, () => {
    // What will not listen is left ten seconds by the supervisor, which is the same one under every back end.
    const patient = process.env.TENSORLINE_FULL === "1" || backend === "process";
    const ignore = patient ? 'trap "" TERM; ' : "";
    const home = mkdtempSync(join(tmpdir(), "tensorline-jobs-"));
    let server: Sshd;
    let relay: Relay;
    let ref: HostRef;
    let place: Awaited<ReturnType<NonNullable<typeof fixture>["setUp"]>>;
    let first: Awaited<ReturnType<typeof connect>>;
    beforeAll(async () => {
      if (!fixture) throw new Error("a back end without a host");
      place = await fixture.setUp(home);
      server = await startSshd({ environment: { HOME: home, ...place.environment } });
      relay = await startRelay(server.port);
      ref = await hostBehind(relay, server);
      first = await connect();
    });
    afterAll(async () => {
      first.close();
      await relay.dispose();
      await server.dispose();
      await place.dispose();
      rmSync(home, { recursive: true, force: true, maxRetries: 10 });
    });

    async function connect(): Promise<JobTestHost & { close(): void }> {
      const client = testClient();
      const lease = client.connections.acquire(ref);
      const runner = await lease.connected(noAbort);
      return { ...jobHostOf(runner, home), close: () => client.connections.dispose() };
    }

    const request = (text: string, more: Partial<JobRequest> = {}) =>
      jobRequest(text, { backend, ...fixture?.request, ...more });

    it("runs what was submitted, for every client, and tells its end", async () => {
      const gate = fifo();
      const wish = request(`echo begun; read -r line <${gate}; echo "$line"; exit 3`, { settings: '{"a":"ü"}' });
      const submitted = await first.submit(wish);
      expect(submitted).toMatchObject({ id: wish.id, name: wish.name, backend });
      await first.says(wish.id, "begun\n");
      const second = await connect();
      expect(await second.list()).toContainEqual(expect.objectContaining({ id: wish.id, state: "running" }));
      await writeFile(gate, "through\n");
      const { job, log } = await second.outcome(wish.id);
      expect(log).toBe("begun\nthrough\n");
      expect(job).toMatchObject({ state: "failed", reason: "exitCode", exitCode: 3, logBytes: 14 });
      expect(await first.look(wish.id)).toEqual(job);
      second.close();
    });

    it(`stops all of a job, also what left its session${patient ? " or will not listen" : ""}`, async () => {
      const wish = request(`setsid sh -c '${ignore}echo stray; while :; do sleep 1; done' &
        (${ignore}echo deaf; while :; do sleep 1; done) &
        trap 'echo asked; exit 9' TERM
        while :; do sleep 1; done`);
      await first.submit(wish);
      await Promise.all([first.says(wish.id, "stray"), first.says(wish.id, "deaf")]);
      const job = await first.stop(wish.id);
      expect(job).toMatchObject({ state: "stopped", exitCode: 9 });
      expect(job.leftovers).toBeUndefined();
      expect(first.log(wish.id)).toContain("asked");
      await until(() => aliveWith(wish.id).length === 0);
      expect(await first.stop(wish.id)).toEqual(job);
    });

    it("tells a signal from a status", async () => {
      const wish = request("kill -s SEGV $$");
      await first.submit(wish);
      const { job } = await first.outcome(wish.id);
      expect(job).toMatchObject({ state: "failed", reason: "signal", signal: "SIGSEGV", exitCode: 139 });
    });

    it("ends a job at its time limit", async () => {
      const wish = request("echo up; exec sleep 1000", { timeLimitSeconds: 1 });
      await first.submit(wish);
      const { job } = await first.outcome(wish.id);
      expect(job).toMatchObject({ state: "failed", reason: "timeLimit", exitCode: 143, signal: "SIGTERM" });
    });

    it("goes on when the connection that submitted it is cut", async () => {
      const gate = fifo();
      const wish = request(`echo begun; read -r line <${gate}; echo "$line"`);
      const gone = await connect();
      await gone.submit(wish);
      await gone.says(wish.id, "begun");
      relay.cut();
      await expect(gone.list()).rejects.toThrow();
      gone.close();
      const next = await connect();
      expect(await next.look(wish.id)).toMatchObject({ state: "running" });
      await writeFile(gate, "still here\n");
      expect((await next.outcome(wish.id)).log).toBe("begun\nstill here\n");
      first.close();
      first = next;
    });

    it("runs once what was submitted by two at once, and again after a cut in the middle", async () => {
      const count = join(newFolder(), "count");
      const both = request(`echo once >>${count}`);
      const second = await connect();
      await Promise.all([first.submit(both), second.submit(both)]);
      await first.outcome(both.id);
      expect(readFileSync(count, "utf8")).toBe("once\n");
      second.close();
      for (const bytes of [1, 3_000, 20_000, 60_000]) {
        const wish = request(`echo ${bytes} >>${count}`);
        const cut = await connect();
        relay.cutAfter(bytes);
        await cut.submit(wish).catch((error: unknown) => expect(isInterruption(error)).toBe(true));
        cut.close();
        relay.cutAfter(Number.POSITIVE_INFINITY);
        const next = await connect();
        await next.submit(wish);
        expect((await next.outcome(wish.id)).job.state).toBe("succeeded");
        first.close();
        first = next;
      }
      expect(readFileSync(count, "utf8")).toBe("once\n1\n3000\n20000\n60000\n");
    });

    it("shows its secrets to the job alone", async () => {
      const gate = fifo();
      const secret = `s3cret-${process.pid}`;
      const wish = request(`printf %s "$HF_TOKEN" | wc -c; read -r line <${gate}`, { secrets: { HF_TOKEN: secret } });
      const seen = new Set<string>();
      let running = true;
      const watching = until(() => {
        for (const line of commandLines()) if (line.includes(secret)) seen.add(line);
        return !running;
      });
      await first.submit(wish);
      await first.says(wish.id, String(secret.length));
      expect(fixture?.shows?.(place.environment) ?? "").not.toContain(secret);
      await writeFile(gate, "go\n");
      await first.outcome(wish.id);
      running = false;
      await watching;
      expect([...seen]).toEqual([]);
      for (const file of readdirSync(first.folder(wish.id), { recursive: true, withFileTypes: true }))
        if (file.isFile())
          expect(readFileSync(join(file.parentPath, file.name), "latin1"), file.name).not.toContain(secret);
    });

    it("tells a supervisor that died, a restarted host and a pid of another process from success", async () => {
      const cases = [
        ["supervisorDied", (boot: string, pid: number, ticks: string) => `${boot}:${pid}:${ticks}`],
        ["hostRestarted", (_boot: string, pid: number, ticks: string) => `another-boot:${pid}:${ticks}`],
        ["supervisorDied", (boot: string, _pid: number, ticks: string) => `${boot}:${process.pid}:${ticks}`],
      ] as const;
      for (const [reason, link] of cases) {
        const wish = request("echo up; exec sleep 1000");
        await first.submit(wish);
        await first.says(wish.id, "up");
        const { boot, pid, startTicks } = first.supervisor(wish.id);
        // The shell has said so a moment before it becomes the program.
        let program: number | undefined;
        await until(() => {
          program = aliveWith(wish.id).find((one) => commandOf(one) === "sleep 1000 ");
          return program !== undefined;
        });
        process.kill(pid, "SIGKILL");
        await until(() => !aliveWith(wish.id).includes(pid));
        const holder = join(first.folder(wish.id), "holder.1");
        unlinkSync(holder);
        symlinkSync(link(boot, pid, startTicks), holder);
        const { job } = await first.outcome(wish.id);
        expect(job).toMatchObject({ state: "lost", reason: fixture?.scheduled ? "supervisorDied" : reason });
        await until(() => !fixture?.scheduled || program === undefined || !aliveWith(wish.id).includes(program));
        if (fixture?.scheduled) continue;
        // What still runs of it is told, and ended when somebody wants that.
        expect(job.leftovers).toEqual([program]);
        expect((await first.stop(wish.id)).leftovers).toBeUndefined();
        await until(() => program === undefined || !aliveWith(wish.id).includes(program));
      }
    });
  });
}

function commandLines(): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map((pid) => commandOf(Number(pid)));
}

function commandOf(pid: number): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1").replaceAll("\0", " ");
  } catch {
    return "";
  }
}
