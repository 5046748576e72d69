import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
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

const slow = 120_000;
const wheels = newFolder();
const offline = { packages: [], offlineFolder: wheels };

beforeAll(() => {
  writeWheel(wheels, "alpha", "1.0");
  writeWheel(wheels, "alpha", "2.0", { bytes: 30_000_000, data: "share/alpha/note" });
}, slow);

const problemOf = ({ exitCode, log }: Outcome): Problem | undefined =>
  problemByRules([...scriptFailures, ...systemFailures, ...pipFailures], {
    host: "lab1",
    title: "Test",
    exitCode,
    log,
  });

async function makeTrain(folder: string = newFolder()): Promise<string> {
  const prefix = join(folder, "train");
  const made = await carryOut(venvCommands.create(python, { ...offline, prefix, packages: ["alpha==1.0"] }));
  expect(made.exitCode).toBe(0);
  return prefix;
}

const upgrade = (prefix: string) =>
  venvCommands.install(python, environmentAt(prefix), { ...offline, packages: ["alpha"], upgrade: true });

/** Once pip has taken the old package away and has the new one to write. */
const inMidInstall = (act: (group: number) => void): Pick<RunOptions, "onLog"> => {
  let done = false;
  return {
    onLog(log, group) {
      if (done || !log.includes("Successfully uninstalled alpha-1.0")) return;
      done = true;
      act(group);
    },
  };
};

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
  it.each<[string, (group: number) => void]>([
    ["cancelled", (group) => void process.kill(-group, "SIGTERM")],
    ["killed at once", (group) => void process.kill(-group, "SIGKILL")],
    ["robbed of its pip", (group) => void process.kill(pipProcess(group), "SIGKILL")],
  ])(
    "leaves all as before when it is %s",
    async (_how, act) => {
      const prefix = await makeTrain();
      const before = fingerprint(prefix);
      const ended = await carryOut(upgrade(prefix), inMidInstall(act));
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
      const prefix = await makeTrain();
      const before = fingerprint(prefix);
      await carryOut(upgrade(prefix), {
        ...inMidInstall((group) => void process.kill(-group, "SIGKILL")),
        cutOff: true,
        env: { TMPDIR: newFolder() },
      });
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
      const prefix = await makeTrain();
      let second: Promise<Outcome> | undefined;
      const first = await carryOut(
        upgrade(prefix),
        inMidInstall((group) => {
          // It stands still until the other one was turned away.
          process.kill(-group, "SIGSTOP");
          second = carryOut(upgrade(prefix)).finally(() => process.kill(-group, "SIGCONT"));
        }),
      );
      expect(await second).toMatchObject({ exitCode: 45, undone: 0 });
      expect(problemOf(await (second as Promise<Outcome>))).toEqual({ reason: "environmentBusy", name: prefix });
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
      const prefix = join(folder, "train");
      const both = await Promise.all(
        [1, 2].map(() => carryOut(venvCommands.create(python, { ...offline, prefix, packages: ["alpha==1.0"] }))),
      );
      const [made, refused] = both.sort((a, b) => a.exitCode - b.exitCode);
      expect(made).toMatchObject({ exitCode: 0 });
      expect(refused).toMatchObject({ exitCode: 41, undone: 0 });
      expect(refused && problemOf(refused)).toEqual({ reason: "environmentExists", name: prefix });
      expect(output(`${prefix}/bin/alpha`)).toBe("1.0");
      expect(leftovers(folder)).toEqual([]);
    },
    slow,
  );

  it(
    "is gone when its making was cancelled in mid-install",
    async () => {
      const folder = newFolder();
      const plan = venvCommands.create(python, { ...offline, prefix: join(folder, "train"), packages: ["alpha"] });
      const ended = await carryOut(plan, {
        onLog: (log, group) =>
          void (log.includes("Installing collected packages: alpha") && process.kill(-group, "SIGTERM")),
      });
      expect(ended).toMatchObject({ exitCode: 143, undone: 0 });
      expect([...readdirSync(folder), ...scratchLeft()]).toEqual([]);
    },
    slow,
  );

  it(
    "can be deleted where the machine went down while it was made",
    async () => {
      const folder = newFolder();
      const prefix = join(folder, "train");
      await carryOut(venvCommands.create(python, { ...offline, prefix, packages: ["alpha"] }), {
        onLog: (log, group) =>
          void (log.includes("Installing collected packages: alpha") && process.kill(-group, "SIGKILL")),
        cutOff: true,
        env: { TMPDIR: newFolder() },
      });
      expect(leftovers(folder)).toEqual([".tensorline-train.claim", ".tensorline-train.made"]);
      expect(await carryOut(venvCommands.create(python, { ...offline, prefix }))).toMatchObject({ exitCode: 41 });
      expect(await carryOut(venvCommands.remove(python, environmentAt(prefix)))).toMatchObject({ exitCode: 0 });
      expect(readdirSync(folder)).toEqual([]);
    },
    slow,
  );
});

describe.skipIf(withoutMount !== undefined)(`on a file system of its own (${withoutMount ?? "tmpfs"})`, () => {
  it(
    "a full disk in mid-install leaves all as before",
    async () => {
      const disk = mount("size=60m");
      const prefix = await makeTrain(disk);
      const before = fingerprint(prefix);
      execFileSync("dd", ["if=/dev/zero", `of=${disk}/ballast`, "bs=1M", `count=${freeMebibytes(disk) - 10}`], {
        stdio: "pipe",
      });
      const failed = await carryOut(upgrade(prefix));
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
      const disk = mount("size=60m,nr_inodes=8000");
      const prefix = await makeTrain(disk);
      const before = fingerprint(prefix);
      expect(() => execFileSync("dd", ["if=/dev/zero", `of=${disk}/ballast`, "bs=4096"], { stdio: "pipe" })).toThrow();
      const failed = await carryOut(upgrade(prefix));
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
