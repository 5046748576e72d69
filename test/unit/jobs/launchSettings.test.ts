import { describe, expect, it } from "vitest";
import { commandLine, type Program, shownCommand } from "../../../src/core/jobs/launch/command";
import { jsonErrorLine } from "../../../src/core/jobs/launch/jsonErrorLine";
import { keepLaunch, readLaunch } from "../../../src/core/jobs/launch/keptLaunch";
import { readPresets } from "../../../src/core/jobs/launch/presets";
import {
  gpuWish,
  jobName,
  launcherOf,
  settingsFault,
  splitArguments,
  timeLimitSeconds,
} from "../../../src/core/jobs/launch/settings";
import { targetOf } from "../../../src/core/jobs/launch/target";
import { sentence } from "../../../src/core/words";
import type { JobSettings } from "../../../src/shared/jobSettings";

const split = (text: string) => splitArguments({ program: "x", arguments: text });

describe("arguments", () => {
  it.each<[string, readonly string[]]>([
    ["", []],
    ["  --lr 1e-3\t--out\n x ", ["--lr", "1e-3", "--out", "x"]],
    ["'a b' \"c d\" e\\ f", ["a b", "c d", "e f"]],
    ["--x='a'\"b\"c", ["--x=abc"]],
    ["'' \"\"", ["", ""]],
    ["'it'\\''s'", ["it's"]],
    ['"a\\"b\\\\c\\$d\\e"', ['a"b\\c$d\\e']],
    ["$HOME `id` $(id) * ~ # ; | & > {a,b}", ["$HOME", "`id`", "$(id)", "*", "~", "#", ";", "|", "&", ">", "{a,b}"]],
    ["a\\\nb \"c\\\nd\" 'e\\\nf'", ["ab", "cd", "e\\\nf"]],
    ["ünï 'ко т' 💡", ["ünï", "ко т", "💡"]],
  ])("%j are %j", (text, words) => {
    expect(split(text)).toEqual(words);
  });

  it.each(["'a", '"a', 'x "a\\"', "a\\"])("%s are not whole", (text) => {
    expect(() => split(text)).toThrowError(
      expect.objectContaining({ problem: expect.objectContaining({ reason: "jobUnusable", name: "x" }) }),
    );
  });
});

describe("settings", () => {
  it.each([
    ["90m", 5400],
    ["2h30m", 9000],
    ["1d", 86_400],
    ["1d1h1m1s", 90_061],
    ["", undefined],
    ["0m", undefined],
  ])("%s is a time limit of %s s", (timeLimit, seconds) => {
    expect(timeLimitSeconds({ timeLimit })).toBe(seconds);
  });

  it.each<[Partial<JobSettings>, ReturnType<typeof gpuWish>]>([
    [{}, { kind: "any", count: 1, queue: true }],
    [{ program: "nvidia-smi" }, { kind: "none" }],
    [{ gpus: { count: 0 } }, { kind: "none" }],
    [
      { gpus: { count: 2, memoryGigabytes: 20.5 }, queue: false },
      { kind: "any", count: 2, queue: false, memoryBytes: 20.5e9 },
    ],
    [{ gpus: { count: 2, ids: ["GPU-1"] } }, { kind: "these", ids: ["GPU-1"], queue: true }],
    [{ gpus: { count: 2, ids: [] } }, { kind: "any", count: 2, queue: true }],
    [
      { program: "x", gpus: { memoryGigabytes: 8 } },
      { kind: "any", count: 1, queue: true, memoryBytes: 8e9 },
    ],
    [{ gpus: { count: 2 }, variables: { CUDA_VISIBLE_DEVICES: "3" } }, { kind: "given" }],
    [{ variables: { HIP_VISIBLE_DEVICES: "" } }, { kind: "given" }],
  ])("%j wish for %j", (settings, wish) => {
    expect(gpuWish({ program: "train.py", ...settings })).toEqual(wish);
  });

  it.each([
    ["train.py", "python", "train.py"],
    ["-m pkg.train", "python", "pkg.train"],
    ["scripts/run.sh", "command", "run.sh"],
    ["src\\train.py", "python", "train.py"],
    ["nvidia-smi", "command", "nvidia-smi"],
  ])("%s is started by %s and called %s", (program, launcher, name) => {
    expect(launcherOf({ program })).toBe(launcher);
    expect(jobName({ program })).toBe(name);
  });

  it("give a job a name of one short line", () => {
    expect(jobName({ name: `a\nb${"x".repeat(300)}` })).toBe(`a b${"x".repeat(197)}`);
    expect(jobName({ name: "  ", program: "dir/" })).toBe("job");
  });

  it("do not say what a secret is, nor take names that are Tensorline's", () => {
    expect(settingsFault({ variables: { KEY: "v" }, secrets: ["KEY"] })).toBe("KEY is both a variable and a secret");
    expect(settingsFault({ variables: { TENSORLINE_OUT: "/" } })).toContain("TENSORLINE_OUT");
    expect(settingsFault({ secrets: ["TENSORLINE_JOB"] })).toContain("TENSORLINE_JOB");
    expect(settingsFault({ variables: { A: "1\n2" } })).toContain("line break");
    expect(settingsFault({ variables: { A: "1" }, secrets: ["B"] })).toBeUndefined();
  });
});

