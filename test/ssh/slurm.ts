import { type ChildProcess, execFileSync, spawn, spawnSync } from "node:child_process";
import { randomBytes } from "node:crypto";
import { chmodSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { hostname, tmpdir } from "node:os";
import { join } from "node:path";
import { freePort, stopProcess } from "./sshd";

const programs = ["munged", "slurmctld", "slurmd", "sbatch", "mknod"];

/** Why a real Slurm cannot be started here, or undefined when it can; use it to skip by name. */
export const withoutSlurm =
  process.getuid?.() !== 0
    ? "a Slurm of its own needs root"
    : spawnSync("sh", ["-c", programs.map((program) => `command -v ${program}`).join(" && ")]).status === 0
      ? undefined
      : "no Slurm on this machine (Debian: slurm-wlm, munge)";

/** A Slurm of one node with 8 processors and 4 GPUs that are none (`/dev/null` by another name), without accounting. */
export interface Slurm {
  /** What its commands find it by. */
  readonly environment: { readonly SLURM_CONF: string };
  /** Runs one of its commands and returns what that printed. */
  run(program: string, ...words: readonly string[]): string;
  /** The controller ends, the node goes on; commands complain until it is there again. */
  stopController(): Promise<void>;
  startController(): Promise<void>;
  dispose(): Promise<void>;
}

/** Starts munged, slurmctld and slurmd with everything of theirs in one temporary folder, on ports of 127.0.0.1. */
export async function startSlurm(): Promise<Slurm> {
  const folder = mkdtempSync(join(tmpdir(), "tensorline-slurm-"));
  // Jobs of every user reach munged's socket through it.
  chmodSync(folder, 0o755);
  const file = (name: string) => join(folder, name);
  for (const name of ["state", "spool", "secret"]) mkdirSync(file(name), { mode: 0o700 });
  writeFileSync(file("secret/key"), randomBytes(128), { mode: 0o600 });
  for (let gpu = 0; gpu < 4; gpu++) execFileSync("mknod", [file(`gpu${gpu}`), "c", "1", "3"]);
  writeFileSync(file("slurm.conf"), slurmConf(folder, await freePort(), await freePort()));
  writeFileSync(file("gres.conf"), `NodeName=n1 Name=gpu Type=a100 File=${file("gpu")}[0-3]\n`);
  // No release before 23.11 knows the word for none; with these plug-ins none of them makes a group anyway.
  writeFileSync(file("cgroup.conf"), `CgroupPlugin=${slurmRelease() >= 2311 ? "disabled" : "cgroup/v1"}\n`);
  const env = { ...process.env, SLURM_CONF: file("slurm.conf") };
  const run = (program: string, ...words: readonly string[]) =>
    execFileSync(program, words, { env, encoding: "utf8", stdio: ["ignore", "pipe", "pipe"] });

  const daemons: ChildProcess[] = [];
  const startNext = async (program: string, words: readonly string[], ready: RegExp) => {
    const daemon = await startDaemon(program, words, env, ready);
    daemons.unshift(daemon);
    return daemon;
  };
  const startController = () => startNext("slurmctld", ["-D"], /Running as primary controller/);
  const stopAll = async () => {
    for (const daemon of daemons) await stopProcess(daemon);
    rmSync(folder, { recursive: true, force: true, maxRetries: 10 });
  };
  try {
    await startNext("munged", mungedWords(file), /Created \d+ work threads/);
    let controller = await startController();
    await startNext("slurmd", ["-D", "-N", "n1"], /slurmd started on/);
    return {
      environment: { SLURM_CONF: env.SLURM_CONF },
      run,
      stopController: () => stopProcess(controller),
      async startController() {
        controller = await startController();
      },
      async dispose() {
        try {
          if (controller.exitCode !== null) controller = await startController();
          const left = () =>
            run("squeue", "-h", "-o", "%A")
              .split("\n")
              .filter((number) => number !== "");
          // A step outlives its slurmd, and nobody tells when it is gone.
          for (let ids = left(); ids.length > 0; ids = left()) {
            spawnSync("scancel", ids, { env });
            await new Promise((resolve) => setTimeout(resolve, 100));
          }
        } finally {
          await stopAll();
        }
      },
    };
  } catch (error) {
    await stopAll();
    throw error;
  }
}

function mungedWords(file: (name: string) => string): readonly string[] {
  return [
    "--foreground",
    "--force",
    `--key-file=${file("secret/key")}`,
    `--seed-file=${file("secret/seed")}`,
    `--socket=${file("socket")}`,
    `--pid-file=${file("munged.pid")}`,
  ];
}

function slurmConf(folder: string, controllerPort: number, nodePort: number): string {
  const name = hostname().split(".")[0];
  return `
ClusterName=tensorline
SlurmctldHost=${name}(127.0.0.1)
SlurmctldPort=${controllerPort}
SlurmdPort=${nodePort}
AuthType=auth/munge
AuthInfo=socket=${folder}/socket
CredType=cred/munge
SlurmUser=root
StateSaveLocation=${folder}/state
SlurmdSpoolDir=${folder}/spool
SlurmctldPidFile=${folder}/slurmctld.pid
SlurmdPidFile=${folder}/slurmd.pid
ProctrackType=proctrack/linuxproc
TaskPlugin=task/none
JobAcctGatherType=jobacct_gather/none
AccountingStorageType=accounting_storage/none
SwitchType=switch/none
MpiDefault=none
MailProg=/bin/true
SelectType=select/cons_tres
SelectTypeParameters=CR_Core_Memory
SchedulerType=sched/builtin
SchedulerParameters=batch_sched_delay=0,sched_interval=1,sched_min_interval=0
GresTypes=gpu
DefMemPerCPU=100
# What says good-bye gets the time for it, on a loaded machine, too.
KillWait=15
MessageTimeout=5
SlurmdTimeout=6
ReturnToService=2
# The machine has less than the node claims.
SlurmdParameters=config_overrides
NodeName=n1 NodeHostname=${name} NodeAddr=127.0.0.1 CPUs=8 RealMemory=4000 Gres=gpu:a100:4 State=UNKNOWN
PartitionName=main Nodes=n1 Default=YES MaxTime=INFINITE State=UP
PartitionName=short Nodes=n1 MaxTime=1 State=UP
`;
}

/** 2205 for 22.05. */
function slurmRelease(): number {
  const [, year = "", month = ""] = /(\d+)\.(\d+)/.exec(execFileSync("slurmctld", ["-V"], { encoding: "utf8" })) ?? [];
  return Number(year + month);
}

/** Resolves once it says that it is ready, rejects with all it said when it ends before. */
function startDaemon(program: string, words: readonly string[], env: NodeJS.ProcessEnv, ready: RegExp) {
  return new Promise<ChildProcess>((resolve, reject) => {
    const daemon = spawn(program, words, { env, stdio: ["ignore", "ignore", "pipe"] });
    let said = "";
    daemon.stderr.setEncoding("utf8").on("data", (text: string) => {
      said += text;
      if (ready.test(said)) resolve(daemon);
    });
    daemon.once("error", reject);
    daemon.once("exit", () => reject(new Error(`${program} did not start: ${said}`)));
  });
}
