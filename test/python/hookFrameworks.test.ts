import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { compared, ending, newFolder, onlyFailure, told, userFrames, watched } from "./hookHost";
import { type RealVenv, realVenv } from "./venvs";

/** Long enough for an installation. */
const minutes = 600_000;

const interpreter = (venv: RealVenv): string => ("interpreter" in venv ? venv.interpreter : "");
const [jax, tensorflow, tools] = await Promise.all([
  realVenv("python3", ["jax"]),
  realVenv("python3", ["tensorflow-cpu"]),
  realVenv("python3", ["numpy", "pytest", "ipython"]),
]);

it.skipIf(jax.without)(`tells arrays and tracers of real JAX${jax.without}`, { timeout: minutes }, async () => {
  const found = await watched(interpreter(jax), ["jaxKinds.py"], { env: { JAX_PLATFORMS: "cpu" } });
  const failure = onlyFailure(found);
  const [, main, layer] = userFrames(failure);
  expect(layer?.operands.map(told)).toEqual(["x float32[3] - tracer", "w bfloat16[4,5] - tracer"]);
  expect(layer?.values.map(told)).toEqual(["cast float32[3] - tracer"]);
  expect(main?.operands.map(told)).toEqual([
    "x float32[2,3] cpu:0",
    'held["w"] bfloat16[4,5] cpu:0',
    "x float32[2,3] cpu:0",
  ]);
  expect(main?.values.map(told)).toEqual(["host float16[3,2] cpu", "gone float32[3] cpu:0"]);
  expect(found.records[0]?.versions).toMatchObject({ jax: expect.stringMatching(/^\d/), numpy: expect.any(String) });
});

it.skipIf(tensorflow.without)(
  `tells tensors and layers of real TensorFlow and Keras${tensorflow.without}`,
  { timeout: minutes },
  async () => {
    const env = { TF_CPP_MIN_LOG_LEVEL: "3", CUDA_VISIBLE_DEVICES: "-1" };
    const { records, stdout } = await watched(interpreter(tensorflow), ["tensorflowKinds.py"], { env });
    expect(stdout).toBe("InvalidArgumentError\nValueError\nValueError\n");
    const [eager, traced, model] = records[0]?.failures ?? [];
    const first = eager && userFrames(eager).at(-1);
    expect(first?.expression).toBe("tf.matmul(a, tf.ones((2, 3)))");
    expect([...(first?.operands ?? []), ...(first?.values ?? [])].map(told)).toEqual([
      "a float32[2,3] cpu:0",
      "b float64[2,3] -",
      "ragged int32[2,?] cpu:0 ragged",
      "sparse int32[1,2] cpu:0 sparse_coo",
      "asked float32[?,?,3] - symbolic",
    ]);
    const inner = traced?.exceptions.at(-1)?.frames.find(({ expression }) => expression === "return tf.matmul(y, w)");
    expect(inner?.operands.map(told)).toEqual(["y float32[?,3] - symbolic", "w float32[4,5] - symbolic"]);
    expect(inner).toMatchObject({ line: 19, function: "traced", isUser: true });
    expect(model && userFrames(model).at(-1)?.operands.map(told)).toEqual(["x float32[2,512] cpu:0"]);
  },
);

describe.skipIf(tools.without)(`where others catch what fails${tools.without}`, () => {
  const python = interpreter(tools);

  it("records each failing test of pytest, and changes nothing that it says", { timeout: minutes }, async () => {
    const folder = newFolder();
    const tests = [
      "import numpy as np, pytest",
      "def test_bad():\n    a, b = np.ones((2, 3)), np.ones((2, 3))[:, ::2]\n    a @ b",
      "def test_left_out(): pytest.skip('not now')",
      "def test_good(): pass",
      "def test_shape():\n    a = np.ones((2, 3))\n    assert a.shape == (3, 2)",
    ];
    writeFileSync(join(folder, "test_shapes.py"), tests.join("\n"));
    const args = ["-m", "pytest", "-p", "no:cacheprovider", "-q"];
    const options = { cwd: folder };
    const [without, found] = await Promise.all([ending(python, args, {}, options), watched(python, args, options)]);
    const timeless = (text: string) => text.replace(/ in [\d.]+s/, "");
    expect(found).toMatchObject({ exitCode: 1, stderr: "" });
    expect(timeless(found.stdout)).toBe(timeless(without.stdout));
    const failures = found.records.flatMap((record) => record.failures);
    expect(failures.map(({ origin, exceptions }) => [origin, exceptions[0]?.type])).toEqual([
      ["test", "builtins.ValueError"],
      ["test", "builtins.AssertionError"],
    ]);
    const bad = failures[0] && userFrames(failures[0]).at(-1);
    expect(bad?.expression).toBe("a @ b");
    expect(bad?.operands.map(told)).toEqual(["a float64[2,3] cpu", "b float64[2,2] cpu"]);
    expect(bad?.operands[1]).toMatchObject({ strides: [3, 2], isContiguous: false });
    expect(found.records[0]).toMatchObject({ program: "-m pytest" });
  });

  it.each([
    ["IPython", ["-m", "IPython", "--no-banner", "--colors=NoColor", "--no-confirm-exit"], "a @ a"],
    ["Python's own prompt", ["-i", "-q"], undefined],
  ] as const)("records each failure at %s", { timeout: minutes }, async (_name, args, expression) => {
    const typed = "import numpy as np\na = np.ones((2, 3))\na @ a\nb = a.T\nnp.concatenate([a, b])\n";
    const { records } = await watched(python, args, { stdin: typed });
    const failures = records.flatMap((record) => record.failures);
    expect(failures.map(({ origin, exceptions }) => [origin, exceptions[0]?.type])).toEqual([
      ["interactive", "builtins.ValueError"],
      ["interactive", "builtins.ValueError"],
    ]);
    const frames = failures.map((failure) => userFrames(failure).at(-1));
    expect(frames[0]?.expression).toBe(expression);
    const tensors = frames.map((frame) => [...(frame?.operands ?? []), ...(frame?.values ?? [])].map(told));
    expect(new Set(tensors[0])).toEqual(new Set(["a float64[2,3] cpu"]));
    expect(new Set(tensors[1])).toEqual(new Set(["a float64[2,3] cpu", "b float64[3,2] cpu"]));
  });

  it("has only names where no line can be read: a program on the command line", async () => {
    const program = "import numpy as np; a = np.ones((2, 3)); np.ma.ones(3).reshape(2); a @ a";
    const failure = onlyFailure(await compared(python, ["-c", program]));
    expect(userFrames(failure)[0]?.values.map(told)).toEqual(["a float64[2,3] cpu"]);
  });
});
