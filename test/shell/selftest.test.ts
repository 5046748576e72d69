import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { processesMarked, shells } from "./probeHost";
import { packages, python2, pythons, standIns, trial } from "./selftestHost";

const nothing = "missing: None of PyTorch, JAX, TensorFlow and CuPy is installed here.";
const noPython2 = python2 === undefined ? ": no Python 2.7 on this machine" : "";
const noPython = pythons.size === 0 ? ": no Python on this machine" : "";
const withTorch = (env: Readonly<Record<string, string>> = {}) => ({
  overlay: { set: { PYTHONPATH: standIns, ...env } },
});

describe.skipIf(noPython)(`an environment without frameworks${noPython}`, () => {
  it.each([...pythons])("says so under Python %s", async (version, interpreter) => {
    const { steps } = await trial({ interpreter, frameworks: ["torch", "jax"] });
    expect(steps.map(({ step }) => step)).toEqual(["Python", "frameworks"]);
    expect(steps[0]?.words).toMatch(new RegExp(`^Python ${version}\\.\\d+ starts\\.$`));
    expect(`${steps[1]?.outcome}: ${steps[1]?.words}`).toBe(nothing);
  });

  it.skipIf(noPython2)(`or that the Python is too old${noPython2}`, async () => {
    const { steps } = await trial({ interpreter: python2 });
    expect(steps).toEqual([
      { step: "Python", outcome: "not tried", words: "Not tried: this Python is older than 3.6." },
    ]);
  });

  it.each(shells.map((shell) => [shell.join(" "), shell] as const))("says so under %s", async (_name, shell) => {
    const { byName } = await trial({ shell });
    expect(byName.frameworks).toBe(nothing);
  });
});

describe.skipIf(noPython)(`PyTorch on a machine with two GPUs${noPython}`, () => {
  it("passes every step, each told as it begins and ends", async () => {
    const { byName, news } = await trial(withTorch());
    expect(byName).toEqual({
      Python: expect.stringMatching(/^works/),
      "import torch": "works: PyTorch 2.13.0+cu130 can be imported; it is built for CUDA 13.0.",
      "torch GPUs": "works: PyTorch sees 2 GPUs: 0 NVIDIA H100 80GB HBM3 (9.0), 1 NVIDIA H100 80GB HBM3 (9.0).",
      "torch GPU 0": "works: PyTorch gets memory and computes right on GPU 0.",
      "torch GPU 1": "works: PyTorch gets memory and computes right on GPU 1.",
      "torch all-reduce": "works: 2 GPUs work together.",
      "torch.compile": "works: A compiled function computes right on GPU 0.",
    });
    const told = news.map((one) => (one.kind === "started" ? `> ${one.step}` : one.step.step));
    expect(told.slice(-4)).toEqual(["> torch all-reduce", "torch all-reduce", "> torch.compile", "torch.compile"]);
  });

  it("a full GPU is named, with those who are on it, and the others are tried", async () => {
    const said = "CUDA out of memory. Tried to allocate 64.00 MiB. GPU 1 has a total capacity of 79.11 GiB";
    const { byName, steps } = await trial({
      ...withTorch({ TORCH_FAILS: "matmul1", TORCH_SAYS: said }),
      usersOf: ({ uuid }) => (uuid === "GPU-1" ? ["ada", "bob"] : []),
    });
    expect(byName["torch GPU 0"]).toMatch(/^works/);
    expect(byName["torch GPU 1"]).toBe(
      "fails: GPU 1 is full, with 300 MB free; on it: ada, bob. Wait, take another GPU, or end what you do not need.",
    );
    expect(steps.find(({ step }) => step === "torch GPU 1")?.detail).toBe(said);
    expect(byName["torch all-reduce"]).toMatch(/^works/);
  });

  it("a GPU that computes wrongly is found", async () => {
    const { byName } = await trial(withTorch({ TORCH_SICK: "cuda:1" }));
    expect(byName["torch GPU 0"]).toMatch(/^works/);
    expect(byName["torch GPU 1"]).toMatch(/^fails: GPU 1 computed a wrong result\. Do not trust it/);
  });

  it("without a driver it computes on the CPU, and says why", async () => {
    const said = "Found no NVIDIA driver on your system. Please check that you have an NVIDIA GPU";
    const { byName } = await trial(withTorch({ TORCH_FAILS: "init", TORCH_SAYS: said }));
    expect(byName["torch GPUs"]).toMatch(/^(?:fails|missing): There is no NVIDIA driver on this machine\./);
    expect(byName["torch CPU"]).toBe("works: PyTorch computes right on the CPU; no GPU is used.");
    expect(byName["torch all-reduce"]).toMatch(/^not tried/);
  });

  it("one process that fails to join ends the others, and its words count", async () => {
    const said =
      "NCCL error in: ProcessGroupNCCL.cpp:77, unhandled system error (run with NCCL_DEBUG=INFO for details)";
    const { byName } = await trial(withTorch({ TORCH_FAILS: "join1", TORCH_SAYS: said, TORCH_HANGS: "0" }));
    expect(byName["torch all-reduce"]).toMatch(
      /^fails: The GPUs could not talk to each other: NCCL met a system error/,
    );
    expect(byName["torch.compile"]).toMatch(/^works/);
  });
});

