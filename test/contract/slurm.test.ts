import { describe, expect, it } from "vitest";
import { noOverlay } from "../../src/core/environments/overlay";
import { slurmBackend } from "../../src/core/jobs/backends/slurm";
import { sbatchOptions, unfitWord } from "../../src/core/jobs/backends/slurm/options";
import { pendingWords } from "../../src/core/jobs/backends/slurm/reasons";
import type { JobRequest } from "../../src/core/jobs/request";

const request: JobRequest = {
  id: "a1",
  name: "train.py",
  backend: "slurm",
  argv: ["python", "train.py"],
  folder: "~",
  overlay: noOverlay,
  variables: {},
  secrets: {},
  gpus: { kind: "none" },
};

describe("what sbatch is asked for", () => {
  it("has one word for each wish, the user's own last", () => {
    const words = sbatchOptions({
      ...request,
      name: "a\u001bb\tc",
      gpus: { kind: "any", count: 2, queue: true },
      timeLimitSeconds: 61,
      scheduler: {
        partition: "gpu",
        account: "lab one",
        qos: "high",
        cpus: 4,
        memoryBytes: 2 ** 30 + 1,
        gpuType: "a100",
        extra: ["--mem=1G", "-Cib"],
      },
    });
    expect(words).toEqual([
      "--job-name=a b c",
      "--partition=gpu",
      "--account=lab one",
      "--qos=high",
      "--cpus-per-task=4",
      "--mem=1025M",
      "--gres=gpu:a100:2",
      "--time=2",
      "--mem=1G",
      "-Cib",
    ]);
    expect(sbatchOptions(request)).toEqual(["--job-name=train.py"]);
    expect(sbatchOptions({ ...request, gpus: { kind: "given" } })).toEqual(["--job-name=train.py"]);
  });

  it.each(["ib", "", "--array=1-3", "--arr=1", "-a1", "--wrap=x", "-W", "--wait", "--export=NONE", "--test", "--a\nb"])(
    "does not have %j",
    (word) => {
      expect(unfitWord(word)).toEqual(expect.any(String));
      const refused = slurmBackend.refuse?.({ ...request, scheduler: { extra: [word] } });
      expect(refused).toMatchObject({ reason: "jobUnusable" });
    },
  );

  it.each(["--constraint=ib", "-A", "--wait-all-nodes=1", "--exclusive", "--account=x", "-w n1"])(
    "may have %j",
    (word) => expect(unfitWord(word)).toBeUndefined(),
  );

  it("leaves the choice of GPUs to Slurm, and takes no line break", () => {
    const these = { kind: "these", ids: ["0"], queue: false } as const;
    expect(slurmBackend.refuse?.({ ...request, gpus: these })).toMatchObject({ reason: "jobUnusable" });
    const broken = { ...request, scheduler: { partition: "a\n--wrap=x" } };
    expect(slurmBackend.refuse?.(broken)).toMatchObject({ reason: "jobUnusable" });
    expect(slurmBackend.refuse?.(request)).toBeUndefined();
  });
});

describe("why a job waits", () => {
  it.each([
    ["Priority", "Jobs with a higher priority come first."],
    ["ReqNodeNotAvail, UnavailableNodes:n[01-04]", "Nodes that it needs are down, reserved or taken (n[01-04])."],
    [
      "Nodes required for job are DOWN, DRAINED or reserved for jobs in higher priority partitions",
      "Nodes that it needs are down, reserved or taken.",
    ],
    ["QOSMaxGRESPerUser", "It would exceed a limit of its quality of service (QOS): GPUs of one user."],
    ["AssocGrpGRES", "Everything that runs under your account has reached its limit: GPUs."],
    [
      "AssocGrpCPURunMinutesLimit",
      "Everything that runs under your account has reached its limit: minutes of processors.",
    ],
    ["QOSMinGRES", "It asks for less than its quality of service (QOS) wants: GPUs."],
    ["QOSMaxWallDurationPerJobLimit", "It would exceed a limit of its quality of service (QOS): time of one job."],
    ["AssocMaxJobsLimit", "It would exceed a limit of your account: running jobs."],
    ["MaxGRESPerAccount", "It would exceed a limit of the cluster: GPUs of one account."],
    ["AssociationResourceLimit", "It would exceed a limit of your account: resources."],
    ["SomethingNew", "Slurm says: SomethingNew."],
    ["constructor", "Slurm says: constructor."],
  ])("%s is put in words", (reason, words) => expect(pendingWords(reason)).toBe(words));
});
