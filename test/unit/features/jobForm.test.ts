import { describe, expect, it } from "vitest";
import { Emitter } from "../../../src/core/event";
import { Failure } from "../../../src/core/failure";
import type { LaunchPlan } from "../../../src/core/jobs/launch/launch";
import type { JobFormPort } from "../../../src/features/jobs/formPort";
import { createFormSession } from "../../../src/features/jobs/formSession";
import { JobFormApi } from "../../../src/shared/jobForm";
import type { JobSettings } from "../../../src/shared/jobSettings";
import { dispatch, type Message } from "../../../src/shared/protocol";

const settings: JobSettings = { program: "train.py", host: "lab1" };

/** As the launcher makes it, of what the form looks at. */
const planFor = (made: JobSettings, more: Partial<LaunchPlan> = {}): LaunchPlan => ({
  host: { name: "lab1" },
  settings: made,
  place: { kind: "client", folder: "/w" },
  request: {
    id: "made-once",
    name: "train.py",
    backend: "process",
    argv: ["python", "train.py"],
    folder: ".",
    overlay: { variables: [] } as never,
    variables: {},
    secrets: {},
    gpus: { kind: "none" },
  },
  secrets: [],
  script: "exec python train.py",
  command: "python train.py",
  summary: "lab1 \u001b[31mGPU 1",
  cautions: [],
  ...more,
});

interface Question<T> {
  readonly signal: AbortSignal;
  readonly about: unknown;
  answer(value: T): void;
  fail(error: unknown): void;
}

/** A form whose port answers when the test says so. */
function opened(more: Partial<JobFormPort> = {}) {
  const plans: Question<LaunchPlan>[] = [];
  const choices: Question<Awaited<ReturnType<JobFormPort["choices"]>>>[] = [];
  const runs: (Question<void> & { plan: LaunchPlan; progress: Parameters<JobFormPort["run"]>[1]["onProgress"] })[] = [];
  const said: Message[] = [];
  const done: string[] = [];
  const changes = new Emitter<void>();
  const ask = <T>(to: Question<T>[], about: unknown, signal: AbortSignal) =>
    new Promise<T>((answer, fail) => to.push({ about, signal, answer, fail }));
  const port: JobFormPort = {
    file: "train.py",
    place: "client",
    settings,
    hosts: () => [{ value: "lab1", label: "lab1" }],
    onChange: changes.event,
    presets: () => [],
    choices: (host, signal) => ask(choices, host, signal),
    plan: (wanted, signal) => ask(plans, wanted, signal),
    missingSecrets: async () => [],
    enterSecret: async (name) => void done.push(`enter ${name}`),
    run: (plan, { signal, onProgress }) =>
      new Promise<void>((answer, fail) => runs.push({ about: plan, plan, signal, answer, fail, progress: onProgress })),
    savePreset: async () => void done.push("preset"),
    remember: ({ arguments: words }) => void done.push(`remember ${words ?? ""}`),
    ...more,
  };
  const session = createFormSession({
    port,
    id: "1",
    // What the page would refuse fails the test.
    notify: (method, params) => {
      const refused = dispatch(JobFormApi, { [method]: () => said.push({ method, params }) }, { method, params });
      if (refused) throw new Error(refused);
    },
    copy: (text) => done.push(`copy ${text}`),
    complain: () => done.push("complain"),
    close: () => done.push("close"),
  });
  const last = (method: string) => said.findLast((one) => one.method === method)?.params;
  return { ...session, session, plans, choices, runs, said, done, changes, last };
}

/** Lets everything happen that waits for nothing but promises. */
const settled = () => new Promise<void>((resolve) => setImmediate(resolve));

describe("a form", () => {
  it("is sent when the page is ready, and again when hosts change", () => {
    const { handlers, said, changes, session } = opened();
    handlers.ready(undefined);
    changes.fire(undefined);
    expect(said.map(({ method }) => method)).toEqual(["form", "runState", "form"]);
    session.dispose();
    changes.fire(undefined);
    expect(said).toHaveLength(3);
  });

  it("answers the newest question only, and calls the older off", async () => {
    const { handlers, plans, said } = opened();
    handlers.plan({ turn: 1, settings });
    handlers.plan({ turn: 2, settings: { ...settings, arguments: "-v" } });
    expect(plans.map(({ signal }) => signal.aborted)).toEqual([true, false]);
    plans[1]?.answer(planFor(settings));
    plans[0]?.answer(planFor(settings));
    await settled();
    expect(said).toMatchObject([
      { method: "planned", params: { turn: 2, outcome: { kind: "planned", summary: "lab1 GPU 1" } } },
    ]);
  });

  it("tells a failed plan at the field that would change it", async () => {
    const { handlers, plans, last } = opened();
    handlers.plan({ turn: 1, settings });
    plans[0]?.fail(new Failure({ reason: "gpuUnknown", host: "lab1", gpu: "9" }));
    await settled();
    expect(last("planned")).toMatchObject({ outcome: { kind: "failed", problem: { field: "gpus" } } });
  });

  it("tells why a host has nothing to choose from", async () => {
    const { handlers, choices, last } = opened();
    handlers.choose({ host: "lab1" });
    choices[0]?.fail(new Failure({ reason: "connectionLost", host: "lab1" }));
    await settled();
    expect(last("choices")).toMatchObject({ host: "lab1", isReading: false, environments: [] });
    expect((last("choices") as { problem: string }).problem).toContain("lab1");
  });

  it("bounds what hosts say", async () => {
    const { handlers, choices, last } = opened();
    handlers.choose({});
    const hostile = `\u202e\u0007${"x".repeat(10_000)}`;
    choices[0]?.answer({
      environments: [{ value: "/e", label: hostile, detail: hostile }],
      toolkits: [],
      gpus: [],
      backends: [{ value: "slurm", label: "Slurm", isScheduler: true }],
    });
    await settled();
    const [first] = (last("choices") as { environments: { label: string }[] }).environments;
    expect(first?.label).toMatch(/^x{79}…$/);
    expect(last("choices")).toMatchObject({ backends: [{ isScheduler: true }] });
  });
});

