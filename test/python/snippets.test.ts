import { execFile, spawnSync } from "node:child_process";
import { chmodSync, mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { promisify } from "node:util";
import { DockerfileParser } from "dockerfile-ast";
import { describe, expect, it } from "vitest";
import { newFolder } from "../shell/transferHost";
import { bodyOf, inserted } from "./snippetText";
import { realVenv } from "./venvs";

const minutes = 600_000;
const run = promisify(execFile);
const torch = await realVenv("python3", ["torch"]);
const contracts = await realVenv("python3", ["numpy", "einops", "jaxtyping", "beartype"]);

const python = (name: string, words?: Record<string, string>) => inserted(bodyOf("python", name), words);

/** What a user would have around each snippet, and would see of it. */
const uses = {
  loop: `${python("PyTorch training loop")}
torch.manual_seed(0)
inputs = torch.randn(256, 4)
batches = torch.utils.data.DataLoader(torch.utils.data.TensorDataset(inputs, (inputs.sum(1) > 0).long()), batch_size=32)
model = nn.Linear(4, 2)
train(model, batches, batches, epochs=8, lr=0.1)
loss, accuracy = evaluate(model.cpu(), batches, nn.CrossEntropyLoss(), "cpu")
assert accuracy > 0.9, accuracy
`,
  amp: `import torch
model, loss_function = torch.nn.Linear(4, 2), torch.nn.CrossEntropyLoss()
optimizer = torch.optim.SGD(model.parameters(), lr=0.1)
batches = [(torch.randn(8, 4), torch.randint(0, 2, (8,)))] * 3
before = model.weight.clone()
${python("PyTorch mixed precision")}
assert loss.isfinite() and not torch.equal(before, model.weight)
`,
  checkpoint: `import os, tempfile
os.environ["TENSORLINE_OUT"] = tempfile.mkdtemp()
import torch
model = torch.nn.Linear(4, 2)
optimizer = torch.optim.AdamW(model.parameters())
ran = []
snippet = ${JSON.stringify(python("PyTorch checkpoint and resume", { 4: "2", 5: "ran.append(epoch)" }))}
exec(snippet)
exec(snippet.replace("range(first_epoch, 2)", "range(first_epoch, 3)"))
assert ran == [0, 1, 2], ran
assert os.listdir(os.environ["TENSORLINE_OUT"]) == ["checkpoint.pt"]
`,
  seed: `${python("Seed everything", { 2: "True" })}
first = (random.random(), np.random.rand(), torch.rand(1).item())
seed_everything()
assert first == (random.random(), np.random.rand(), torch.rand(1).item())
`,
  data: `${python("PyTorch data set and loader", { 4: "1" })}
if __name__ == "__main__":
    shapes = [tuple(inputs.shape) for inputs, targets in batches_of(Samples(70))]
    assert shapes == [(32, 8), (32, 8)], shapes
`,
  shape: `import torch
x, batch, features = torch.zeros(2, 3), 2, 3
${python("Assert a shape")}
features = 4
try:
    ${python("Assert a shape").trim()}
except AssertionError as error:
    assert str(error) == "x (2, 3) is not [batch=2, features=4]", error
else:
    raise SystemExit("it let a wrong shape pass")
`,
  jaxtyping: `import torch
${python("Shape contract (jaxtyping)")}
mask = torch.tensor([[1, 1, 0]] * 2)
scores = attend(torch.randn(2, 4, 5, 8), torch.randn(2, 4, 3, 8), mask)
assert scores.shape == (2, 4, 5, 3) and scores[..., 2].isneginf().all()
try:
    attend(torch.randn(2, 4, 5, 8), torch.randn(2, 4, 3, 9), mask)
except Exception as error:
    assert "width" in str(error) or "Type-check error" in str(error), error
else:
    raise SystemExit("it let a wrong shape pass")
`,
  einops: `import torch
images = torch.randn(2, 3, 8, 12)
${python("Rearrange shapes (einops)")}
assert (tokens.shape, pooled.shape, per_head.shape) == ((2, 6, 48), (2, 3), (2, 8, 3))
`,
};

describe.skipIf(torch.without || contracts.without)(`snippets for Python${torch.without}${contracts.without}`, () => {
  it(
    "do what they say, each in a program of its own",
    async () => {
      if (!("interpreter" in torch) || !("interpreter" in contracts)) throw new Error("there is no interpreter");
      const folder = newFolder();
      for (const [name, text] of Object.entries(uses)) writeFileSync(join(folder, `use_${name}.py`), text);
      // One process for all, as PyTorch takes longer to load than they do to run.
      const all = `import runpy
for name in ${JSON.stringify(Object.keys(uses))}:
    runpy.run_path(f"use_{name}.py", run_name="__main__")
    print(name, "works", flush=True)
`;
      writeFileSync(join(folder, "all.py"), all);
      const { stdout: packages } = await run(contracts.interpreter, ["-c", "import einops; print(einops.__path__[0])"]);
      const { stdout } = await run(torch.interpreter, ["all.py"], {
        cwd: folder,
        env: { ...process.env, PYTHONPATH: dirname(packages.trim()) },
      });
      const lines = stdout.split("\n");
      expect(lines.filter((line) => line.endsWith(" works"))).toEqual(Object.keys(uses).map((name) => `${name} works`));
      expect(lines.filter((line) => line.startsWith("epoch "))).toHaveLength(8);
    },
    minutes,
  );

  it(
    "train on two ranks",
    async () => {
      if (!("interpreter" in torch)) throw new Error(torch.without);
      const folder = newFolder();
      writeFileSync(join(folder, "train.py"), python("PyTorch DDP with torchrun", { 5: "32" }));
      const launcher = ["-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "train.py"];
      const { stdout } = await run(torch.interpreter, launcher, {
        cwd: folder,
        env: { ...process.env, OMP_NUM_THREADS: "1" },
      });
      expect(stdout.match(/^epoch \d\/2 loss=\d/gm)).toHaveLength(2);
    },
    minutes,
  );
});

describe("snippets for other languages", () => {
  it.skipIf(process.platform === "win32")(
    "make a batch script that starts the program on its GPUs and tells it to end",
    () => {
      const folder = newFolder();
      const script = inserted(bodyOf("shellscript", "Slurm GPU job"), { 3: "2", 7: "$HOME/activate" });
      expect(script.match(/^#SBATCH --[a-z-]+=\S+$/gm)).toHaveLength(10);
      const programs = join(folder, "bin");
      mkdirSync(programs);
      const program = (name: string, text: string) => {
        writeFileSync(join(programs, name), `#!/bin/sh\n${text}\n`);
        chmodSync(join(programs, name), 0o755);
      };
      program("srun", 'exec "$@"');
      program(
        "torchrun",
        "trap 'echo saved; kill $!; exit 3' TERM\necho \"$*\" $OMP_NUM_THREADS\nsleep 1000 &\nkill -TERM $PPID\nwait",
      );
      writeFileSync(join(folder, "activate"), "");
      writeFileSync(join(folder, "job.sh"), script);
      const { stdout, stderr } = spawnSync("bash", ["job.sh"], {
        cwd: folder,
        encoding: "utf8",
        timeout: 20_000,
        env: { PATH: `${programs}:${process.env.PATH}`, HOME: folder, SLURM_CPUS_PER_TASK: "8" },
      });
      expect({ stdout, stderr }).toEqual({
        stdout: "--standalone --nproc_per_node 2 train.py 8\nsaved\n",
        stderr: "",
      });
    },
  );

  it("make an image's file that a parser understands", () => {
    const text = inserted(bodyOf("dockerfile", "CUDA image for training"));
    const file = DockerfileParser.parse(text);
    expect(
      file
        .getInstructions()
        .map((one) => one.getKeyword())
        .join(" "),
    ).toBe("FROM ARG ENV ENV ENV RUN COPY RUN RUN USER WORKDIR COPY ENTRYPOINT CMD");
    expect(file.getFROMs()[0]?.getImage()).toBe("nvidia/cuda:12.8.1-cudnn-runtime-ubuntu24.04");
    const defined = file.getENVs().flatMap((one) => one.getProperties());
    expect(Object.fromEntries(defined.map((one) => [one.getName(), one.getValue()]))).toEqual({
      PYTHONUNBUFFERED: "1",
      VIRTUAL_ENV: "/opt/venv",
      PATH: "$VIRTUAL_ENV/bin:$PATH",
    });
    expect(text).toContain('python3 -m venv "$VIRTUAL_ENV"');
  });
});