describe("presets", () => {
  it("work although others do not, each of which is told", () => {
    const text = JSON.stringify({
      $schema: "https://example.org/schema.json",
      good: { program: "train.py", gpus: { count: 2 }, secrets: ["WANDB_API_KEY"] },
      "no program": { gpus: { count: 2 } },
      typo: { program: "x", timelimit: "2h" },
      "deep typo": { program: "x", gpus: { memory: 3 } },
      bad: { program: "x", gpus: { count: -1 }, variables: { "A B": "x" } },
      time: { program: "x", timeLimit: "2 hours" },
      told: { program: "x", variables: { KEY: "value" }, secrets: ["KEY"] },
      "not one": 3,
      __proto__: undefined,
    });
    const { presets, problems } = readPresets(text, "jobs.json");
    expect(Object.keys(presets)).toEqual(["good"]);
    const told = problems.map(sentence);
    expect(told).toHaveLength(7);
    expect(told[0]).toContain('"no program": the field program is missing');
    expect(told[1]).toContain('"typo": there is no field timelimit');
    expect(told[2]).toContain('"deep typo": there is no field gpus.memory');
    expect(told[3]).toMatch(/"bad": gpus\.count: .*; variables\.A B: /);
    expect(told[4]).toContain("timeLimit: is no time such as 2h30m");
    expect(told[5]).toContain("KEY is both a variable and a secret");
    for (const words of told) expect(words).toContain("jobs.json");
  });

  it("that are called like parts of an object are presets", () => {
    const { presets } = readPresets('{"__proto__": {"program": "a.py"}, "constructor": {"program": "b.py"}}', "f");
    expect(Object.keys(presets)).toEqual(["__proto__", "constructor"]);
  });

  it.each(["[]", "3", "null", '"x"'])("are no %s", (text) => {
    expect(readPresets(text, "f")).toMatchObject({
      presets: {},
      problems: [{ reason: "presetsUnreadable", file: "f" }],
    });
  });

  it("may begin with a byte order mark", () => {
    expect(readPresets('\ufeff{"a": {"program": "x"}}', "f").presets).toEqual({ a: { program: "x" } });
  });

  it.each([
    ["{\n\n  'a': 1\n}", 3],
    ['{\n "a": 1,\n}', 3],
    ['{\n "a": 1\n "b": 2\n}', 3],
    ['{\n "a": [1,\n 2\n', 3],
    ["{}\n\nx", 3],
    ["// comment\n{}", 1],
    ['{"a":\n 01}', 2],
    ['{"a": "b\nc"}', 1],
    ["", 1],
    ["[".repeat(100_000), 1],
  ])("that are no JSON are told with the line", (text, line) => {
    expect(() => JSON.parse(text)).toThrow();
    expect(jsonErrorLine(text)).toBe(line);
    if (text.length < 100) {
      expect(sentence(readPresets(text, "f").problems[0] ?? { reason: "cancelled" })).toContain(`line ${line} `);
    }
  });
});

