import { describe, expect, it } from "vitest";
import { compared, onlyFailure, told, userFrames, watched } from "./hookHost";
import { realVenv } from "./venvs";

/** Long enough for an installation. */
const minutes = 600_000;

const torch = await realVenv("python3", ["torch"]);
const python = "interpreter" in torch ? torch.interpreter : "";
const quiet = { PYTHONWARNINGS: "ignore:Failed to initialize NumPy" };

describe.skipIf(torch.without)(`the hook with real PyTorch${torch.without}`, () => {
  it("tells every kind of tensor without asking it anything", { timeout: minutes }, async () => {
    const found = await watched(python, ["torchKinds.py"], { env: quiet });
    expect(found).toMatchObject({ stdout: "", exitCode: 1 });
    const failure = onlyFailure(found);
    expect(failure.exceptions[0]?.message).toBe("mat1 and mat2 shapes cannot be multiplied (7x5 and 3x4)");
    const [, fail, inner] = userFrames(failure);
    expect(inner?.operands.map(told)).toEqual(["row float32[5] cpu functorch", "weights.T float32[3,4] cpu"]);
    const values = [
      "fake float32[2,3] cpu fake",
      "meta bfloat16[4,5] meta meta",
      "sparse float32[3,3] cpu sparse_coo",
      "rows float32[3,3] cpu sparse_csr",
      "pieces[0] float32[2] cpu",
      "pieces[1] float32[3] cpu",
      "nested float32[?] cpu nested",
      "jagged float32[2,?] cpu nested jagged",
      "quantized qint8[2,2] cpu quantized",
      "lazy float32[?] cpu uninitialized",
      "huge float32[?] meta meta",
      "own float32[2,2] cpu",
      "computed float32[?] cpu custom",
      "spread float32[8,2] cpu dtensor",
      "many[0] float32[1] cpu",
      "weights float32[4,3] cpu",
      'held["x"] float32[4,3] cpu',
    ];
    expect(fail?.values.map(told).sort()).toEqual(values.sort());
    expect(fail?.values.find(({ name }) => name.startsWith("held"))).toMatchObject({
      strides: [1, 4],
      isContiguous: false,
      bytes: 48,
    });
    expect(fail?.values.find(({ name }) => name === "weights")).toMatchObject({
      type: "torch.nn.parameter.Parameter",
      requiresGrad: true,
      isContiguous: true,
    });
  });

  it("records a layer, a warning, a worker and a child where each of them fails", { timeout: minutes }, async () => {
    const { records, stdout, exitCode } = await compared(python, ["torchRuns.py"], { env: quiet });
    expect({ stdout, exitCode }).toEqual({ stdout: "ProcessRaisedException\nthe worker failed\n", exitCode: 1 });
    const main = records.find(({ failures }) => failures.some(({ origin }) => origin === "main"));
    const [warning, full, failure] = main?.failures ?? [];
    expect(full).toMatchObject({ origin: "thread", memory: { device: "cpu" } });
    expect(full?.memory?.largest[0]).toMatchObject({ shape: [1000, 1000], bytes: 4_000_000 });
    expect(warning).toMatchObject({ origin: "warning", exceptions: [{ type: "builtins.UserWarning" }] });
    const lossLine = warning?.exceptions[0]?.frames.find(({ expression }) => expression?.startsWith("F.mse_loss"));
    expect(lossLine?.operands.map(told)).toEqual(["prediction float32[4,1] cpu", "target float32[4] cpu"]);

    expect(main).toMatchObject({ program: "torchRuns.py", versions: { torch: expect.stringMatching(/^\d+\.\d+/) } });
    expect(failure?.layers).toEqual([
      { path: "", type: "Net" },
      { path: "head", type: "Head" },
      { path: "head.fc2", type: "Linear", sizes: "in_features=512, out_features=10, bias=True" },
    ]);
    expect(failure?.siblings).toEqual([{ path: "head.drop", type: "Dropout", sizes: "p=0.1" }]);
    const frames = failure?.exceptions[0]?.frames ?? [];
    const user = frames.filter(({ isUser }) => isUser);
    expect(user.map(({ expression, operands }) => [expression, ...operands.map(told)])).toEqual([
      ["main()"],
      ['model(batch["x"])', 'batch["x"] float32[32,1,28,28] cpu'],
      ["self.head(h)", "h float32[32,784] cpu"],
      ["self.fc2(x)", "x float32[32,784] cpu", "fc2.weight float32[10,512] cpu", "fc2.bias float32[10] cpu"],
    ]);
    expect(user.at(-1)).toMatchObject({ line: 16, column: 26, endColumn: 37, function: "Head.forward" });
    expect(frames.at(-1)).toMatchObject({ isUser: false, expression: "F.linear(input, self.weight, self.bias)" });
    expect(frames.at(-1)?.operands.map(told)).toEqual([
      "input float32[32,784] cpu",
      "self.weight float32[10,512] cpu",
      "self.bias float32[10] cpu",
    ]);

    const children = records.filter((record) => record !== main).flatMap(({ failures }) => failures[0] ?? []);
    const ofChildren = children.map((one) => [one.origin, ...(userFrames(one).at(-1)?.operands.map(told) ?? [])]);
    expect(ofChildren).toEqual([
      ["process", "x float32[2,3] cpu", "model.weight float32[5,4] cpu", "model.bias float32[5] cpu"],
      ["process", "image float32[3,8] cpu", "mask float32[4] cpu"],
    ]);
  });

  it.each(["record", "plain"])("runs once in each rank of torchrun: %s", { timeout: minutes }, async (how) => {
    const torchrun = ["-m", "torch.distributed.run", "--nproc-per-node", "2", "--standalone", "torchRanks.py", how];
    const { records, stderr } = await watched(python, torchrun, { env: { ...quiet, OMP_NUM_THREADS: "1" } });
    const second = records.find(({ rank }) => rank?.rank === 1);
    expect(second).toMatchObject({ rank: { rank: 1, localRank: 1, worldSize: 2 }, program: "torchRanks.py" });
    const failure = second?.failures[0];
    expect(second?.failures).toHaveLength(1);
    expect(failure && userFrames(failure).at(-1)?.operands.map(told)).toEqual([
      "h float32[2,3] cpu",
      "w float32[4,5] cpu",
    ]);
    expect(stderr.match(/^\[rank1\]: RuntimeError: mat1 and mat2/gm)).toHaveLength(1);
    // The first one fails because the second did, unless it is ended before.
    for (const { rank, failures } of records) expect([rank?.rank, failures.length]).toEqual([rank?.rank, 1]);
    expect(records[0]?.rank?.rank).toBe(1);
  });
});
