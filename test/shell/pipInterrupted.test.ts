import { execFileSync } from "node:child_process";
import { cpSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import {
  pipFailures,
  problemByRules,
  scriptFailures,
  systemFailures,
} from "../../src/core/environments/managers/commands/pipFailures";
import { venvCommands } from "../../src/core/environments/managers/commands/venv";
import type { Problem } from "../../src/core/failure";
import { until } from "./operationHost";
import {
  carryOut,
  environmentAt,
  fingerprint,
  leftovers,
  newFolder,
  type Outcome,
  output,
  python,
  type RunOptions,
  scratchLeft,
  writeWheel,
} from "./pipHost";
import { mount, withoutMount } from "./smallDisk";

const slow = 300_000;
const wheels = newFolder();
const offline = { packages: [], offlineFolder: wheels };

/** The environment `train`, and a copy of it as it was made. */
const place = newFolder();
const prefix = join(place, "train");
const asMade = join(newFolder(), "train");

beforeAll(async () => {
  writeWheel(wheels, "alpha", "1.0");
  writeWheel(wheels, "alpha", "2.0", { bytes: 12_000_000, data: "share/alpha/note" });
  writeSlowPackage();
  const made = await carryOut(venvCommands.create(python, { ...offline, prefix, packages: ["alpha==1.0"] }));
  expect(made.exitCode).toBe(0);
  const [site = ""] = execFileSync("find", [prefix, "-name", "site-packages"], { encoding: "utf8" }).split("\n");
  writeFileSync(join(site, "sitecustomize.py"), halt);
  cpSync(prefix, asMade, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
}, slow);

/** In the environment's own Python: where a file is named, pip makes that and stands still while it is there. */
const halt = `import os, sys, time
half_way = os.environ.pop("HALF_WAY", None)
def wait(event, words):
    if half_way and event == "open" and str(words[0]).endswith("alpha/noise.bin") and words[1] == "w":
        os.close(os.open(half_way, os.O_CREAT))
        while os.path.exists(half_way):
            time.sleep(0.02)
sys.addaudithook(wait)
`;

/** A package that is built before it is installed, which stands still likewise. */
function writeSlowPackage(): void {
  const source = join(newFolder(), "slow-1.0");
  mkdirSync(source);
  writeFileSync(
    join(source, "pyproject.toml"),
    '[build-system]\nrequires = []\nbuild-backend = "backend"\nbackend-path = ["."]\n',
  );
  writeFileSync(
    join(source, "backend.py"),
    `import os, time
def build_wheel(*words):
    os.close(os.open(os.environ["HALF_WAY"], os.O_CREAT))
    time.sleep(1000)
`,
  );
  writeFileSync(join(source, "PKG-INFO"), "Metadata-Version: 2.1\nName: slow\nVersion: 1.0\n");
  execFileSync("tar", ["-czf", join(wheels, "slow-1.0.tar.gz"), "-C", join(source, ".."), "slow-1.0"]);
}

const problemOf = ({ exitCode, log }: Outcome): Problem | undefined =>
  problemByRules([...scriptFailures, ...systemFailures, ...pipFailures], {
    host: "lab1",
    title: "Test",
    exitCode,
    log,
  });

/** The environment as it was made, whatever a test did to it. Tells what it is like. */
function asNew(): string {
  rmSync(prefix, { recursive: true, force: true, maxRetries: 5 });
  cpSync(asMade, prefix, { recursive: true, verbatimSymlinks: true, preserveTimestamps: true });
  return fingerprint(prefix);
}

const upgrade = () =>
  venvCommands.install(python, environmentAt(prefix), { ...offline, packages: ["alpha"], upgrade: true });

/** Once pip has taken the old package away and has the new one to write, or has half made one: it goes on when `act` is through. */
function halfWay(act: (group: number) => unknown): Pick<RunOptions, "meanwhile" | "env"> {
  const file = join(newFolder(), "half way");
  return {
    env: { HALF_WAY: file },
    async meanwhile(group) {
      await until(() => existsSync(file), 60_000);
      await act(group);
      rmSync(file, { force: true });
    },
  };
}

/** The environment's place becomes a file system of its own. */
function diskAtPlace(settings: string): string {
  rmSync(place, { recursive: true, force: true, maxRetries: 5 });
  return mount(settings, place);
}

const killWith = (signal: NodeJS.Signals) => (group: number) => process.kill(-group, signal);

/** The process of a group whose words have `-m pip` among them. */
function pipProcess(group: number): number {
  for (const pid of readdirSync("/proc").filter((name) => /^\d+$/.test(name))) {
    try {
      const [, facts = ""] = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ");
      const words = readFileSync(`/proc/${pid}/cmdline`, "utf8");
      if (Number(facts.split(" ")[2]) === group && words.includes("\0-m\0pip\0")) return Number(pid);
    } catch {
      // It has ended meanwhile.
    }
  }
  throw new Error("pip does not run");
}

describe("an installation that is interrupted", () => {
  it.each<[string, (group: number) => unknown]>([
    ["cancelled", killWith("SIGTERM")],
    ["killed at once", killWith("SIGKILL")],
    ["robbed of its pip", (group) => process.kill(pipProcess(group), "SIGKILL")],
  ])(
    "leaves all as before when it is %s",
    async (_how, act) => {
      const before = asNew();
      const ended = await carryOut(upgrade(), halfWay(act));
      expect(ended.log).toContain("Successfully uninstalled alpha-1.0");
      expect(ended.exitCode).toBeGreaterThan(128);
      expect(ended.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      expect(scratchLeft()).toEqual([]);
    },
    slow,
  );

  it(
    "is put back by the next operation where the machine went down",
    async () => {
      const before = asNew();
      const { env, ...cut } = halfWay(killWith("SIGKILL"));
      await carryOut(upgrade(), { ...cut, cutOff: true, env: { ...env, TMPDIR: newFolder() } });
      expect(() => output(`${prefix}/bin/alpha`)).toThrow();
      const next = venvCommands.uninstall(python, environmentAt(prefix), ["nothing-like-this"]);
      const after = await carryOut(next);
      expect(after).toMatchObject({ exitCode: 0, log: expect.stringContaining("put back first") });
      expect(fingerprint(prefix)).toBe(before);
    },
    slow,
  );

  it(
    "keeps others from changing the same environment",
    async () => {
      asNew();
      const second: Outcome[] = [];
      const first = await carryOut(
        upgrade(),
        halfWay(async () => second.push(await carryOut(upgrade()))),
      );
      expect(second).toMatchObject([{ exitCode: 45, undone: 0 }]);
      expect(second.map(problemOf)).toEqual([{ reason: "environmentBusy", name: prefix }]);
      expect(first.exitCode).toBe(0);
      expect(output(`${prefix}/bin/alpha`)).toBe("2.0");
    },
    slow,
  );
});

describe("a new environment", () => {
  it(
    "is made by one of two that want it at once",
    async () => {
      const folder = newFolder();
      const train = join(folder, "train");
      const both = await Promise.all(
        [1, 2].map(() =>
          carryOut(venvCommands.create(python, { ...offline, prefix: train, packages: ["alpha==1.0"] })),
        ),
      );
      const [made, refused] = both.sort((a, b) => a.exitCode - b.exitCode);
      expect(made).toMatchObject({ exitCode: 0 });
      expect(refused).toMatchObject({ exitCode: 41, undone: 0 });
      expect(refused && problemOf(refused)).toEqual({ reason: "environmentExists", name: train });
      expect(output(`${train}/bin/alpha`)).toBe("1.0");
      expect(leftovers(folder)).toEqual([]);
    },
    slow,
  );

  it(
    "is gone when its making was cancelled half-way",
    async () => {
      const folder = newFolder();
      const plan = venvCommands.create(python, { ...offline, prefix: join(folder, "train"), packages: ["slow"] });
      const ended = await carryOut(plan, halfWay(killWith("SIGTERM")));
      expect(ended).toMatchObject({ exitCode: 143, undone: 0 });
      expect([...readdirSync(folder), ...scratchLeft()]).toEqual([]);
    },
    slow,
  );

  it(
    "can be deleted where the machine went down while it was made",
    async () => {
      const folder = newFolder();
      const train = join(folder, "train");
      const { env, ...cut } = halfWay(killWith("SIGKILL"));
      const plan = venvCommands.create(python, { ...offline, prefix: train, packages: ["slow"] });
      await carryOut(plan, { ...cut, cutOff: true, env: { ...env, TMPDIR: newFolder() } });
      expect(leftovers(folder)).toEqual([".tensorline-train.claim", ".tensorline-train.made"]);
      expect(await carryOut(venvCommands.create(python, { ...offline, prefix: train }))).toMatchObject({
        exitCode: 41,
      });
      expect(await carryOut(venvCommands.remove(python, environmentAt(train)))).toMatchObject({ exitCode: 0 });
      expect(readdirSync(folder)).toEqual([]);
    },
    slow,
  );
});

describe.skipIf(withoutMount !== undefined)(`on a file system of its own (${withoutMount ?? "tmpfs"})`, () => {
  it(
    "a full disk in mid-install leaves all as before",
    async () => {
      const disk = diskAtPlace("size=60m");
      const before = asNew();
      execFileSync("dd", ["if=/dev/zero", `of=${disk}/ballast`, "bs=1M", `count=${freeMebibytes(disk) - 4}`], {
        stdio: "pipe",
      });
      const failed = await carryOut(upgrade());
      expect(failed.log).toContain("Successfully uninstalled alpha-1.0");
      expect(problemOf(failed)).toMatchObject({ reason: "hostDiskFull" });
      expect(failed.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);
    },
    slow,
  );

  it(
    "a disk that is full to the last byte leaves all as before",
    async () => {
      const disk = diskAtPlace("size=60m,nr_inodes=8000");
      const before = asNew();
      expect(() => execFileSync("dd", ["if=/dev/zero", `of=${disk}/ballast`, "bs=4096"], { stdio: "pipe" })).toThrow();
      const failed = await carryOut(upgrade());
      expect(problemOf(failed)).toMatchObject({ reason: "hostDiskFull" });
      expect(failed.undone).toBe(0);
      expect(fingerprint(prefix)).toBe(before);
    },
    slow,
  );

  it(
    "a new environment for which there is no room leaves nothing",
    async () => {
      const disk = mount("size=4m");
      const plan = venvCommands.create(python, { ...offline, prefix: join(disk, "sub", "train") });
      const failed = await carryOut(plan);
      expect(problemOf(failed)).toMatchObject({ reason: "hostDiskFull" });
      expect(failed.undone).toBe(0);
      expect(readdirSync(join(disk, "sub"))).toEqual([]);
    },
    slow,
  );

  it(
    "a read-only folder is said to be one",
    async () => {
      const disk = mount("ro,size=64k");
      const failed = await carryOut(venvCommands.create(python, { ...offline, prefix: join(disk, "train") }));
      expect(failed.undone).toBe(0);
      expect(problemOf(failed)).toMatchObject({ reason: "hostReadOnly", path: expect.stringContaining(disk) });
      const below = await carryOut(venvCommands.create(python, { ...offline, prefix: join(disk, "sub", "train") }));
      expect(problemOf(below)).toMatchObject({ reason: "hostReadOnly" });
    },
    slow,
  );
});

const freeMebibytes = (folder: string): number =>
  Math.floor(Number(execFileSync("df", ["-Pk", folder], { encoding: "utf8" }).split("\n")[1]?.split(/\s+/)[3]) / 1024);
