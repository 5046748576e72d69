import type { JobRequest } from "../../request";

/** Words of `scheduler.extra` that would make it another kind of job than the one that is watched, or part it from its secrets. */
const unfit: readonly (readonly [long: string, short: string | undefined, why: string])[] = [
  ["--array", "-a", "arrays are not run yet"],
  ["--wrap", undefined, "the program is told elsewhere"],
  ["--wait", "-W", "the job is watched anyway"],
  ["--test-only", undefined, "it would only be tried out"],
  ["--export", undefined, "variables are told elsewhere"],
  ["--export-file", undefined, "variables are told elsewhere"],
  ["--clusters", "-M", "jobs of other clusters are not watched yet"],
  ["--help", "-h", "it would not be submitted"],
  ["--usage", undefined, "it would not be submitted"],
  ["--version", "-V", "it would not be submitted"],
];

/** Why a further word for sbatch cannot be taken: a clause; undefined when it can. */
export function unfitWord(word: string): string | undefined {
  if (/[\0\r\n]/.test(word)) return "a word for sbatch holds a line break";
  if (!/^-[-A-Za-z]/.test(word))
    return `"${word}" is no option of sbatch: write it as one word, such as --constraint=ib`;
  const name = word.split("=")[0] ?? "";
  const hit = word.startsWith("--")
    ? // getopt_long(3) takes every beginning of a name that fits one only.
      unfit.find(([long]) => name.length > 3 && long.startsWith(name))
    : unfit.find(([, short]) => short !== undefined && word.startsWith(short));
  return hit && `${name} cannot be used: ${hit[2]}`;
}

/** The arguments of sbatch for a request, each one word. What the user wrote stands last and so wins. */
export function sbatchOptions({ name, gpus, timeLimitSeconds, scheduler = {} }: JobRequest): readonly string[] {
  const { partition, account, qos, cpus, memoryBytes, gpuType, extra = [] } = scheduler;
  const one = (option: string, value: string | number | undefined) =>
    value === undefined ? [] : [`--${option}=${value}`];
  return [
    `--job-name=${name.replaceAll(/[\u0000-\u001f\u007f-\u009f]/g, " ")}`,
    ...one("partition", partition),
    ...one("account", account),
    ...one("qos", qos),
    ...one("cpus-per-task", cpus),
    ...one("mem", memoryBytes === undefined ? undefined : `${Math.ceil(memoryBytes / 2 ** 20)}M`),
    ...(gpus.kind === "any" ? [`--gres=gpu:${gpuType === undefined ? "" : `${gpuType}:`}${gpus.count}`] : []),
    // Slurm counts minutes. The job's own supervisor ends it to the second.
    ...one("time", timeLimitSeconds === undefined ? undefined : Math.ceil(timeLimitSeconds / 60)),
    ...extra,
  ];
}