describe("a run", () => {
  it("runs the plan that was shown, tells how far it is, and closes", async () => {
    const { handlers, plans, runs, last, done } = opened();
    handlers.plan({ turn: 1, settings });
    const plan = planFor(settings);
    plans[0]?.answer(plan);
    await settled();
    handlers.run({ settings });
    await settled();
    expect([plans.length, runs[0]?.plan]).toEqual([1, plan]);
    runs[0]?.progress({
      step: "sending files",
      transfer: { doneBytes: 40, totalBytes: 100, doneFiles: 1, totalFiles: 3 },
    });
    expect(last("runState")).toEqual({ kind: "running", step: "sending files, 40 %" });
    runs[0]?.answer(undefined);
    await settled();
    expect(done).toEqual(["remember ", "close"]);
  });

  it("plans anew where something was changed since", async () => {
    const { handlers, plans, runs } = opened();
    handlers.plan({ turn: 1, settings });
    plans[0]?.answer(planFor(settings));
    await settled();
    handlers.run({ settings: { ...settings, arguments: "-v" } });
    await settled();
    expect([plans.length, plans[1]?.about]).toEqual([2, { ...settings, arguments: "-v" }]);
    plans[1]?.answer(planFor(settings, { command: "second" }));
    await settled();
    expect(runs[0]?.plan.command).toBe("second");
  });

  it("that failed keeps the form, and tried again is the same job", async () => {
    const { handlers, plans, runs, last, done } = opened();
    handlers.run({ settings });
    plans[0]?.answer(planFor(settings));
    await settled();
    runs[0]?.fail(new Failure({ reason: "connectionLost", host: "lab1" }));
    await settled();
    expect(last("runState")).toMatchObject({ kind: "failed" });
    expect(done).not.toContain("close");
    handlers.run({ settings });
    await settled();
    expect(plans).toHaveLength(1);
    expect(runs[1]?.plan).toBe(runs[0]?.plan);
  });

  it("begins once however often it is asked for", async () => {
    const { handlers, plans, runs } = opened();
    handlers.run({ settings });
    handlers.run({ settings });
    plans[0]?.answer(planFor(settings));
    await settled();
    expect([plans.length, runs.length]).toEqual([1, 1]);
  });

  it("can be called off, and is when the form is closed", async () => {
    for (const how of ["cancel", "dispose"] as const) {
      const { handlers, plans, runs, last, session } = opened();
      handlers.run({ settings });
      plans[0]?.answer(planFor(settings));
      await settled();
      if (how === "cancel") handlers.cancel(undefined);
      else session.dispose();
      expect(runs[0]?.signal.aborted).toBe(true);
      runs[0]?.fail(new Failure({ reason: "cancelled" }));
      await settled();
      expect(last("runState")).toEqual({ kind: "idle" });
    }
  });

  it("leaves missing secrets to the run, so that nobody is asked twice", async () => {
    const { handlers, plans, runs, done } = opened({ missingSecrets: async (names) => names });
    handlers.run({ settings });
    plans[0]?.answer(planFor(settings, { secrets: ["HF_TOKEN"] }));
    await settled();
    expect(done).toEqual(["remember "]);
    expect(runs).toHaveLength(1);
  });

  it("is told again to a page that was hidden", async () => {
    const { handlers, last } = opened();
    handlers.run({ settings });
    handlers.ready(undefined);
    expect(last("runState")).toMatchObject({ kind: "running" });
  });
});

describe("around it", () => {
  it("a secret that was entered is looked at in the plan", async () => {
    const { handlers, plans, done } = opened();
    handlers.plan({ turn: 3, settings });
    handlers.enterSecret({ name: "HF_TOKEN" });
    await settled();
    expect(done).toEqual(["enter HF_TOKEN"]);
    expect(plans).toHaveLength(2);
  });

  it("presets, copies and closing go where they belong", async () => {
    const { handlers, done } = opened({ savePreset: () => Promise.reject(new Error("no")) });
    handlers.savePreset({ settings });
    handlers.copy({ text: "x" });
    handlers.close({ settings: { ...settings, arguments: "-v" } });
    handlers.close({});
    await settled();
    expect(done).toEqual(["copy x", "remember -v", "close", "close", "complain"]);
  });
});
