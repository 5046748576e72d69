import { readdirSync, readFileSync } from "node:fs";
import type { HostSpec } from "./hosts";
import type { RunningJob } from "./jobs";
import { gpuUuid, migUuid } from "./nvidiaHost";
import type { Place, Turn } from "./schedule";
import type { Work } from "./simulation";

/** Jobs that people run on a simulated host: real processes, whose load on its GPUs is simulated. */
export interface RealJobs {
  /** Looks which there are now. True: something changed. */
  look(seconds: number): boolean;
  running(): readonly RunningJob[];
  /** The running ones and those that ended lately. */
  works(): readonly Work[];
}

/** Once looked at so often, a process will hardly become a job any more. */
const patience = 20;
/** A job that began this long ago has loaded much of its data: people try short ones here. */
const headStartSeconds = 20;
const shareOfMemory = 0.4;
const coolingSeconds = 60;

/** Finds them in this computer's /proc by the environment that jobs have; other systems show none. `folder`: the host's own. */
export function findRealJobs(spec: HostSpec, seed: number, folder: string): RealJobs {
  const strangers = new Map<number, number>();
  let jobs: readonly RunningJob[] = [];
  let ended: readonly Work[] = [];

  function look(seconds: number): boolean {
    const members = processes().flatMap((pid) => {
      const member = (strangers.get(pid) ?? 0) < patience ? memberOf(pid, spec, seed, folder) : undefined;
      if (member === undefined) strangers.set(pid, (strangers.get(pid) ?? 0) + 1);
      return member ?? [];
    });
    const shown = shownOf(members);
    const before = jobs;
    const left = before.filter(({ pid }) => !shown.some((member) => member.pid === pid));
    ended = [
      ...ended.filter((work) => work.end > seconds - coolingSeconds),
      ...left.map((job) => ({ ...job, end: seconds })),
    ];
    jobs = shown.map(
      (member) => before.find(({ pid }) => pid === member.pid) ?? runningJob(member, spec, seed, seconds),
    );
    return left.length > 0 || jobs.some((job) => !before.includes(job));
  }

  /** Pids; those that are gone are forgotten, as their numbers come again. */
  function processes(): number[] {
    const pids = listProcesses();
    const present = new Set(pids);
    for (const pid of strangers.keys()) if (!present.has(pid)) strangers.delete(pid);
    return pids;
  }

  return { look, running: () => jobs, works: () => [...jobs, ...ended] };
}

interface Member {
  readonly pid: number;
  readonly job: string;
  /** Of torchrun and its like: which of the job's processes this is. */
  readonly rank: number | undefined;
  readonly places: readonly Place[];
  readonly argv: readonly [string, ...string[]];
}

/** The process of a job that computes on GPUs, or undefined for any other. */
function memberOf(pid: number, spec: HostSpec, seed: number, folder: string): Member | undefined {
  const variables = new Map(
    wordsOf(pid, "environ").map((word) => {
      const at = word.indexOf("=");
      return [word.slice(0, at), word.slice(at + 1)] as const;
    }),
  );
  const job = variables.get("TENSORLINE_JOB");
  if (job === undefined || variables.get("HOST_ROOT") !== folder) return undefined;
  const visible = variables.get(spec.gpus?.vendor === "amd" ? "HIP_VISIBLE_DEVICES" : "CUDA_VISIBLE_DEVICES") ?? "";
  const places = visible.split(",").flatMap((id) => placeOf(id, spec, seed));
  const [program, ...args] = wordsOf(pid, "cmdline");
  if (places.length === 0 || program === undefined) return undefined;
  const rank = variables.get("LOCAL_RANK");
  return { pid, job, rank: rank === undefined ? undefined : Number(rank), places, argv: [program, ...args] };
}

function placeOf(id: string, spec: HostSpec, seed: number): Place[] {
  const nvidia = spec.gpus?.vendor === "nvidia" ? spec.gpus : undefined;
  return (spec.gpus?.gpus ?? []).flatMap(({ mig }, gpu): Place[] => {
    const slice = mig?.find(({ gpuInstance }) => migUuid(spec, seed, gpu, gpuInstance) === id);
    if (slice) return [{ gpu, mig: slice.gpuInstance }];
    return id === String(gpu) || (nvidia && id === gpuUuid(spec, seed, gpu)) ? [{ gpu }] : [];
  });
}

/** Of each job the first process, on all its GPUs; where its processes have ranks, the first of each rank on its own GPU. */
function shownOf(members: readonly Member[]): Member[] {
  const ranked = new Set(members.filter(({ rank }) => rank !== undefined).map(({ job }) => job));
  const first = new Map<string, Member>();
  for (const member of members) {
    if (ranked.has(member.job) && member.rank === undefined) continue;
    const key = `${member.job} ${member.rank}`;
    if ((first.get(key)?.pid ?? Number.POSITIVE_INFINITY) > member.pid) first.set(key, member);
  }
  return [...first.values()].map((member) => {
    const own = member.places[(member.rank ?? 0) % member.places.length];
    return member.rank === undefined || own === undefined ? member : { ...member, places: [own] };
  });
}

function runningJob({ pid, job, places, argv }: Member, spec: HostSpec, seed: number, seconds: number): RunningJob {
  const sizes = places.map(({ gpu, mig }) => {
    const slice = spec.gpus?.gpus[gpu]?.mig?.find(({ gpuInstance }) => gpuInstance === mig);
    return slice?.memoryMiB ?? spec.gpus?.model.memoryMiB ?? 0;
  });
  const memoryMiB = Math.round(shareOfMemory * Math.min(...sizes));
  const never = Number.POSITIVE_INFINITY;
  const start = seconds - headStartSeconds;
  const turn: Turn = { number: 0, program: { kind: "training", argv, memoryMiB }, start, end: never, next: never };
  return { turn, places, end: never, words: [seed, job], user: spec.user, pid };
}

function listProcesses(): number[] {
  try {
    return readdirSync("/proc")
      .filter((name) => /^\d+$/.test(name))
      .map(Number);
  } catch {
    return [];
  }
}

/** The words of a file of a process, each ended by NUL; none where it is gone or somebody else's. */
function wordsOf(pid: number, file: "environ" | "cmdline"): string[] {
  try {
    return readFileSync(`/proc/${pid}/${file}`, "utf8").split("\0").slice(0, -1);
  } catch {
    return [];
  }
}
