import { execFileSync } from "node:child_process";
import { chmodSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listCommand } from "../../src/core/jobs/commands";
import type { JobRequest } from "../../src/core/jobs/request";
import { hasEnded, type Job } from "../../src/shared/jobs";
import { type JobTestHost, jobHostOf, jobRequest } from "../shell/jobHost";
import { aliveWith, newFolder, noAbort, until } from "../shell/operationHost";
import { hostOf, testClient } from "./client";
import { type Slurm, startSlurm, withoutSlurm } from "./slurm";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const without = withoutSshd ?? withoutUsers ?? withoutSlurm;

describe.skipIf(without !== undefined)(`jobs in a real Slurm (${without ?? "one node, four GPUs"})`, () => {
  const home = newFolder();
  const tools = newFolder();
  let slurm: Slurm;
  let server: Sshd;
  let host: JobTestHost;
  beforeAll(async () => {
    slurm = await startSlurm();
    const environment = { HOME: home, SHELL: "/bin/sh", PATH: `${tools}:/usr/bin:/bin`, ...slurm.environment };
    server = await startSshd({ environment, users: [{}] });
    host = await another();
  });
  afterAll(async () => {
    await server.dispose();
    await slurm.dispose();
  });

  /** One more connection. */
  const another = async (): Promise<JobTestHost> =>
    jobHostOf(await testClient().connections.acquire(hostOf(server)).connected(noAbort), home);
  const inSlurm = (text: string, more: Partial<JobRequest> = {}) => jobRequest(text, { backend: "slurm", ...more });
  const gpus = (count: number) => ({ gpus: { kind: "any", count, queue: true } as const });
  /** What Slurm itself says of a job: `ExitCode=3:0`. */
  const told = (job: Job, what: string) =>
    new RegExp(` ${what}=(\\S*)`).exec(slurm.run("scontrol", "-o", "show", "job", job.schedulerId ?? ""))?.[1];
  /** Looks until it is so: Slurm tells nobody when something changes. */
  async function lookUntil(id: string, fits: (job: Job) => boolean): Promise<Job> {
    for (;;) {
      const job = await host.look(id);
      if (fits(job)) return job;
      if (hasEnded(job)) throw new Error(`it has ended: ${JSON.stringify(job)}`);
    }
  }
  const ended = async (id: string) => {
    for (;;) {
      const job = await host.look(id);
      if (hasEnded(job)) return job;
    }
  };

  it("gives a job the GPUs that Slurm chose, and keeps its output and exit code", async () => {
    const text = 'echo "$CUDA_VISIBLE_DEVICES"; echo "$TENSORLINE_JOB" >&2; exit 3';
    const wish = inSlurm(text, { ...gpus(2), scheduler: { extra: ["--hold"] } });
    const submitted = await host.submit(wish);
    expect(submitted).toMatchObject({ state: "queued", reason: "waitingForScheduler", backend: "slurm" });
    slurm.run("scontrol", "release", submitted.schedulerId ?? "");
    const { job, log } = await host.outcome(wish.id);
    expect(job).toMatchObject({ state: "failed", reason: "exitCode", exitCode: 3, gpus: [{ index: 0 }, { index: 1 }] });
    expect(log).toBe(`0,1\n${wish.id}\n`);
    await until(() => told(job, "JobState") !== "COMPLETING" && told(job, "JobState") !== "RUNNING");
    expect(told(job, "ExitCode")).toBe("3:0");
  });

  it("says why a job waits behind a full node, and ends both", async () => {
    const first = inSlurm("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait", gpus(4));
    await host.submit(first);
    await host.says(first.id, "up\n");
    const second = inSlurm("echo never", gpus(1));
    await host.submit(second);
    const waiting = await lookUntil(second.id, ({ message = "" }) => message.startsWith("It is next"));
    expect(waiting).toMatchObject({ state: "queued", reason: "waitingForScheduler" });
    expect((await host.list()).find(({ id }) => id === second.id)).toMatchObject({ message: waiting.message });

    expect(await host.look(second.id, "stop")).toMatchObject({ state: "stopped", schedulerId: waiting.schedulerId });
    expect(told(waiting, "JobState")).toBe("CANCELLED");
    const stopped = await host.stop(first.id);
    expect(stopped).toMatchObject({ state: "stopped", exitCode: 0 });
    expect(host.log(first.id)).toBe("up\nbye\n");
    await until(() => aliveWith(first.id).length === 0);
    // Both can be removed now, and nothing asks Slurm about them any more.
    expect(await host.look(second.id)).toMatchObject({ state: "stopped", message: "It was cancelled in Slurm." });
  });

  it("ends a job that somebody cancels in Slurm, with time to say good-bye", async () => {
    const wish = inSlurm("trap 'echo bye; exit 0' TERM; echo up; sleep 1000 & wait");
    const job = await host.submit(wish);
    await host.says(wish.id, "up\n");
    slurm.run("scancel", job.schedulerId ?? "");
    expect(await ended(wish.id)).toMatchObject({ state: "stopped" });
    expect(host.log(wish.id)).toBe("up\nbye\n");
  });

  it("ends a job at its own time limit, of which Slurm knows as well", async () => {
    const wish = inSlurm("echo up; exec sleep 1000", { timeLimitSeconds: 1 });
    const job = await host.submit(wish);
    expect(told(job, "TimeLimit")).toBe("00:01:00");
    expect(await ended(wish.id)).toMatchObject({ state: "failed", reason: "timeLimit", signal: "SIGTERM" });
  });

  it("tells of a job whose node failed, and of one whose supervisor was killed", async () => {
    const wish = inSlurm("echo up; exec sleep 1000");
    await host.submit(wish);
    await host.says(wish.id, "up\n");
    slurm.run("scontrol", "update", "NodeName=n1", "State=DOWN", "Reason=testing");
    expect(await ended(wish.id)).toMatchObject({
      state: "failed",
      reason: "schedulerEnded",
      message: "A node that it ran on failed.",
    });

    const other = inSlurm("echo up; exec sleep 1000");
    const job = await host.submit(other);
    await host.says(other.id, "up\n");
    slurm.run("scancel", "--signal=KILL", "--full", job.schedulerId ?? "");
    const told = await ended(other.id);
    expect(told).toMatchObject({ state: expect.stringMatching(/^(lost|stopped)$/) });
    await until(() => aliveWith(other.id).length === 0);
  });

  it("hands secrets to the job alone", async () => {
    const secret = "correct-horse-battery";
    const gate = join(newFolder(), "gate");
    execFileSync("mkfifo", [gate]);
    const wish = inSlurm(`printf %s "$TOKEN" | wc -c; echo "<$TENSORLINE_SECRETS>"; read line <'${gate}'`, {
      secrets: { TOKEN: secret },
    });
    const job = await host.submit(wish);
    await host.says(wish.id, `${secret.length}\n<>\n`);
    const number = job.schedulerId ?? "";
    expect(slurm.run("scontrol", "-d", "show", "job", number)).not.toContain(secret);
    expect(slurm.run("scontrol", "write", "batch_script", number, "-")).not.toContain(secret);
    const commands = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
    expect(commands.map(commandLine).join("\n")).not.toContain(secret);
    await writeFile(gate, "go on\n");
    expect(await ended(wish.id)).toMatchObject({ state: "succeeded" });
    expect(() => execFileSync("grep", ["-r", secret, home])).toThrow();
  });

  it("says in Slurm's words why a job was not taken, and leaves nothing of it", async () => {
    const wish = inSlurm("echo hello", { scheduler: { partition: "nowhere" } });
    await expect(host.submit(wish)).rejects.toMatchObject({
      problem: { reason: "schedulerRefused", backend: "Slurm", detail: expect.stringContaining("partition") },
    });
    await expect(host.look(wish.id)).rejects.toMatchObject({ problem: { reason: "jobUnknown" } });
    await host.submit({ ...wish, scheduler: { partition: "short", extra: ["--comment=a b"] } });
    expect((await host.outcome(wish.id)).log).toBe("hello\n");
  });

  it("loses no job while Slurm does not answer", async () => {
    const wish = inSlurm("echo hello", { scheduler: { extra: ["--hold"] } });
    const job = await host.submit(wish);
    await lookUntil(wish.id, ({ message = "" }) => message.startsWith("You hold it"));
    const [second, third] = [await another(), await another()];
    await slurm.stopController();
    const silent = { state: "queued", message: expect.stringContaining("Slurm does not answer") };
    // Each of these waits for Slurm as long as its commands do.
    const refused = expect(third.submit(inSlurm("echo refused"))).rejects.toMatchObject({
      problem: { reason: "schedulerRefused", detail: expect.stringContaining("Unable to contact slurm controller") },
    });
    const [looked, listed] = await Promise.all([host.look(wish.id), second.list()]);
    expect(looked).toMatchObject(silent);
    expect(listed.find(({ id }) => id === wish.id)).toMatchObject(silent);
    await refused;
    await slurm.startController();
    slurm.run("scontrol", "release", job.schedulerId ?? "");
    expect((await host.outcome(wish.id)).log).toBe("hello\n");
  });

  it("submits a job once, however often it is asked to", async () => {
    const wish = inSlurm('echo "$SLURM_JOB_ID"', { scheduler: { extra: ["--hold"] } });
    const other = await another();
    const [one, two] = await Promise.all([host.submit(wish), other.submit(wish)]);
    expect(two.schedulerId).toBe(one.schedulerId);
    expect((await host.submit(wish)).schedulerId).toBe(one.schedulerId);
    expect(queued(wish)).toEqual([one.schedulerId]);
    slurm.run("scontrol", "release", one.schedulerId ?? "");
    expect((await host.outcome(wish.id)).log).toBe(`${one.schedulerId}\n`);
  });

  it.each([
    ["before sbatch began", 'kill -s KILL "$PPID"; exit 1', false],
    ["after sbatch had written its number", 'kill -s KILL "$PPID"', false],
    ["before anybody wrote the number", 'kill -s KILL "$PPID"', true],
  ])("adopts what was submitted where the submission was killed %s", async (when, then, forget) => {
    const submission = when.startsWith("before sbatch") ? "" : '/usr/bin/sbatch "$@"\n';
    writeFileSync(join(tools, "sbatch"), `#!/bin/sh\n${submission}${then}\n`);
    chmodSync(join(tools, "sbatch"), 0o755);
    const wish = inSlurm("echo hello", { scheduler: { extra: ["--hold"] } });
    await expect(host.submit(wish)).rejects.toThrow();
    rmSync(join(tools, "sbatch"));
    if (forget) rmSync(join(host.folder(wish.id), "scheduler.new"));
    const job = await host.submit(wish);
    expect(job).toMatchObject({ state: "queued" });
    expect(queued(wish)).toEqual([job.schedulerId]);
    slurm.run("scontrol", "release", job.schedulerId ?? "");
    expect((await host.outcome(wish.id)).log).toBe("hello\n");
  });

  it("lists what Tensorline did not start, with GPUs, and jobs of others apart", async () => {
    mkdirSync(join(home, "elsewhere"));
    const name = 'a\nb "c" \\ %x |';
    const words = ["--parsable", `--job-name=${name}`, "--gres=gpu:a100:3", `--chdir=${join(home, "elsewhere")}`];
    const number = slurm.run("sbatch", ...words, "--output=/dev/null", "--wrap", "sleep 1000").trim();
    const [user] = server.users;
    const stranger = ["-u", user?.name ?? "", "--", "sbatch", "--parsable", "--chdir=/", "--wrap", "sleep 1000"];
    const theirs = slurm.run("runuser", ...stranger, "--hold").trim();
    for (;;) {
      const { jobs, others } = await host.run(listCommand());
      const mine = jobs.find(({ id }) => id === `slurm-${number}`);
      if (mine?.state === "queued") continue;
      expect(mine).toMatchObject({
        name: 'a b "c" \\ %x |',
        state: "running",
        backend: "slurm",
        schedulerId: number,
        folder: join(home, "elsewhere"),
        gpus: [{ index: 0 }, { index: 1 }, { index: 2 }],
      });
      expect(others).toHaveLength(1);
      expect(others[0]).toMatchObject({ id: `slurm-${theirs}`, user: user?.name, state: "queued" });
      expect(others[0]?.message).toMatch(/hold/);
      break;
    }
    slurm.run("scancel", number, theirs);
  });

  /** Numbers of the jobs that Slurm has of a request. */
  function queued({ id }: JobRequest): string[] {
    const lines = slurm.run("squeue", "-h", "-o", "%A %o").trim().split("\n");
    return lines.filter((line) => line.endsWith(`/${id}/batch`)).map((line) => line.split(" ")[0] ?? "");
  }
});

function commandLine(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "latin1");
  } catch {
    return "";
  }
}
