/**
 * What Slurm's codes mean, for people. The codes are those of "JOB REASON CODES" and "JOB STATE CODES" of squeue(1) and of
 * the page on resource limits, of Slurm 20.11 to 24.05.
 */

/** Why a job has not begun: sentences without their full stop. */
const pending: Readonly<Record<string, string>> = {
  None: "Slurm has not looked at it yet",
  WaitingForScheduling: "Slurm has not looked at it yet",
  Resources: "It is next: it waits until enough of the cluster is free",
  Priority: "Jobs with a higher priority come first",
  Dependency: "It waits for another job",
  DependencyNeverSatisfied: "It waits for another job that can never give what it waits for: stop it",
  BeginTime: "It shall not begin before a certain time",
  JobHeldUser: 'You hold it: "scontrol release" lets it go',
  JobHeldAdmin: "An administrator holds it",
  JobHoldMaxRequeue: "It was started again too often and is held",
  ReqNodeNotAvail: "Nodes that it needs are down, reserved or taken",
  NodeDown: "A node that it needs is down",
  BadConstraints: "No node has what it asks for: stop it and ask for less",
  PartitionConfig: "It asks for more than its partition allows",
  PartitionDown: "Its partition is closed",
  PartitionInactive: "Its partition starts no jobs at present",
  PartitionNodeLimit: "It asks for more or fewer nodes than its partition allows, or they are down",
  PartitionTimeLimit: "Its time limit is longer than its partition allows: stop it and ask for less time",
  Reservation: "It waits for its reservation to begin",
  ReservationDeleted: "Its reservation is gone",
  Licenses: "It waits for a licence",
  JobArrayTaskLimit: "So many tasks of its array may run at once, and so many do",
  Prolog: "Its node is being prepared",
  Cleaning: "It is cleaned up after its last start",
  BurstBufferResources: "It waits for room in the burst buffer",
  BurstBufferStageIn: "Its data are on their way to the burst buffer",
  BurstBufferOperation: "The burst buffer could not do what it needs",
  JobLaunchFailure: "Slurm could not start it",
  InvalidAccount: "Its account is not valid",
  InvalidQOS: "Its quality of service (QOS) is not valid",
  AccountNotAllowed: "Its account may not use the partition",
  QOSNotAllowed: "Its quality of service (QOS) may not use the partition",
  QOSUsageThreshold: "Its quality of service (QOS) has used too much for now",
  FedJobLock: "Another cluster of the federation decides about it",
  SystemFailure: "Slurm or something beneath it has failed",
  MaxMemPerLimit: "It asks for more memory than a job may have",
  DeadLine: "It cannot end before its deadline",
};

/** What a limit counts, by the part of its code that names it. */
const counted: readonly (readonly [code: string, words: string])[] = [
  ["GRES", "GPUs"],
  ["Cpu", "processors"],
  ["CPU", "processors"],
  ["Mem", "memory"],
  ["Node", "nodes"],
  ["SubmitJob", "submitted jobs"],
  ["Job", "running jobs"],
  ["WallDuration", "time"],
  ["Wall", "time"],
  ["License", "licences"],
  ["Billing", "billing units"],
  ["Energy", "energy"],
  ["BB", "burst buffer"],
  ["Resource", "resources"],
  ["Time", "time"],
];

/** `AssocGrpGRESRunMinutes`, `QOSMaxGRESPerUser`, `MaxCpuPerAccount`, `AssociationJobLimit`. */
const limit =
  /^(Assoc|Association|QOS)?(Grp|Max|Min)?([A-Z][A-Za-z]*?)(RunMinutes|Minutes)?(Per(?:Job|Node|User|Account))?(Limit)?$/;

const perWords: Readonly<Record<string, string>> = {
  PerJob: " of one job",
  PerNode: " of one node",
  PerUser: " of one user",
  PerAccount: " of one account",
};

/** Why a job waits, as a sentence; `reason` as squeue's `%r` prints it. One that nobody knows is given as it is. */
export function pendingWords(reason: string): string {
  const known = codeOf(reason);
  return `${known ?? `Slurm says: ${reason}`}.`;
}

function codeOf(reason: string): string | undefined {
  const code = /^[A-Za-z]+/.exec(reason)?.[0] ?? "";
  const nodes = /UnavailableNodes:\s*(\S+)/.exec(reason)?.[1];
  if (Object.hasOwn(pending, code)) return `${pending[code]}${nodes === undefined ? "" : ` (${nodes})`}`;
  // Slurm writes this one out.
  if (/^Nodes required for job are DOWN/i.test(reason.replaceAll("_", " "))) return pending.ReqNodeNotAvail;
  return limitWords(code);
}

function limitWords(code: string): string | undefined {
  const [, owner = "", kind = "", what = "", minutes, per = ""] = limit.exec(code) ?? [];
  if (owner === "" && kind === "") return undefined;
  const counts = counted.find(([name]) => what.startsWith(name))?.[1];
  if (counts === undefined) return undefined;
  const who = owner === "QOS" ? "its quality of service (QOS)" : owner === "" ? "the cluster" : "your account";
  const used = minutes === undefined ? counts : `minutes of ${counts}`;
  if (kind === "Min") return `It asks for less than ${who} wants: ${used}`;
  if (kind === "Grp") return `Everything that runs under ${who} has reached its limit: ${used}`;
  return `It would exceed a limit of ${who}: ${used}${perWords[per] ?? ""}`;
}

/** How Slurm ended a job, by its state's name; only those whose own reason does not say it. */
const ended: Readonly<Record<string, string>> = {
  TIMEOUT: "Slurm ended it at its time limit.",
  DEADLINE: "Slurm ended it at its deadline.",
  OUT_OF_MEMORY: "It needed more memory than Slurm gave it.",
  NODE_FAIL: "A node that it ran on failed.",
  BOOT_FAIL: "Its node could not be started.",
  LAUNCH_FAILED: "Slurm could not start it on its node.",
  RECONFIG_FAIL: "Its node could not be set up for it.",
  PREEMPTED: "A job with a higher priority took its place.",
  REVOKED: "Another cluster of the federation runs it.",
  CANCELLED: "It was cancelled in Slurm.",
  COMPLETED: "Slurm says that it has ended, but not how its program ended.",
  FAILED: "Slurm says that it failed, but not how its program ended.",
};

/** What our own scripts say where Slurm has no word for it. */
const ours: Readonly<Record<string, string>> = {
  noAnswer: "Slurm does not answer at present; this is what was known last.",
  unknownJob: "Slurm knows nothing of it any more.",
  notShared:
    "Its node does not see the folder of the job: Tensorline's folder has to lie on a file system that all nodes share.",
};

/** A sentence for the state that Slurm left a job in, or for a word of `slurm.sh`; undefined for any other. */
export function endedWords(word: string): string | undefined {
  return Object.hasOwn(ours, word) ? ours[word] : Object.hasOwn(ended, word) ? ended[word] : undefined;
}
