import { randomUUID } from "node:crypto";
import { cpSync, readdirSync, readFileSync, readlinkSync } from "node:fs";
import { join } from "node:path";
import { spec } from "../host/harness/spec";
import { median, ms, report } from "./figures";
import { type JobBench, never, request, withJobHost } from "./jobHost";

const rounds = 5;
const finishedJobs = 1000;
const runningJobs = 50;

async function listing({ engine, host, jobsFolder }: JobBench): Promise<void> {
  const wish = request("echo done");
  await engine.jobs.submit(host, wish, never);
  await engine.jobs.follow(host, wish.id, 0, { data() {} }, never);
  const folder = jobsFolder();
  const copies = Array.from({ length: finishedJobs }, () => randomUUID());
  for (const id of copies) {
    cpSync(join(folder, wish.id), join(folder, id), { recursive: true, verbatimSymlinks: true });
  }
  const times: number[] = [];
  for (let round = 0; round < rounds; round++) {
    const startedAt = performance.now();
    const { jobs = [] } = await engine.jobs.refresh(host, never);
    times.push(performance.now() - startedAt);
    if (jobs.length < finishedJobs) throw new Error(`${jobs.length} jobs were listed`);
  }
  await report({
    figure: `${finishedJobs} finished jobs listed`,
    target: "< 300 ms",
    measured: ms(median(times)),
    met: median(times) < 300,
    method: `median of ${rounds} readings on an open connection`,
  });
  for (let at = 0; at < copies.length; at += 200) await engine.jobs.remove(host, copies.slice(at, at + 200), never);
}

/** Milliseconds of CPU that processes whose command line or parents fit have used, by `/proc`. */
function cpuOf(pids: readonly number[]): number {
  return pids.reduce((sum, pid) => {
    try {
      const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
      const fields = stat
        .slice(stat.lastIndexOf(")") + 2)
        .split(" ")
        .slice(11, 15);
      return sum + fields.reduce((ticks, field) => ticks + Number(field) * 10, 0);
    } catch {
      return sum;
    }
  }, 0);
}

/** What supervises a job: all processes that stand in its folder and are not the job itself. */
function helpers(folder: string): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(folder);
      } catch {
        return false;
      }
    })
    .map(Number);
}

function anonymousKilobytes(pid: number): number {
  return Number(/^RssAnon:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? Number.NaN);
}

const wait = (milliseconds: number) => new Promise((resolve) => setTimeout(resolve, milliseconds));

async function watching({ engine, host, jobsFolder }: JobBench): Promise<void> {
  const looking = engine.jobs.look(host);
  const wishes = Array.from({ length: runningJobs }, () => request("echo up; exec sleep 1000"));
  const startedAt = performance.now();
  for (const wish of wishes) await engine.jobs.submit(host, wish, never);
  const running = () => (engine.jobs.state(host).jobs ?? []).filter(({ state }) => state === "running").length;
  while (running() < runningJobs) await wait(50);
  const seen = performance.now() - startedAt;
  const folder = jobsFolder();
  const pids = wishes.flatMap(({ id }) => helpers(join(folder, id)));
  const watcher = watcherOf();
  const before = { helpers: cpuOf(pids), watch: cpuOf(watcher) };
  await wait(20_000);
  const used = { helpers: cpuOf(pids) - before.helpers, watch: (cpuOf(watcher) - before.watch) / 20 };
  const memory = Math.max(...pids.map(anonymousKilobytes));
  await report({
    figure: `${runningJobs} silent running jobs watched over one channel`,
    measured: `${used.watch.toFixed(1)} ms of CPU a second on the host; all seen ${ms(seen)} after the first was submitted`,
    method: "what the watching shell and the programs it waited for used in 20 s, in ticks of 10 ms",
  });
  await report({
    figure: "A job's supervisor and log writer while it is silent",
    target: "≤ 500 kB of RssAnon each, no CPU",
    measured: `${memory} kB at most, ${used.helpers.toFixed(0)} ms of CPU in 20 s for all ${pids.length} processes`,
    met: memory <= 500 && used.helpers === 0,
    method: `\`/proc/PID/status\` and \`stat\` of everything that supervises ${runningJobs} jobs`,
  });
  await Promise.all(wishes.map(({ id }) => engine.jobs.stop(host, id, never)));
  looking.dispose();
}

/** The shells that watch or follow: those that sleep and were started by a shell that reads its script. */
function watcherOf(): number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((pid) => {
      try {
        const shell = readFileSync(`/proc/${pid}/cmdline`, "utf8") === "sh\0-s\0";
        return shell && readlinkSync(`/proc/${pid}/cwd`) === "/";
      } catch {
        return false;
      }
    })
    .map(Number);
}

spec("many jobs", () => withJobHost(listing, watching), { deadlineMs: 600_000 });
