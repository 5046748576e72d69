import { existsSync, mkdirSync, readdirSync, readFileSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listKept, removeKept } from "../../src/core/operations/kept";
import { clearRuns, prepareCommand, prepareRun, readRun, recentRecords } from "../../src/core/tensors/hook";
import { hookFiles, hookHash } from "../../src/core/tensors/hookFiles";
import { newFolder, noAbort, testHost, testShells } from "./operationHost";

const failure = (at: string) => ({
  origin: "main",
  at,
  exceptions: [{ type: "builtins.RuntimeError", message: "é", frames: [] }],
  layers: [],
  isCut: false,
});

const record = (pid: number, ...times: string[]) =>
  JSON.stringify({
    format: 1,
    pid,
    parentPid: 1,
    program: "train.py",
    folder: "/",
    python: "3.11.7",
    versions: {},
    failures: times.map(failure),
  });

const old = new Date(Date.now() - 40 * 86_400_000);

describe.each(testShells)("the hook on a host, under $name", (shell) => {
  it("is there whole before a run begins, once for all runs", async () => {
    const { runner, home } = testHost(shell);
    const root = join(home, ".local/state/tensorline");
    expect(await runner.run(prepareCommand("one", false), noAbort)).toBeUndefined();
    const [one, two] = await Promise.all(["one", "two"].map((id) => prepareRun(runner, id, noAbort)));
    expect(one?.hook).toBe(join(root, "hook", hookHash));
    expect(two?.hook).toBe(one?.hook);
    expect(readdirSync(join(root, "hook"))).toEqual([hookHash]);
    for (const [name, text] of Object.entries(hookFiles)) {
      expect(readFileSync(join(one?.hook ?? "", name), "utf8")).toBe(text);
      expect(statSync(join(one?.hook ?? "", name)).mode & 0o077).toBe(0);
    }
    expect(readdirSync(join(one?.hook ?? "", "_tensorline"))).toHaveLength(Object.keys(hookFiles).length - 1);
    expect(one?.run).toMatch(/\/hosts\/[^/]+\/runs\/one$/);
    expect(statSync(two?.run ?? "").mode & 0o777).toBe(0o700);
    // Nothing is sent again, and what a run recorded stays.
    writeFileSync(join(one?.run ?? "", "7.json"), "");
    expect(await runner.run(prepareCommand("one", false), noAbort)).toEqual(one);
    expect(readdirSync(one?.run ?? "")).toEqual(["7.json"]);
  });

  it("goes elsewhere where the home takes nothing, and nowhere else", async () => {
    const home = newFolder();
    mkdirSync(join(home, ".local"));
    writeFileSync(join(home, ".local/state"), "no folder");
    const spare = newFolder();
    mkdirSync(join(spare, "tmp"));
    const { runner } = testHost(shell, { HOME: home, HOST_VAR: spare });
    const place = await prepareRun(runner, "one", noAbort);
    expect(place.hook.startsWith(join(spare, "tmp/tensorline-"))).toBe(true);
    expect(existsSync(join(place.hook, "sitecustomize.py"))).toBe(true);
    const nowhere = testHost(shell, { HOME: home, HOST_VAR: join(home, ".local/state") });
    await expect(prepareRun(nowhere.runner, "one", noAbort)).rejects.toHaveProperty("problem.reason", "commandFailed");
    expect(() => prepareCommand("../up", false)).toThrow(RangeError);
  });

  it("leaves records that are read whole, bounded and in order", async () => {
    const { runner } = testHost(shell);
    const { run } = await prepareRun(runner, "one", noAbort);
    const put = (name: string, text: string) => writeFileSync(join(run, name), text);
    const now = new Date();
    const ago = (seconds: number) => new Date(now.getTime() - seconds * 1000).toISOString();
    put("12.json", record(12, ago(5), ago(1)));
    put("11.json", record(11, ago(7200)));
    put("13.json", record(13, ago(3)).slice(0, -9));
    put("14.json", `${record(14, ago(2))}${" ".repeat(300_000)}`);
    put(".15.new", record(15, ago(2)));
    put("x y.json", record(16, ago(2)));
    for (let pid = 100; pid < 200; pid++) {
      put(`${pid}.json`, "{}");
      utimesSync(join(run, `${pid}.json`), old, old);
    }
    const reading = await runner.run(readRun(run), noAbort);
    expect(reading.records.map(({ pid }) => pid)).toEqual([11, 12]);
    expect(reading.records[0]?.failures[0]?.exceptions[0]?.message).toBe("é");
    expect(Math.abs(Date.parse(reading.now) - now.getTime())).toBeLessThan(600_000);
    const recent = recentRecords({ ...reading, now: now.toISOString() }, 4000);
    expect(recent.map(({ pid, failures }) => [pid, failures.length])).toEqual([[12, 1]]);
    expect(await runner.run(readRun(`${run}-gone`), noAbort)).toEqual({ now: "", records: [] });
  });

  it("is cleared of what nobody has used for long, and goes with all that is kept", async () => {
    const { runner, home } = testHost(shell);
    const root = join(home, ".local/state/tensorline");
    const [{ run, hook }, later] = [await prepareRun(runner, "one", noAbort), await prepareRun(runner, "two", noAbort)];
    const older = join(root, "hook", "0123456789abcdef");
    mkdirSync(older);
    for (const folder of [run, hook, older]) utimesSync(folder, old, old);
    await runner.run(clearRuns(30), noAbort);
    expect([run, later.run, hook, older].map((folder) => existsSync(folder))).toEqual([false, true, true, false]);
    expect((await runner.run(listKept, noAbort))[0]?.path).toBe(root);
    expect(await runner.run(removeKept, noAbort)).toEqual([]);
    expect(existsSync(root)).toBe(false);
  });
});