describe("what a host keeps to start a job again", () => {
  it("comes back as it was", () => {
    const launch = { settings: { program: "x", secrets: ["K"] }, place: { kind: "client", folder: "C:\\p" } } as const;
    const settings = { ...launch.settings, secrets: [...launch.settings.secrets] };
    expect(readLaunch(keepLaunch({ ...launch, settings }) ?? "")).toEqual(launch);
  });

  it("is left out where it is too long, and not believed", () => {
    const place = { kind: "host", folder: "/p" } as const;
    expect(keepLaunch({ settings: { program: "x", arguments: "y".repeat(16_000) }, place })).toBeDefined();
    expect(keepLaunch({ settings: { program: "x", arguments: "ü".repeat(9000) }, place })).toBeUndefined();
    for (const text of ["", "{", "{}", '{"settings":{"program":""},"place":{"kind":"host","folder":"/"}}'])
      expect(readLaunch(text)).toBeUndefined();
  });
});

describe("the command of", () => {
  const program: Program = {
    launcher: "python",
    kind: "file",
    name: "train.py",
    arguments: ["--lr", "0.1"],
    python: "python",
    processes: 2,
  };
  const words = ["train.py", "--lr", "0.1"];

  it.each<[Partial<Program>, readonly string[]]>([
    [{}, ["python", ...words]],
    [{ kind: "module", name: "pkg.train" }, ["python", "-m", "pkg.train", "--lr", "0.1"]],
    [{ launcher: "command", name: "nvidia-smi", arguments: ["-L"] }, ["nvidia-smi", "-L"]],
    [
      { launcher: "torchrun" },
      ["python", "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", ...words],
    ],
    [
      { launcher: "torchrun", kind: "module", name: "pkg.train", arguments: [], python: "python3.12" },
      ["python3.12", "-m", "torch.distributed.run", "--standalone", "--nproc_per_node", "2", "-m", "pkg.train"],
    ],
    [{ launcher: "accelerate" }, ["python", "-m", "accelerate.commands.launch", "--num_processes", "2", ...words]],
  ])("%j is %j", (more, argv) => {
    expect(commandLine({ ...program, ...more })).toEqual(argv);
    expect(shownCommand({ ...program, ...more })).toEqual(argv);
  });

  it("several processes holds the runner, which people need not see", () => {
    const argv = commandLine({ ...program, launcher: "processes" });
    expect([...argv.slice(0, 2), ...argv.slice(3)]).toEqual(["sh", "-c", "sh", "2", "python", ...words]);
    expect(shownCommand({ ...program, launcher: "processes" })).toEqual(["python", ...words]);
    expect(commandLine({ ...program, launcher: "processes", name: "./x.sh" }).slice(3)).toEqual([
      "sh",
      "2",
      "./x.sh",
      "--lr",
      "0.1",
    ]);
  });
});

