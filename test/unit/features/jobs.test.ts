import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import type { HostJobs } from "../../../src/core/jobs/jobs";
import { codeTarget, type EditorFile } from "../../../src/features/jobs/codeTarget";
import { durationText, type JobContext, jobWords } from "../../../src/features/jobs/jobWords";
import { mainLines } from "../../../src/features/jobs/mainLine";
import { createRemembered } from "../../../src/features/jobs/remembered";
import { childrenOf, foldOf, type JobNode, type JobRowsDeps, nodeId, wordsOf } from "../../../src/features/jobs/rows";
import { sourcePlace } from "../../../src/features/jobs/sourcePlace";
import { statusWords } from "../../../src/features/jobs/statusWords";
import { TaskSettingsSchema, taskSettings } from "../../../src/features/jobs/taskSettings";
import { createTaskText, endCode } from "../../../src/features/jobs/taskText";
import type { Job } from "../../../src/shared/jobs";

const now = Date.parse("2026-11-22T12:00:00Z");
const host = { name: "lab1" };
const job: Job = {
  id: "j1",
  name: "train.py",
  state: "running",
  submittedAt: "2026-11-22T11:40:00Z",
  startedAt: "2026-11-22T11:48:00Z",
  backend: "process",
  command: "python train.py --lr 3e-4",
  gpus: [{ index: 1, uuid: "GPU-1" }],
};
const ended: Job = { ...job, id: "j2", state: "succeeded", exitCode: 0, endedAt: "2026-11-22T11:50:00Z" };
const progress = { done: 450, total: 1000, fraction: 0.45, etaSeconds: 480 };
const context = (more: Partial<JobContext> = {}): JobContext => ({
  host,
  isMine: true,
  isWatched: false,
  now,
  ...more,
});

describe("a row of a job", () => {
  it("says GPU, time, progress and what is left of a running job", () => {
    expect(jobWords(job, context({ progress }))).toMatchObject({
      label: "train.py",
      description: "GPU 1 · 12 min · 45 % · ETA 8 min",
      spoken: "train.py, running, GPU 1, 12 min, 45 %, ETA 8 min",
      icon: "play-circle",
      context: "job.running.mine.live.process.unwatched",
    });
  });

  it("claims nothing that is not known", () => {
    const bare: Job = { id: "j", name: "a", state: "running", submittedAt: "yesterday", backend: "process" };
    expect(jobWords(bare, context())).toMatchObject({ description: "" });
    expect(jobWords(bare, context()).tooltip.join(" ")).not.toMatch(/undefined|NaN/);
    expect(jobWords({ ...ended, startedAt: "2026-11-22T12:00:00Z" }, context()).description).toBe("10 min ago");
  });

  it("says how and when a job ended", () => {
    const failed: Job = { ...ended, state: "failed", exitCode: 3, reason: "exitCode" };
    expect(jobWords(ended, context()).description).toBe("2 min · 10 min ago");
    expect(jobWords(failed, context()).description).toBe("exit code 3 · 2 min · 10 min ago");
    expect(jobWords({ ...failed, reason: "gpuOutOfMemory" }, context()).description).toMatch(/^out of GPU memory · /);
    expect(jobWords({ ...failed, reason: "signal", signal: "SIGSEGV" }, context()).description).toMatch(/^SIGSEGV · /);
  });

  it("says what a queued job waits for", () => {
    const queued: Job = { ...job, state: "queued", message: "GPU 0: alice, 71 GB" };
    expect(jobWords(queued, context()).description).toBe("GPU 0: alice, 71 GB");
    expect(jobWords({ ...queued, ahead: 1 }, context()).description).toBe("1 job first");
  });

  it("offers nothing for a job of somebody else", () => {
    const words = jobWords({ ...job, user: "bob" }, context({ isMine: false }));
    expect(words.context).toBe("job.running.other");
    expect(words.description).toMatch(/^bob · /);
    const waiting: Job = { ...job, state: "queued", user: "bob", ahead: 2, submittedAt: "2026-11-22T11:48:00Z" };
    expect(jobWords(waiting, context({ isMine: false })).description).toMatch(/^bob · 2 jobs first · 12 min$/);
  });

  it("is not moved by a clock of the host that goes wrong", () => {
    expect(jobWords({ ...job, startedAt: "2026-11-22T13:00:00Z" }, context()).description).toBe("GPU 1 · <1 min");
  });

  it("tells times as people do", () => {
    const texts = [40_000, 720_000, 12_000_000, 7_200_000, 187_200_000].map(durationText);
    expect(texts).toEqual(["40 s", "12 min", "3 h 20 min", "2 h", "2 d 4 h"]);
  });
});

