import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { noOverlay } from "../../src/core/environments/overlay";
import { type SelfTestOptions, selfTest } from "../../src/core/environments/selftest/selfTest";
import { processesMarked } from "../shell/probeHost";
import { packages, pythons, trial } from "../shell/selftestHost";
import { noAbort, type TestClient, testClient } from "../ssh/client";
import { type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "../ssh/systemSsh";
import { type RealVenv, realVenv } from "./venvs";

/** Long enough for an installation. */
const minutes = 600_000;

const torch = await realVenv("python3", ["torch"]);
const works = expect.stringMatching(/^works/);

function interpreterOf(venv: RealVenv): string {
  if (!("interpreter" in venv)) throw new Error(venv.without);
  return venv.interpreter;
}

describe.skipIf(torch.without)(`real PyTorch on the CPU${torch.without}`, () => {
  it("computes, adds up over two processes, and compiles where there is a compiler", { timeout: minutes }, async () => {
    const { byName } = await trial({ interpreter: interpreterOf(torch), cpuRanks: 2 });
    expect(byName).toMatchObject({
      Python: works,
      "import torch": expect.stringMatching(/^works: PyTorch 2\.\S+ can be imported\.$/),
      // The first of a build for the CPU, the other of one for CUDA.
      "torch GPUs": expect.stringMatching(/^works: This machine has no GPU|^missing: There is no NVIDIA driver/),
      "torch CPU": "works: PyTorch computes right on the CPU; no GPU is used.",
      "torch all-reduce": "works: 2 processes work together on the CPU (gloo).",
      "torch.compile": "works: A compiled function computes right on the CPU.",
    });
  });

  it("says that a compiler is missing, and that two processes need each other", { timeout: minutes }, async () => {
    const { byName, steps } = await trial({
      interpreter: interpreterOf(torch),
      env: { PATH: "/nowhere" },
      shell: ["/bin/sh"],
    });
    expect(byName["torch.compile"]).toMatch(/^fails: torch\.compile needs a C and C\+\+ compiler, and none is found\./);
    expect(steps.find(({ step }) => step === "torch.compile")?.detail).toBeTruthy();
    expect(byName["torch all-reduce"]).toBe("not tried: Not tried: it takes two GPUs that PyTorch can use.");
  });
});

describe.each([
  { label: "JAX", name: "jax", venv: await realVenv("python3", ["jax"]) },
  { label: "TensorFlow", name: "tensorflow", venv: await realVenv("python3", ["tensorflow-cpu"]) },
])("real $label on the CPU$venv.without", ({ label, name, venv }) => {
  it.skipIf(venv.without)("is imported and computes", { timeout: minutes }, async () => {
    const { byName } = await trial({ interpreter: interpreterOf(venv) });
    expect(byName).toEqual({
      Python: works,
      "import numpy": works,
      [`import ${name}`]: works,
      [`${name} GPUs`]: `works: This machine has no GPU: ${label} computes on the CPU.`,
      [`${name} CPU`]: `works: ${label} computes right on the CPU; no GPU is used.`,
    });
  });
});

describe.skipIf(withoutSshd)(`over a real connection${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let systemSsh: BuiltSystemSsh;
  beforeAll(async () => {
    server = await startSshd();
    systemSsh = await buildSystemSsh();
  });
  afterAll(async () => {
    systemSsh.dispose();
    await server.dispose();
  });

  describe.each(["ssh2", "system"] as const)("by %s", (transport) => {
    let client: TestClient;
    const host = () => ({ name: "box", configFile: server.configFile });
    beforeAll(() => {
      client = testClient({ transport, systemSsh });
    });
    afterAll(() => client.connections.dispose());

    /** Starts the test with these packages; `begun` is called when it imports torch. */
    async function start(
      mark: string,
      pythonPath: string,
      more: Partial<SelfTestOptions>,
      begun?: AbortController,
      stop = noAbort,
    ) {
      const interpreter = [...pythons.values()].at(-1) ?? "/usr/bin/python3";
      const environment = { manager: "venv", name: "trial", prefix: "/nowhere", interpreter, packages: [] };
      const overlay = { ...noOverlay, set: { TENSORLINE_MARK: mark, PYTHONPATH: pythonPath } };
      const lease = client.connections.acquire(host());
      try {
        const runner = await lease.connected(noAbort);
        return await selfTest(runner, environment, { clock: systemClock, overlay, ...more }, stop, (news) => {
          if (news.kind === "started" && news.step === "import torch") begun?.abort();
        });
      } finally {
        lease.dispose();
      }
    }
    const nothingLeft = (mark: string) => expect.poll(() => processesMarked(mark), { timeout: 20_000 }).toEqual([]);

    it("a Python that hangs before it runs anything is given up and killed", async () => {
      const folder = packages({});
      writeFileSync(join(folder, "sitecustomize.py"), "import signal, time\nsignal.signal(1, 1)\ntime.sleep(1000)\n");
      const mark = `${transport}-hangs-${process.pid}`;
      const { steps } = await start(mark, folder, { startMs: 1500 });
      expect(steps).toMatchObject([{ step: "Python", outcome: "fails" }]);
      await nothingLeft(mark);
    });

    it.each(["cancelled", "cut off"] as const)("%s, it leaves no process behind", async (how) => {
      const deaf = "import signal, time\nsignal.pthread_sigmask(0, range(1, 64))\ntime.sleep(1000)\n";
      const mark = `${transport}-${how}-${process.pid}`;
      const begun = new AbortController();
      begun.signal.addEventListener("abort", () => {
        if (how === "cut off") client.connections.disconnect(host());
      });
      const stop = how === "cancelled" ? begun.signal : noAbort;
      await expect(start(mark, packages({ torch: deaf }), {}, begun, stop)).rejects.toHaveProperty("problem");
      await nothingLeft(mark);
    });
  });
});
