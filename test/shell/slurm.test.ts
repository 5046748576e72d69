import { execFileSync } from "node:child_process";
import { readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import listPart from "../../src/core/jobs/backends/slurm/list.sh";
import slurmPart from "../../src/core/jobs/backends/slurm/slurm.sh";
import { listCommand } from "../../src/core/jobs/commands";
import { type JobTestHost, jobHost, jobRequest } from "./jobHost";
import { newFolder, type TestShell, testShells } from "./operationHost";

const fixtures = new URL("../fixtures/slurm", import.meta.url).pathname;

/** A host whose Slurm says what stands in a folder. */
function slurmHost({ path, ...shell }: TestShell, answers: string): JobTestHost & { asked(): string[] } {
  const log = join(newFolder(), "log");
  writeFileSync(log, "");
  const host = jobHost(
    { ...shell, path: `${join(fixtures, "tools")}:${path}` },
    { FAKE_SLURM: answers, FAKE_LOG: log, TZ: "Asia/Tokyo" },
  );
  return {
    ...host,
    asked: () =>
      readFileSync(log, "utf8")
        .split("\n")
        .filter((line) => line !== ""),
  };
}

describe.each(testShells)("Slurm's answers under $name", (shell) => {
  it.each(["20.11", "22.05", "24.05"])("of %s are listed", async (release) => {
    const { jobs, others } = await slurmHost(shell, join(fixtures, release)).run(listCommand());
    expect({ jobs, others }).toEqual(JSON.parse(readFileSync(join(fixtures, release, "expected.json"), "utf8")));
  });

  it("are asked for once for all jobs, and never again for those that ended", async () => {
    const answers = newFolder();
    const host = slurmHost(shell, answers);
    // The stand-in gives all of them the same number.
    writeFileSync(join(answers, "squeue.mine.txt"), row("PENDING", "Priority"));
    writeFileSync(join(answers, "squeue.others.txt"), "");
    const wishes = [0, 1, 2].map(() => jobRequest("echo never", { backend: "slurm" }));
    for (const wish of wishes) await host.submit(wish);
    const before = host.asked().length;
    const listed = (await host.list()).filter(({ state }) => state === "queued").map(({ id }) => id);
    expect(listed).toEqual(expect.arrayContaining(wishes.map(({ id }) => id)));
    expect(
      host
        .asked()
        .slice(before)
        .map((line) => line.split(" ")[0]),
    ).toEqual(["squeue", "squeue"]);
    writeFileSync(join(answers, "squeue.mine.txt"), row("CANCELLED", "None"));
    await host.list();
    const ended = host.asked().length;
    await host.look(wishes[0]?.id ?? "");
    expect(host.asked()).toHaveLength(ended);
  });

  it("tell where a job prints to", () => {
    const script = `boot=x; ${slurmPart}${listPart}\nslurm_log 8`;
    const env = {
      PATH: `${join(fixtures, "tools")}:${shell.path}`,
      FAKE_SLURM: join(fixtures, "22.05"),
      FAKE_LOG: "/dev/null",
    };
    expect(execFileSync(shell.sh, ["-c", script], { env, encoding: "utf8" })).toBe(
      "/scratch/ada/sweep/ada-7_1-00008-n1-%-%q.log\n",
    );
  });
});

const row = (state: string, why: string, begin = "N/A", end = "N/A") =>
  `␞4711|${state}|${begin}|${end}|2026-11-22T07:00:00|ada|N/A|${why}␟4711␟/nowhere/batch␟/nowhere␟train.py␟\n`;

describe("a job of Tensorline in Slurm", () => {
  const [shell] = testShells;
  const begin = "2026-11-22T08:00:00";
  const end = "2026-11-22T09:00:00";
  const startedAt = `${begin}Z`;
  const endedAt = `${end}Z`;

  it.each([
    [
      "waits",
      row("PENDING", "Resources", begin),
      {
        state: "queued",
        reason: "waitingForScheduler",
        message:
          "It is next: it waits until enough of the cluster is free. It is expected to begin at 2026-11-22 08:00 UTC.",
      },
    ],
    ["runs on another machine", row("RUNNING", "None", begin), { state: "running", startedAt }],
    ["ran too long", row("TIMEOUT", "TimeLimit", begin, end), { state: "failed", reason: "timeLimit", endedAt }],
    [
      "needed too much memory",
      row("OUT_OF_MEMORY", "OutOfMemory", begin, end),
      { state: "failed", reason: "hostOutOfMemory", endedAt },
    ],
    ["was cancelled", row("CANCELLED", "None", begin, end), { state: "stopped", endedAt }],
    [
      "gave way",
      row("PREEMPTED", "None", begin, end),
      { state: "failed", reason: "schedulerEnded", message: "A job with a higher priority took its place." },
    ],
    [
      "has a node that will not start",
      row("BOOT_FAIL", "None"),
      { state: "failed", reason: "schedulerEnded", message: "Its node could not be started." },
    ],
    [
      "could not be launched",
      row("FAILED", "JobLaunchFailure"),
      { state: "failed", reason: "couldNotStart", message: "Slurm could not start it on its node." },
    ],
    [
      "has a folder that its node does not see",
      row("FAILED", "NonZeroExitCode", begin, end),
      {
        state: "failed",
        reason: "couldNotStart",
        message: expect.stringContaining("file system that all nodes share"),
      },
    ],
    [
      "ended with a dead supervisor",
      row("COMPLETED", "None", begin, end),
      { state: "lost", reason: "supervisorDied", endedAt },
    ],
    ["is forgotten", "", { state: "lost", reason: "supervisorDied" }],
  ])("that %s is told of", async (_what, queue, expected) => {
    const { host, id } = await submitted();
    writeFileSync(join(host.answers, "squeue.mine.txt"), queue);
    expect(await host.look(id)).toMatchObject({ schedulerId: "4711", ...expected });
    // Told the same once Slurm has forgotten it, and where it does not answer.
    const told = await host.look(id);
    rmSync(join(host.answers, "squeue.mine.txt"));
    if (told.endedAt !== undefined || told.state === "lost") expect(await host.look(id)).toEqual(told);
  });

  it("that squeue has forgotten is looked for in the accounts, then in what its node wrote", async () => {
    const one = await submitted();
    writeFileSync(join(one.host.answers, "sacct.txt"), "CANCELLED by 1001|2026-11-22T18:00:30\n");
    expect(await one.host.look(one.id)).toMatchObject({ state: "stopped", endedAt: "2026-11-22T18:00:30Z" });
    const other = await submitted();
    symlinkSync("4711", join(other.host.folder(other.id), "allocation"));
    writeFileSync(join(other.host.folder(other.id), "scheduler.end"), "TIMEOUT 2026-11-22T18:00:30Z\n");
    expect(await other.host.look(other.id)).toMatchObject({ state: "failed", reason: "timeLimit" });
  });

  it("stays what it was where Slurm does not answer", async () => {
    const { host, id } = await submitted();
    rmSync(join(host.answers, "squeue.mine.txt"));
    expect(await host.look(id)).toMatchObject({
      state: "queued",
      message: "Slurm does not answer at present; this is what was known last.",
    });
  });

  it("is asked for with one word of sbatch for each wish", async () => {
    const { host } = await submitted();
    const [line = ""] = host.asked().filter((asked) => asked.startsWith("sbatch "));
    expect(line).toContain("--export=ALL --output=/dev/null --chdir=");
    expect(line).toContain(
      "--no-requeue --job-name=train.py --partition=gpu --gres=gpu:a100:2 --time=2 --constraint=ib ",
    );
  });

  async function submitted() {
    if (!shell) throw new Error("no shell");
    const answers = newFolder();
    writeFileSync(join(answers, "squeue.mine.txt"), row("PENDING", "None"));
    const host = { ...slurmHost(shell, answers), answers };
    const wish = jobRequest("echo never", {
      backend: "slurm",
      gpus: { kind: "any", count: 2, queue: true },
      timeLimitSeconds: 90,
      scheduler: { partition: "gpu", gpuType: "a100", extra: ["--constraint=ib"] },
    });
    await host.submit(wish);
    writeFileSync(join(answers, "squeue.mine.txt"), "");
    return { host, id: wish.id };
  }
});