describe("the Jobs tree", () => {
  const deps = (state: HostJobs, connection: "connected" | "disconnected" = "connected"): JobRowsDeps => ({
    state: () => state,
    connection: () => ({ kind: connection }) as ReturnType<JobRowsDeps["connection"]>,
    progress: () => undefined,
    isWatched: () => false,
    now: () => now,
  });
  const row: JobNode = { host, kind: "host" };
  const queued: Job[] = [
    { ...job, id: "q2", state: "queued", ahead: 1 },
    { ...job, id: "q1", state: "queued", ahead: 0 },
  ];
  const others: Job[] = [{ ...job, id: "o", user: "bob" }];

  it("shows only groups that have jobs, what runs and waits unfolded", () => {
    const some = deps({ jobs: [job, ...queued, ended], others, isReading: false });
    const groups = childrenOf(row, some);
    expect(groups.map((group) => wordsOf(group, some)).map(({ label, description }) => [label, description])).toEqual([
      ["Running", "1"],
      ["Queued", "2"],
      ["Finished", "1"],
      ["Others on this host", "1"],
    ]);
    expect(groups.map(foldOf)).toEqual(["open", "open", "folded", "folded"]);
    expect(wordsOf(row, some).description).toBe("1 running · 2 queued");
    const waiting = groups[1];
    expect(waiting && childrenOf(waiting, some).map(nodeId)).toEqual(["lab1#job q1", "lab1#job q2"]);
  });

  it("teaches where there is none, and still shows those of others", () => {
    const none = deps({ jobs: [], others, isReading: false });
    expect(childrenOf(row, none).map(({ kind }) => kind)).toEqual(["none", "group"]);
    expect(wordsOf({ host, kind: "none" }, none).description).toBe("run a file with Run on GPU");
  });

  it("says what went wrong and keeps what was known", () => {
    const problem = { reason: "connectionLost", host: "lab1" } as const;
    const rows = childrenOf(row, deps({ jobs: [job], isReading: false, problem }));
    expect(rows.map(({ kind }) => kind)).toEqual(["problem", "group"]);
    expect(childrenOf(row, deps({ isReading: false, problem })).map(({ kind }) => kind)).toEqual(["problem"]);
  });

  it("says of known jobs that nobody looks at them now", () => {
    expect(wordsOf(row, deps({ jobs: [job], isReading: false }, "disconnected")).description).toBe(
      "1 running · not connected",
    );
  });
});

describe("what a file is run as", () => {
  const file = (path: string, more: Partial<EditorFile> = {}): EditorFile => ({
    scheme: "file",
    authority: "",
    path: `/c:/work/vision/${path}`,
    fsPath: `c:\\work\\vision\\${path.replaceAll("/", "\\")}`,
    firstLine: "",
    folder: { path: "/c:/work/vision", fsPath: "c:\\work\\vision" },
    ...more,
  });

  it("a Python file goes by its path in the folder, with slashes on every client", () => {
    expect(codeTarget(file("src/train.py"))).toEqual({
      place: { kind: "client", folder: "c:\\work\\vision", file: "c:\\work\\vision\\src\\train.py" },
      settings: { program: "src/train.py", name: "train.py" },
      key: "c:\\work\\vision\\src\\train.py",
    });
  });

  it("a script is given to the program that its first line names", () => {
    const settings = (firstLine: string, path = "go.sh") => {
      const target = codeTarget(file(path, { firstLine }));
      return "why" in target ? target : target.settings;
    };
    expect(settings("#!/usr/bin/env bash")).toMatchObject({ program: "bash", launcher: "command", arguments: "go.sh" });
    expect(settings("#!/bin/sh -e")).toMatchObject({ program: "/bin/sh", arguments: "-e go.sh" });
    expect(settings("echo", "a b.sh")).toMatchObject({ program: "sh", arguments: "'a b.sh'" });
  });

  it("a file of a window on a host runs in place there", () => {
    const remote = { scheme: "vscode-remote", authority: "ssh-remote+lab1", path: "/home/ann/v/train.py" };
    const folder = { path: "/home/ann/v", fsPath: "/home/ann/v" };
    expect(codeTarget(file("", { ...remote, folder }))).toMatchObject({
      place: { kind: "host", folder: "/home/ann/v", file: "/home/ann/v/train.py" },
      settings: { program: "train.py", host: "lab1", sync: false },
    });
  });

  it("a file without a folder, or of another world, is refused with the reason", () => {
    const { folder: _, ...alone } = file("train.py");
    expect(codeTarget(alone)).toHaveProperty("why");
    expect(codeTarget(file("train.py", { scheme: "vscode-remote", authority: "wsl+ubuntu" }))).toHaveProperty("why");
    expect(codeTarget(file("train.py", { scheme: "git" }))).toHaveProperty("why");
  });
});

