import { expect, it, vi } from "vitest";
import { createEnvironments } from "../../../src/core/environments/environments";
import { noOverlay } from "../../../src/core/environments/overlay";
import type { EnvironmentParts } from "../../../src/core/environments/parts";
import type { Survey } from "../../../src/core/environments/survey";
import type { ToolkitSurvey } from "../../../src/core/environments/toolkits/readSurvey";
import { Failure } from "../../../src/core/failure";
import { silentLogger } from "../../../src/core/logger";
import type { Operation, OperationSink } from "../../../src/core/operations/operation";
import type { HostRef } from "../../../src/core/ports";
import type { Environment } from "../../../src/shared/environments";
import { createLocalRunner } from "../../mocks/localRunner";
import { createManualClock } from "../../mocks/manualClock";

const host: HostRef = { name: "lab1" };
const train: Environment = { manager: "venv", name: "train", prefix: "/home/ann/train", packages: [] };
const toolkits: ToolkitSurvey = {
  gpus: [],
  toolkits: [],
  warnings: [],
  shell: { answered: true, libraryPath: [], systemLibraries: [] },
  carried: [],
  modules: [],
  alternatives: { cuda: [], rocm: [] },
};
const surveyOf = (...environments: Environment[]): Survey => ({
  report: { environments, projects: [], warnings: [] },
  tools: {},
});
const never = () => {
  throw new Error("not asked for");
};

/** A service over parts that tests hold in their hands. */
function service(more: Partial<EnvironmentParts> = {}) {
  let leases = 0;
  const surveyed: boolean[] = [];
  const ends = new Map<string, (end: Operation) => void>();
  const sinks = new Map<string, OperationSink>();
  const onHost: Operation[] = [];
  const parts: EnvironmentParts = {
    managers: [],
    survey: async (_runner, { fresh }) => {
      surveyed.push(fresh === true);
      return surveyOf(train);
    },
    surveyToolkits: async () => toolkits,
    judge: () => [{ subject: "torch 2.13.0", grade: "works", why: "It does.", rows: [] }],
    listPackages: never,
    environmentSize: never,
    loads: () => [],
    planPyTorch: never,
    selfTest: never,
    operationProblem: never,
    overlay: () => noOverlay,
    overlayScript: () => "true",
    describeOverlay: () => [],
    systemDefaultCommand: () => undefined,
    createOperations: () => ({
      start: async () => undefined,
      follow: (id, _from, sink) => {
        sinks.set(id, sink);
        return new Promise((resolve) => ends.set(id, resolve));
      },
      cancel: async (id) => {
        const end: Operation = { id, title: "Creating train", state: "cancelled" };
        ends.get(id)?.(end);
        return end;
      },
      list: async () => onHost,
      forget: async () => undefined,
    }),
    ...more,
  };
  const environments = createEnvironments({
    acquire: () => {
      leases++;
      return { host, connected: async () => createLocalRunner(), dispose: () => void leases-- };
    },
    places: () => ({ searchPaths: ["~"], depth: 3 }),
    parts: () => parts,
    clock: createManualClock(),
    log: silentLogger,
  });
  return { environments, surveyed, ends, sinks, onHost, leases: () => leases };
}

const { signal } = new AbortController();
const request = { id: "1", title: "Creating train", script: "true", parameters: [] };

/** Resolves once the state is as wanted. */
function until({ environments }: ReturnType<typeof service>, is: () => boolean): Promise<void> {
  return new Promise((resolve) => {
    if (is()) return resolve();
    const listening = environments.onChange(() => {
      if (!is()) return;
      listening.dispose();
      resolve();
    });
  });
}

it("nothing is connected and nothing read until somebody looks; then once, however many look", async () => {
  const lab = service();
  expect(lab.environments.state(host)).toMatchObject({ isReading: false });
  expect([lab.leases(), lab.surveyed.length]).toEqual([0, 0]);
  const looks = [lab.environments.look(host), lab.environments.look(host)];
  await until(lab, () => lab.environments.state(host).readAt !== undefined && !lab.environments.state(host).isReading);
  expect(lab.surveyed).toEqual([false]);
  expect(lab.environments.state(host).verdicts.get(train.prefix)).toHaveLength(1);
  for (const look of looks) look.dispose();
  expect(lab.leases()).toBe(0);
  lab.environments.look(host).dispose();
  expect(lab.surveyed).toHaveLength(1);
});