describe("where a job works", () => {
  const onClient = (settings: JobSettings, folder = "/home/me/proj") =>
    targetOf(settings, { kind: "client", folder }, "linux");
  const onWindows = (settings: JobSettings) =>
    targetOf(settings, { kind: "client", folder: "C:\\Users\\me\\proj" }, "win32");
  const onHost = (settings: JobSettings) => targetOf(settings, { kind: "host", folder: "/data/proj" }, "linux");

  it.each<[JobSettings, object]>([
    [{ program: "train.py" }, { isSynced: true, folder: ".", name: "train.py", file: "train.py" }],
    [{ program: "./a/../src/train.py" }, { folder: ".", name: "src/train.py", file: "src/train.py" }],
    [{ program: "/home/me/proj/src/train.py" }, { name: "src/train.py", file: "src/train.py" }],
    [
      { program: "src/train.py", folder: "exp/" },
      { folder: "exp", name: "../src/train.py", file: "src/train.py" },
    ],
    [
      { program: "-m pkg.train", folder: "src" },
      { isSynced: true, kind: "module", folder: "src", name: "pkg.train" },
    ],
    [{ program: "scripts/run.sh" }, { kind: "file", name: "./scripts/run.sh", file: "scripts/run.sh" }],
    [
      { program: "run.sh", folder: "scripts" },
      { name: "run.sh", file: "run.sh" },
    ],
    [{ program: "-weird.py" }, { name: "./-weird.py", file: "-weird.py" }],
    [{ program: "/opt/tool.py" }, { isSynced: false, folder: "~", name: "/opt/tool.py" }],
    [
      { program: "/opt/tool.py", sync: true },
      { isSynced: true, folder: ".", name: "/opt/tool.py" },
    ],
    [
      { program: "nvidia-smi", sync: false },
      { isSynced: false, folder: "~", name: "nvidia-smi" },
    ],
    [
      { program: "-m pkg", sync: false, folder: "/data" },
      { isSynced: false, folder: "/data", kind: "module" },
    ],
  ])("with a folder of the client: %j", (settings, target) => {
    expect(onClient(settings)).toMatchObject(target);
  });

  it.each<[JobSettings, object]>([
    [{ program: "src\\train.py" }, { isSynced: true, name: "src/train.py", file: "src/train.py" }],
    [
      { program: "C:\\Users\\me\\proj\\src\\train.py", folder: "src" },
      { folder: "src", name: "train.py", file: "src/train.py" },
    ],
    [{ program: "c:\\users\\ME\\proj\\x.py" }, { name: "x.py", file: "x.py" }],
    [{ program: "/data/train.py" }, { isSynced: false, name: "/data/train.py" }],
  ])("on Windows: %j", (settings, target) => {
    expect(onWindows(settings)).toMatchObject(target);
  });

  it.each<[JobSettings, object]>([
    [{ program: "train.py" }, { isSynced: false, folder: "/data/proj", name: "train.py" }],
    [
      { program: "src/train.py", folder: "exp" },
      { folder: "/data/proj/exp", name: "../src/train.py" },
    ],
    [
      { program: "src/train.py", folder: "~/run" },
      { folder: "~/run", name: "/data/proj/src/train.py" },
    ],
    [{ program: "run.sh" }, { name: "./run.sh", folder: "/data/proj" }],
    [{ program: "nvidia-smi" }, { name: "nvidia-smi", folder: "/data/proj" }],
    [
      { program: "/bin/tool", folder: "/tmp" },
      { folder: "/tmp", name: "/bin/tool" },
    ],
    [{ program: "-m pkg" }, { kind: "module", name: "pkg" }],
  ])("with a folder of the host: %j", (settings, target) => {
    expect(onHost(settings)).toMatchObject(target);
  });

  it.each<[JobSettings, string]>([
    [{ program: "../x.py" }, "codeUnreachable"],
    [{ program: "x.py", folder: "../y" }, "codeUnreachable"],
    [{ program: "x.py", folder: "/data" }, "jobUnusable"],
    [{ program: "x.py", sync: false }, "codeUnreachable"],
    [{ program: "-m pkg", folder: "src", sync: false }, "codeUnreachable"],
  ])("refuses %j as %s", (settings, reason) => {
    expect(() => onClient(settings)).toThrowError(expect.objectContaining({ message: reason }));
  });

  it("refuses another drive", () => {
    expect(() => onWindows({ program: "D:\\x.py" })).toThrowError(
      expect.objectContaining({ message: "codeUnreachable" }),
    );
  });
});