it("the lens stands where a Python file begins as a program", () => {
  expect(mainLines('import a\nif __name__ == "__main__":\n    main()\n')).toEqual([1]);
  expect(mainLines("if '__main__' == __name__ :\r\n")).toEqual([0]);
  expect(mainLines('# if __name__ == "__main__":\n    if __name__ == "__main__":\nx = "__main__"\n')).toEqual([]);
});

describe("a file that a job's output names", () => {
  const launch = { settings: { program: "a.py", folder: "src" }, place: { kind: "client", folder: "/w/v" } } as const;
  const copy = "/home/ann/.local/state/tensorline/hosts/m/jobs/j-1/code";

  it("is the one that the job has a copy of", () => {
    const here = (path: string) => ({ kind: "client", folder: "/w/v", path });
    expect(sourcePlace(`${copy}/pkg/model.py`, "j-1", launch)).toEqual(here("pkg/model.py"));
    expect(sourcePlace("model.py", "j-1", launch)).toEqual(here("src/model.py"));
    expect(sourcePlace("../model.py", "j-1", launch)).toEqual(here("model.py"));
  });

  it("is one of the host where it is no copy", () => {
    expect(sourcePlace("/usr/lib/python3/x.py", "j-1", launch)).toEqual({
      kind: "host",
      path: "/usr/lib/python3/x.py",
    });
    expect(sourcePlace(`${copy}/a.py`, "j-2", launch)).toEqual({ kind: "host", path: `${copy}/a.py` });
    const there = { ...launch, place: { kind: "host", folder: "/home/ann/v" } } as const;
    expect(sourcePlace("x.py", "j-1", there)).toEqual({ kind: "host", path: "/home/ann/v/src/x.py" });
  });

  it("is none outside the folder", () => {
    expect(sourcePlace("../../../etc/passwd", "j-1", launch)).toBeUndefined();
    expect(sourcePlace(`${copy}/../../x`, "j-1", launch)).toBeUndefined();
    expect(sourcePlace("x.py", "j-1", undefined)).toBeUndefined();
  });
});

describe("what is remembered", () => {
  const memory = () => {
    const kept = new Map<string, unknown>();
    return {
      get: <T>(key: string, otherwise: T) => (kept.get(key) as T | undefined) ?? otherwise,
      update: async (key: string, value: unknown) => {
        kept.set(key, value);
      },
    };
  };
  const launch = {
    settings: { program: "train.py", arguments: "--lr 1" },
    place: { kind: "client", folder: "/v" },
  } as const;

  it("is the last settings of a file, how a job was launched, and the hosts", async () => {
    const remembered = createRemembered(memory(), memory());
    await remembered.launched("/v/train.py", "j1", "lab1", launch);
    await remembered.launched("/v/other.py", "j2", "rtx", launch);
    await remembered.launched("/v/other.py", "j3", "lab1", launch);
    expect(remembered.settings("/v/train.py")).toEqual(launch.settings);
    expect(remembered.settings("/v/none.py")).toBeUndefined();
    expect(remembered.launchOf("j2")).toEqual(launch);
    expect(remembered.lastHosts()).toEqual(["lab1", "rtx"]);
  });

  it("does not grow without end, and what an older version wrote does no harm", async () => {
    const workspace = memory();
    const remembered = createRemembered(workspace, memory());
    await workspace.update("tensorline.jobs.settings", { "/v/old.py": { program: 3 } });
    expect(remembered.settings("/v/old.py")).toBeUndefined();
    for (let i = 0; i < 320; i++) await remembered.launched(`/v/${i}.py`, `j${i}`, `h${i}`, launch);
    expect(remembered.launchOf("j0")).toBeUndefined();
    expect(remembered.launchOf("j319")).toEqual(launch);
    expect(remembered.lastHosts()).toHaveLength(8);
  });
});

