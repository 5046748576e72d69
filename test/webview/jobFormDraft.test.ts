import { describe, expect, it } from "vitest";
import type { JobSettings } from "../../src/shared/jobSettings";
import { type Draft, draftOf, settingsOf } from "../../webview-ui/jobForm/draft";

const whole: JobSettings = {
  program: "-m pkg.train",
  name: "big",
  host: "lab1",
  gpus: { count: 4, memoryGigabytes: 40.5 },
  environment: "/envs/torch",
  toolkit: "13.0",
  launcher: "torchrun",
  processes: 8,
  arguments: "--name 'a b' --x \"y\"",
  folder: "src",
  variables: { OMP_NUM_THREADS: "4", EMPTY: "", EQUALS: "a=b" },
  secrets: ["HF_TOKEN", "WANDB_API_KEY"],
  sync: true,
  queue: false,
  backend: "slurm",
  scheduler: {
    partition: "gpu",
    account: "a",
    qos: "q",
    cpus: 8,
    memoryGigabytes: 64,
    gpuType: "a100",
    extra: ["--constraint=ib", "-x"],
  },
  timeLimit: "2h30m",
  bringResults: true,
  tensorHook: false,
};

const draft = (more: Partial<Draft>): Draft => ({ ...draftOf({ program: "train.py" }), ...more });

describe("fields and settings", () => {
  it("are the same there and back", () => {
    expect(settingsOf(draftOf(whole), true)).toEqual({ settings: whole });
    const ids: JobSettings = { ...whole, gpus: { ids: ["GPU-1", "2"] } };
    expect(settingsOf(draftOf(ids), true)).toEqual({ settings: ids });
  });

  it("say nothing where nothing was chosen", () => {
    expect(settingsOf(draft({}), false)).toEqual({
      settings: { program: "train.py", gpus: { count: 1 }, sync: true, queue: true },
    });
  });

  it("leave out what does not go together", () => {
    const { settings } = settingsOf(draft({ ...draftOf(whole), launcher: "command", gpus: "0" }), false);
    expect(settings).toMatchObject({ launcher: "command", gpus: { count: 0 } });
    expect(settings).not.toHaveProperty("processes");
    expect(settings).not.toHaveProperty("scheduler");
    expect(settings?.gpus).not.toHaveProperty("memoryGigabytes");
  });

  it.each<[string, Partial<Draft>, string]>([
    ["program", { program: " " }, "Say what to run, such as train.py or -m package.module."],
    ["gpus", { gpus: "these" }, "Choose at least one GPU, or a number of them."],
    ["gpuMemory", { gpuMemory: "lots" }, "Enter a number of GB, such as 40."],
    ["timeLimit", { timeLimit: "soon" }, "Enter a time such as 90m, 2h30m or 1d."],
    ["arguments", { arguments: "--x 'y" }, "A quotation mark is not closed."],
    ["arguments", { arguments: "--x y\\" }, "A quotation mark is not closed."],
    ["variables", { variables: "A=1\n2B=3" }, "“2B=3” is not of the form NAME=value."],
    ["secrets", { secrets: "HF_TOKEN, a-b" }, "“a-b” cannot be the name of a variable."],
    ["processes", { launcher: "torchrun", processes: "2.5" }, "Enter a whole number from 1 on."],
  ])("tell what is wrong with %s", (field, more, sentence) => {
    expect(settingsOf(draft(more), false)).toEqual({ errors: { [field]: sentence } });
  });

  it.each([
    ["2h 30m", "2h30m"],
    [" 90m ", "90m"],
  ])("read the time %j", (timeLimit, expected) => {
    expect(settingsOf(draft({ timeLimit }), false).settings?.timeLimit).toBe(expected);
  });

  it("read memory with a comma", () => {
    expect(settingsOf(draft({ gpuMemory: "40,5" }), false).settings?.gpus?.memoryGigabytes).toBe(40.5);
  });
});
