import { describe, expect, it } from "vitest";
import { type CauseOfDeath, causeOfDeath } from "../../../src/core/jobs/read/cause";
import { type Job, JobReasonSchema } from "../../../src/shared/jobs";

const failed = (more: Partial<Job> = {}): Job => ({
  id: "a",
  name: "train.py",
  state: "failed",
  submittedAt: "2026-01-01T00:00:00Z",
  backend: "process",
  reason: "exitCode",
  exitCode: 1,
  ...more,
});

const traceback = (last: string) =>
  `Epoch 1/3\nTraceback (most recent call last):\n  File "/w/train.py", line 3, in <module>\n    main()\n${last}\n`;

/** Texts in the forms of PyTorch 2.0, 2.5, 2.9, JAX 0.4, TensorFlow 2.16, CPython 3.12, torchrun 2.5. */
const told: [string, string, Partial<CauseOfDeath>][] = [
  [
    "CUDA memory, PyTorch 2.5",
    traceback(
      "torch.OutOfMemoryError: CUDA out of memory. Tried to allocate 2.00 GiB. GPU 0 has a total capacity of 79.15 GiB of which 1.20 GiB is free. Including non-PyTorch memory, this process has 77.90 GiB memory in use. Of the allocated memory 77.11 GiB is allocated by PyTorch, and 300.00 MiB is reserved by PyTorch but unallocated.",
    ),
    {
      reason: "gpuOutOfMemory",
      message:
        "GPU 0 ran out of memory when the program asked for 2.00 GiB more: it has 79.15 GiB, 1.20 GiB free, 77.90 GiB of this job.",
    },
  ],
  [
    "CUDA memory that others have",
    "torch.cuda.OutOfMemoryError: CUDA out of memory. Tried to allocate 20.00 MiB. GPU 1 has a total capacty of 23.69 GiB of which 12.00 MiB is free. Process 4242 has 20.00 GiB memory in use. Including non-PyTorch memory, this process has 3.60 GiB memory in use.\n",
    {
      reason: "gpuOutOfMemory",
      message:
        "GPU 1 ran out of memory when the program asked for 20.00 MiB more: it has 23.69 GiB, 12.00 MiB free, 3.60 GiB of this job, 20.00 GiB of other processes.",
      advice: "Other processes use that GPU: choose a free one, or say how much memory the job needs.",
    },
  ],
  [
    "CUDA memory, PyTorch 2.0",
    "RuntimeError: CUDA out of memory. Tried to allocate 2.00 GiB (GPU 0; 79.15 GiB total capacity; 70.00 GiB already allocated; 1.20 GiB free; 71.00 GiB reserved in total by PyTorch)\n",
    {
      reason: "gpuOutOfMemory",
      message:
        "GPU 0 ran out of memory when the program asked for 2.00 GiB more: it has 79.15 GiB, 1.20 GiB free, 70.00 GiB of this job.",
    },
  ],
  [
    "ROCm's memory",
    "torch.OutOfMemoryError: HIP out of memory. Tried to allocate 4.00 GiB. GPU 0 has a total capacity of 63.98 GiB of which 1.00 GiB is free.\n",
    { reason: "gpuOutOfMemory" },
  ],
  [
    "JAX's memory",
    "jaxlib.xla_extension.XlaRuntimeError: RESOURCE_EXHAUSTED: Out of memory while trying to allocate 8589934592 bytes.\n",
    {
      reason: "gpuOutOfMemory",
      message: "The GPU ran out of memory when the program asked for 8589934592 bytes more.",
    },
  ],
  [
    "a full disk",
    traceback("OSError: [Errno 28] No space left on device: '/home/me/ckpt.pt'"),
    { reason: "diskFull", message: "A disk of the host is full, or a quota is used up." },
  ],
  [
    "a module",
    traceback("ModuleNotFoundError: No module named 'einops.layers'"),
    { reason: "exitCode", message: "The Python module “einops.layers” is not installed in the environment." },
  ],
  [
    "a module of python -m",
    "/env/bin/python: No module named torch.distributed.run\n",
    { message: "The Python module “torch.distributed.run” is not installed in the environment." },
  ],
  [
    "a file",
    traceback("FileNotFoundError: [Errno 2] No such file or directory: 'data/train.csv'"),
    { message: "A file was not found: 'data/train.csv'." },
  ],
  [
    "the script itself",
    "python: can't open file '/w/trian.py': [Errno 2] No such file or directory\n",
    { message: "A file was not found: /w/trian.py." },
  ],
  [
    "NCCL",
    traceback("torch.distributed.DistBackendError: NCCL error in: ProcessGroupNCCL.cpp:1331, unhandled system error"),
    { message: "The GPUs could not talk to each other (NCCL)." },
  ],
  [
    "NCCL's watchdog",
    "[rank1]:[E ProcessGroupNCCL.cpp:616] [Rank 1] Watchdog caught collective operation timeout: WorkNCCL(SeqNum=5) ran for 600000 milliseconds\n",
    { message: "The processes waited for each other in vain (NCCL timed out)." },
  ],
  [
    "shared memory",
    "RuntimeError: DataLoader worker (pid 123) is killed by signal: Bus error. It is possible that dataloader's workers are out of shared memory.\n",
    { message: "The shared memory of the host (/dev/shm) is too small for the data loader." },
  ],
  [
    "an exception of a rank behind torchrun's report",
    `[rank0]: Traceback (most recent call last):\n[rank0]:   File "t.py", line 3, in <module>\n[rank0]: ValueError: bad batch\nTraceback (most recent call last):\n  File "run.py", line 9\ntorch.distributed.elastic.multiprocessing.errors.ChildFailedError: \n====\ntrain.py FAILED\n`,
    { message: "The program ended with ValueError: bad batch." },
  ],
  [
    "the first that failed of two ranks",
    `[rank1]: Traceback (most recent call last):\n[rank1]: ValueError: bad batch\n[rank0]: Traceback (most recent call last):\n[rank0]: RuntimeError: [gloo/transport/tcp/pair.cc:553] Connection closed by peer [127.0.0.1]:55481.\n`,
    { message: "The program ended with ValueError: bad batch." },
  ],
  [
    "the last of two exceptions",
    `${traceback("KeyError: 'x'")}\nDuring handling of the above exception, another exception occurred:\n\n${traceback("my.pkg.Broken: really")}`,
    { message: "The program ended with Broken: really." },
  ],
  [
    "arguments",
    "usage: train.py [-h] [--lr LR]\ntrain.py: error: unrecognized arguments: --epoch\n",
    {
      message: "The program did not accept its arguments.",
      detail: "train.py: error: unrecognized arguments: --epoch",
    },
  ],
  [
    "nothing said",
    "almost there\n",
    { reason: "exitCode", message: "The program ended with exit code 1.", detail: "almost there" },
  ],
  [
    "hostile text",
    traceback("ValueError: \x1b]0;x\x07\x1b[31mred\u202e\x00"),
    { message: "The program ended with ValueError: red." },
  ],
];