describe("the status bar", () => {
  it("is empty without jobs, names one and counts several", () => {
    const one = { host, job, progress };
    expect(statusWords([])).toBeUndefined();
    expect(statusWords([one])?.text).toBe("$(play) train.py 45 %");
    expect(statusWords([{ host, job: { ...job, state: "queued" } }])?.text).toBe("$(clock) train.py queued");
    expect(statusWords([one, one])?.text).toBe("$(play) 2 jobs");
    expect(statusWords([one, { host, job: { ...job, state: "queued" } }])?.text).toBe("$(play) 1/2 jobs run");
  });

  it("takes no icon from a name", () => {
    expect(statusWords([{ host, job: { ...job, name: "$(bug)" } }])?.text).toBe("$(play) $ (bug)");
  });
});

describe("a task", () => {
  const bytes = (text: string) => new TextEncoder().encode(text);

  it("shows a log with the line ends of a terminal, however it is cut", () => {
    const log = "a\nb\r\n10%\r20%\r\né\n";
    for (const size of [1, 2, 3, 100]) {
      const text = createTaskText();
      let shown = "";
      const all = bytes(log);
      for (let at = 0; at < all.length; at += size) shown += text.write(all.subarray(at, at + size));
      expect(shown + text.end()).toBe("a\r\nb\r\n10%\r20%\r\né\r\n");
    }
  });

  it("names the files that are open here, however the log is cut", () => {
    const copy = "/h/.local/state/tensorline/hosts/m/jobs/j-1/code";
    const log = `  File "${copy}/a.py", line 3\n${copy}\n${copy}s /x/jobs/j-2/code ${copy}`;
    const here = '  File "c:\\v$&/a.py", line 3\r\nc:\\v$&\r\n';
    for (const size of [1, 5, 60, 1000]) {
      const text = createTaskText({ jobId: "j-1", folder: "c:\\v$&" });
      let shown = "";
      const all = bytes(log);
      for (let at = 0; at < all.length; at += size) shown += text.write(all.subarray(at, at + size));
      expect(shown + text.end()).toBe(`${here}${copy}s /x/jobs/j-2/code c:\\v$&`);
    }
  });

  it("holds nothing back that is no path", () => {
    const text = createTaskText({ jobId: "j-1", folder: "/v" });
    expect(text.write(bytes(" 45%|████▌     | 450/1000"))).toBe(" 45%|████▌     | 450/1000");
    expect(text.write(bytes("loading /data"))).toBe("loading ");
    expect(text.write(bytes("\n"))).toBe("/data\r\n");
  });

  it("ends with the job's own code", () => {
    expect(endCode({ state: "succeeded", exitCode: 0 })).toBe(0);
    expect(endCode({ state: "failed", exitCode: 3 })).toBe(3);
    expect(endCode({ state: "failed" })).toBe(255);
    expect(endCode({ state: "stopped" })).toBe(130);
    expect(endCode({ state: "lost" })).toBe(254);
  });

  it("is a preset with what it changes, and says what is wrong", () => {
    const presets = { big: { program: "train.py", gpus: { count: 4 }, arguments: "--big" } };
    const definition = { type: "tensorline", preset: "big", arguments: "--small" };
    expect(taskSettings(definition, presets)).toEqual({ ...presets.big, arguments: "--small" });
    expect(taskSettings({ type: "tensorline" }, presets)).toEqual({ why: "it names neither a program nor a preset" });
    expect(taskSettings({ preset: "none" }, presets)).toEqual({ why: "there is no preset none" });
    expect(taskSettings({ preset: "constructor" }, presets)).toEqual({ why: "there is no preset constructor" });
    expect(taskSettings({ program: "a", gpus: { count: -1 } }, presets)).toMatchObject({
      why: expect.stringMatching(/^gpus\.count: /),
    });
  });

  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));

  it("is described in the manifest as it is read", () => {
    const [definition] = manifest.contributes.taskDefinitions;
    expect(Object.keys(definition.properties).sort()).toEqual(Object.keys(TaskSettingsSchema.entries).sort());
  });

  it("has its errors found in tracebacks, with and without marks under the place", () => {
    const find = (name: string, lines: string[]) => {
      const { pattern } = manifest.contributes.problemMatchers.find((one: { name: string }) => one.name === name);
      return pattern.map(({ regexp }: { regexp: string }, index: number) =>
        new RegExp(regexp).exec(lines[index] ?? ""),
      );
    };
    const frame = ['  File "/v/model.py", line 41, in forward', "    return self.fc2(h)"];
    const error = "RuntimeError: mat1 and mat2 shapes cannot be multiplied (32x784 and 512x10)";
    const plain = find("tensorline-python", [...frame, error]);
    expect([plain[0]?.[1], plain[0]?.[2], plain[2]?.[1]]).toEqual(["/v/model.py", "41", error]);
    const marked = find("tensorline-python-marked", [...frame, "           ~~~~~~~~^^^", error]);
    expect([marked[0]?.[1], marked[0]?.[2], marked[3]?.[1]]).toEqual(["/v/model.py", "41", error]);
    expect(find("tensorline-python", [...frame, '  File "/v/x.py", line 1, in g'])[2]).toBeNull();
    expect(find("tensorline-python", [...frame, "torch.cuda.OutOfMemoryError: CUDA out of memory."])[2]?.[1]).toMatch(
      /^torch/,
    );
    expect(find("tensorline-python", [...frame, "KeyboardInterrupt"])[2]?.[1]).toBe("KeyboardInterrupt");
  });
});