it("what fails is kept as the reason, and what was known stays", async () => {
  let fails = false;
  const lab = service({
    survey: async () => {
      if (fails) throw new Failure({ reason: "deadline", what: "looking for Python environments", seconds: 60 });
      return surveyOf(train);
    },
  });
  await lab.environments.refresh(host, signal);
  fails = true;
  await expect(lab.environments.refresh(host, signal)).rejects.toMatchObject({ problem: { reason: "deadline" } });
  expect(lab.environments.state(host)).toMatchObject({ problem: { reason: "deadline" }, isReading: false });
  expect(lab.environments.state(host).survey?.report.environments).toEqual([train]);
  fails = false;
  await lab.environments.refresh(host, signal);
  expect(lab.environments.state(host).problem).toBeUndefined();
});

it("toolkits that cannot be read leave the environments alone", async () => {
  const lab = service({
    surveyToolkits: async () => {
      throw new Failure({ reason: "deadline", what: "looking for CUDA and ROCm", seconds: 90 });
    },
  });
  const state = await lab.environments.refresh(host, signal);
  expect(state.survey?.report.environments).toEqual([train]);
  expect(state.toolkitProblem?.reason).toBe("deadline");
  expect(state.problem).toBeUndefined();
});

it("work is listed while it runs; afterwards a host that is looked at is read anew", async () => {
  const lab = service();
  const look = lab.environments.look(host);
  await until(lab, () => lab.surveyed.length === 1 && !lab.environments.state(host).isReading);
  const operation = await lab.environments.start(host, request, signal);
  expect(lab.environments.state(host).running).toEqual([operation]);
  const heard: string[] = [];
  operation.onOutput((chunk) => heard.push(Buffer.from(chunk).toString()));
  lab.sinks.get("1")?.output(Buffer.from("Collecting torch\n"));
  expect(heard).toEqual(["Collecting torch\n"]);
  expect(Buffer.concat(operation.log()).toString()).toBe("Collecting torch\n");
  const ended = await lab.environments.cancel(operation, signal);
  expect(ended.state).toBe("cancelled");
  await until(lab, () => lab.surveyed.length === 2 && !lab.environments.state(host).isReading);
  expect(lab.surveyed).toEqual([false, true]);
  expect(lab.environments.state(host).running).toEqual([]);
  look.dispose();
  expect(lab.leases()).toBe(0);
});

it("what work has changed is seen even where it ends while the host is being read", async () => {
  const surveys: ((survey: Survey) => void)[] = [];
  const lab = service({ survey: () => new Promise((resolve) => surveys.push(resolve)) });
  const look = lab.environments.look(host);
  const operation = await lab.environments.start(host, request, signal);
  await vi.waitFor(() => expect(surveys).toHaveLength(1));
  await lab.environments.cancel(operation, signal);
  await until(lab, () => lab.environments.state(host).running.length === 0);
  surveys[0]?.(surveyOf(train));
  await vi.waitFor(() => expect(surveys).toHaveLength(2));
  surveys[1]?.(surveyOf());
  await until(lab, () => !lab.environments.state(host).isReading);
  expect(lab.environments.state(host).survey?.report.environments).toEqual([]);
  look.dispose();
});

it("what runs there since another window is followed once the host is looked at, and only once", async () => {
  const lab = service();
  lab.onHost.push(
    { id: "7", title: "Creating train", state: "running" },
    { id: "6", title: "Old", state: "succeeded" },
  );
  await lab.environments.refresh(host, signal);
  await lab.environments.refresh(host, signal);
  expect(lab.environments.state(host).running.map(({ id, title }) => [id, title])).toEqual([["7", "Creating train"]]);
});

it("a window that closes stops looking and touches nothing", async () => {
  let followed: AbortSignal | undefined;
  const lab = service({
    createOperations: () => ({
      start: async () => undefined,
      follow: (_id, _from, _sink, given) => {
        followed = given;
        return new Promise((_resolve, reject) =>
          given.addEventListener("abort", () => reject(new Failure({ reason: "cancelled" }))),
        );
      },
      cancel: never,
      list: async () => [],
      forget: never,
    }),
  });
  const operation = await lab.environments.start(host, request, signal);
  lab.environments.dispose();
  await expect(operation.ended).rejects.toMatchObject({ problem: { reason: "cancelled" } });
  expect(followed?.aborted).toBe(true);
});