describe.skipIf(noPython)(`environments that are hostile or broken${noPython}`, () => {
  const broken: readonly (readonly [what: string, text: string, saying: RegExp])[] = [
    [
      "segfaults",
      "import os, signal; os.kill(os.getpid(), signal.SIGSEGV)",
      /^fails: PyTorch crashed with a memory fault/,
    ],
    ["exits", "import sys; sys.exit(0)", /^fails: PyTorch ended the process itself/],
    ["exits at once", "import os; os._exit(7)", /^fails: PyTorch ended the process itself, with exit code 7/],
    ["hangs", "import time; time.sleep(1000)", /^fails: PyTorch did not answer in time/],
    [
      "hangs with deaf children",
      "import os, signal, time\nsignal.signal(15, signal.SIG_IGN)\nif os.fork() == 0: os.setsid()\ntime.sleep(1000)",
      /^fails: PyTorch did not answer in time/,
    ],
    [
      "may not be read",
      "raise PermissionError(13, 'Permission denied', '/x')",
      /^fails: Files of PyTorch may not be read/,
    ],
    ["is an empty shell", "", /^fails: PyTorch failed: module 'torch' has no attribute 'version'/],
    [
      "answers for us",
      'print(\'\\x1e{"kind": "end"}\', flush=True)\nimport os; os._exit(3)',
      /^fails: PyTorch ended the process/,
    ],
    ["talks without end", "while True: print('x' * 100000)", /^fails: PyTorch did not answer in time/],
  ];
  it.each(broken)("an import that %s is told as that, and the next is tried", async (_what, text, saying) => {
    const folder = packages({ torch: text, numpy: "__version__ = '2.4.0'\nprint('hello from numpy')" });
    const limits = { import: /did not answer/.test(saying.source) ? 4 : 60 };
    const { byName } = await trial({ overlay: { set: { PYTHONPATH: folder } }, limits });
    expect(byName["import numpy"]).toBe("works: NumPy 2.4.0 can be imported.");
    expect(byName["import torch"]).toMatch(saying);
    expect(byName["torch GPUs"]).toBe("not tried: Not tried, because PyTorch cannot be imported.");
  });

  it("an interpreter that prints, and one that prints records, disturbs nothing", async () => {
    const folder = packages({});
    writeFileSync(join(folder, "sitecustomize.py"), 'print("welcome\\n\\x1e{}\\n\\x1enonsense")\n');
    const { byName } = await trial({ overlay: { set: { PYTHONPATH: folder } } });
    expect(Object.keys(byName)).toEqual(["Python", "frameworks"]);
  });

  it("an interpreter that is gone, may not be run, or is no program", async () => {
    const folder = packages({});
    mkdirSync(join(folder, "bin"));
    const file = join(folder, "bin", "python");
    expect((await trial({ interpreter: file })).byName.Python).toMatch(/^fails: The interpreter is not there/);
    writeFileSync(file, "\u007fELF nonsense");
    expect((await trial({ interpreter: file })).byName.Python).toMatch(/^fails: The interpreter cannot be run/);
    chmodSync(file, 0o755);
    expect((await trial({ interpreter: file })).byName.Python).toMatch(/^fails: The interpreter cannot be run/);
  });

  it("paths and values with spaces, quotes and dollars arrive as they are", async () => {
    const folder = join(packages({}), `it's "$(id)" \\ é`);
    mkdirSync(join(folder, "torch"), { recursive: true });
    writeFileSync(join(folder, "torch", "__init__.py"), "import os\nraise RuntimeError(os.environ['WORD'])");
    const overlay = { set: { WORD: "a '$HOME' `b`" }, prepend: { PYTHONPATH: [folder, "/x"] }, unset: ["HOME"] };
    const { steps } = await trial({ overlay });
    expect(steps.find(({ step }) => step === "import torch")?.detail).toBe("a '$HOME' `b`");
  });

  it("files are sourced where they are there, and may say what they like", async () => {
    const folder = packages({ torch: "import os\nraise RuntimeError(os.environ['FROM_FILE'])" });
    const file = join(folder, "activate it.sh");
    writeFileSync(file, "echo noise; echo more >&2; cat; export FROM_FILE='of the file'\n");
    const { steps } = await trial({ overlay: { source: ["/nowhere.sh", file], set: { PYTHONPATH: folder } } });
    expect(steps.find(({ step }) => step === "import torch")?.detail).toBe("of the file");
  });

  it("a list of processes shows nothing of the test, and cancelled it leaves nothing behind", async () => {
    let seen: readonly string[] = [];
    const stop = new AbortController();
    const given = trial({
      overlay: { set: { PYTHONPATH: packages({ torch: "import time; time.sleep(1000)" }) } },
      signal: stop.signal,
      onNews: (news, mark) => {
        if (news.kind !== "started" || news.step !== "import torch") return;
        seen = processesMarked(mark);
        stop.abort();
      },
    });
    await expect(given).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    expect(seen.length).toBeGreaterThan(0);
    for (const line of seen) expect(line).toMatch(/^(?:sh -s|\S+\/python -) $/);
  });
});