describe("what the log tells", () => {
  it.each(told)("%s", (_name, tail, expected) => {
    expect(causeOfDeath(failed(), tail)).toMatchObject(expected);
  });

  it("a progress bar in the way does not hide", () => {
    const tail = `\r 45%|##  | 450/1000 [00:10<00:20, 1.0it/s]\r 46%|##  | 460/1000 [00:10<00:20, 1.0it/s]\n${traceback("RuntimeError: broken")}`;
    expect(causeOfDeath(failed(), tail)?.message).toBe("The program ended with RuntimeError: broken.");
  });

  it.each([
    "x".repeat(3_000_000),
    "Traceback (most recent call last):\n".repeat(50_000),
    "\u001b[".repeat(500_000),
    "A.".repeat(100_000),
  ])("hostile tails are read", (tail) => {
    const cause = causeOfDeath(failed(), tail);
    expect(cause?.reason).toBe("exitCode");
    expect((cause?.detail ?? "").length).toBeLessThanOrEqual(600);
  });
});

describe("what the host knows", () => {
  it.each([
    ["hostOutOfMemory", "The host ran out of memory and killed the job."],
    ["timeLimit", "The job reached its time limit."],
    ["diskFull", "The disk of the host is full."],
    ["hostRestarted", "The host restarted while the job ran."],
    ["couldNotStart", "The program could not be started."],
    ["gpusUnavailable", "The GPUs that the job asked for were not free."],
    ["schedulerEnded", "The scheduler ended the job."],
  ] as const)("%s goes before the log", (reason, message) => {
    const cause = causeOfDeath(failed({ reason, message: "in its own words" }), traceback("ValueError: x"));
    expect(cause).toMatchObject({ reason, message, detail: "in its own words" });
    expect(cause?.advice).toMatch(/\.$/);
  });

  it.each([
    [137, "SIGKILL", 9],
    [139, "SIGSEGV", 11],
    [134, "SIGABRT", 6],
    [143, "SIGTERM", 15],
    [135, "SIGBUS", 7],
  ])("status %i is %s", (exitCode, signal, number) => {
    const cause = causeOfDeath(failed({ exitCode }), "working\n");
    expect(cause?.message).toContain(`The program was ended by ${signal} (signal ${number}, exit code ${exitCode}): `);
  });

  it.each([
    [127, "The program was not found on the host."],
    [126, "The program may not be run: it is no executable file."],
  ])("status %i in words", (exitCode, message) => {
    expect(causeOfDeath(failed({ exitCode }), "")?.message).toBe(message);
  });

  it("has a sentence for every reason, and ends it with a full stop", () => {
    for (const reason of JobReasonSchema.options) {
      for (const state of ["failed", "lost"] as const) {
        const cause = causeOfDeath(failed({ state, reason }), "");
        expect(cause?.message).toMatch(/^[A-Z].*\.$/);
      }
    }
  });

  it("says nothing of jobs that did not fail", () => {
    for (const state of ["queued", "running", "succeeded", "stopped"] as const) {
      expect(causeOfDeath(failed({ state }), traceback("ValueError: x"))).toBeUndefined();
    }
  });
});