describe("the menu of a row", () => {
  const manifest = JSON.parse(readFileSync(new URL("../../../package.json", import.meta.url), "utf8"));
  const items: { command: string; when: string; group: string }[] = manifest.contributes.menus["view/item/context"];
  const menu = (context: string, group: RegExp) =>
    items
      .filter((item) => item.when.startsWith("view == tensorline.jobs && ") && group.test(item.group))
      .filter(({ when }) => {
        const [, exact, pattern = ""] = / viewItem (?:== (\S+)|=~ \/(.+)\/)$/.exec(when) ?? [];
        return exact === undefined ? new RegExp(pattern).test(context) : exact === context;
      })
      .sort((a, b) => a.group.localeCompare(b.group))
      .map(({ command }) => command.replace("tensorline.", ""));
  const contextOf = (one: Job, more: Partial<JobContext> = {}) => jobWords(one, context(more)).context;

  it("has at most three actions in line: look, stop, run again", () => {
    expect(menu(contextOf(job), /^inline/)).toEqual(["showJob", "stopJob", "restartJob"]);
    expect(menu(contextOf(ended), /^inline/)).toEqual(["showJob", "restartJob"]);
    expect(menu(contextOf(job, { isMine: false }), /^inline/)).toEqual([]);
  });

  it("goes from looking to opening, acting and removing, and offers what can be done", () => {
    const running = menu(contextOf({ ...job, backend: "tmux" }), /^\d/);
    expect(running).toEqual([
      "showJob",
      "watchJob",
      "attachJob",
      "openJobPort",
      "bringJobResults",
      "restartJob",
      "changeJob",
      "copyJobId",
      "copyJobCommand",
      "stopJob",
    ]);
    expect(menu(contextOf(job, { isWatched: true }), /^1/)).toEqual(["showJob", "unwatchJob"]);
    expect(menu(contextOf(job), /^2/)).toEqual(["openJobPort", "bringJobResults"]);
    expect(menu(contextOf(ended), /^[124]/)).toEqual(["showJob", "bringJobResults", "deleteJob"]);
    expect(menu(contextOf({ ...job, state: "queued" }), /^[24]/)).toEqual(["bringJobResults", "stopJob"]);
    expect(menu(contextOf(job, { isMine: false }), /./)).toEqual([]);
  });
});
