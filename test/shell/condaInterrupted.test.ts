import { execFileSync } from "node:child_process";
import { chmodSync, existsSync, mkdirSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test } from "vitest";
import type { Plan } from "../../src/core/environments/manager";
import { condaCommands } from "../../src/core/environments/managers/commands/conda";
import { operationProblem } from "../../src/core/environments/managers/commands/failures";
import type { Environment } from "../../src/shared/environments";
import { type CondaHost, newHost, planned, writeEnvironment } from "./condaHost";
import { mount, withoutMount } from "./smallDisk";
import { readTree } from "./transferHost";

const commands = ["cp", "ln", "mkdir", "mv", "readlink", "rm", "rmdir"];

/** Programs that kill the shell that calls the Nth of them, N being in the file `limit`; 0: never. */
function writeTraps(host: CondaHost): { path: string; killAt(limit: number): void; called(): number } {
  const folder = join(host.home, "traps");
  mkdirSync(folder);
  for (const name of commands) {
    const trap = `#!/bin/sh
read -r count <'${folder}/count'
read -r limit <'${folder}/limit'
echo $((count + 1)) >'${folder}/count'
if [ $((count + 1)) = "$limit" ]; then kill -s KILL $PPID; exit 1; fi
exec /bin/${name} "$@"
`;
    writeFileSync(join(folder, name), trap, { mode: 0o755 });
  }
  return {
    path: `${folder}:/usr/bin:/bin`,
    killAt(limit) {
      writeFileSync(join(folder, "count"), "0\n");
      writeFileSync(join(folder, "limit"), `${limit}\n`);
    },
    called: () => Number(readFileSync(join(folder, "count"), "utf8")),
  };
}

const contents = (folder: string): Record<string, string> =>
  Object.fromEntries(
    Object.entries(readTree(folder)).map(([path, what]) => [path, what.replace(/^(file \d+) \d+/, "$1")]),
  );

function newTrain() {
  const host = newHost(["dash"]);
  const prefix = join(host.envs, "train");
  const environment: Environment = { manager: "conda", name: "train", prefix, packages: [] };
  const write = () => {
    rmSync(host.envs, { recursive: true, force: true, maxRetries: 5 });
    writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
    writeEnvironment(join(host.envs, "other"));
  };
  write();
  return { ...host, prefix, environment, write, traps: writeTraps(host) };
}

/** Ends the work, then its undoing, at every command there is; what is left once it was undone again goes to `check`. */
async function cutEverywhere(
  { traps, start, write }: ReturnType<typeof newTrain>,
  plan: () => Plan,
  env: Readonly<Record<string, string>>,
  check: () => void,
): Promise<void> {
  const { undo = "", ...work } = plan().operation;
  const withScript = (script: string): Plan => ({ ...plan(), operation: { ...work, script } });
  // The same operation all along: its undo looks for what bears its id.
  const id = { TENSORLINE_OPERATION: "cut", PATH: traps.path };
  const run = async (script: string, more: Readonly<Record<string, string>>, limit: number) => {
    traps.killAt(limit);
    return (await start(withScript(script), { ...id, ...more }).ended).exitCode;
  };
  let reached = 0;
  for (let limit = 1; reached >= limit - 1; limit += 1) {
    write();
    await run(work.script, env, limit);
    reached = traps.called();
    expect(await run(undo, {}, 0), `undone after command ${limit}`).toBe(0);
    check();
  }
  expect(reached).toBeGreaterThan(3);
  reached = 0;
  for (let limit = 1; reached >= limit - 1; limit += 1) {
    write();
    await run(work.script, { ...env, STANDIN_HALF: "die" }, 0);
    await run(undo, {}, limit);
    reached = traps.called();
    expect(await run(undo, {}, 0), `undone again after command ${limit} of undoing`).toBe(0);
    check();
  }
  expect(reached).toBeGreaterThan(0);
}

describe("an operation that is ended at any command", () => {
  test("changes nothing, or the change is complete", async () => {
    const train = newTrain();
    const before = contents(train.envs);
    const plan = () => planned(condaCommands.install, train.tool("conda"), train.environment, { packages: ["scipy"] });
    let unchanged = 0;
    await cutEverywhere(train, plan, {}, () => {
      const after = contents(train.envs);
      if (existsSync(join(train.prefix, "conda-meta/scipy-1.0-0.json"))) {
        expect(Object.keys(after).sort()).toEqual([...Object.keys(before), "train/conda-meta/scipy-1.0-0.json"].sort());
        return;
      }
      expect(after).toEqual(before);
      unchanged += 1;
    });
    expect(unchanged).toBeGreaterThan(10);
  });

  test("makes no environment, or a whole one", async () => {
    const train = newTrain();
    const before = contents(train.envs);
    const plan = () => planned(condaCommands.create, train.tool("conda"), { name: "new", packages: ["numpy"] });
    await cutEverywhere(train, plan, {}, () => {
      if (!existsSync(join(train.envs, "new"))) expect(contents(train.envs)).toEqual(before);
      else expect(readdirSync(join(train.envs, "new/conda-meta"))).toContain("numpy-1.0-0.json");
      expect(readdirSync(train.envs).filter((name) => name.startsWith("."))).toEqual([]);
    });
  });

  test("removes nothing, or all of it", async () => {
    const train = newTrain();
    const before = contents(train.envs);
    const plan = () => planned(condaCommands.remove, train.tool("conda"), train.environment);
    const gone = Object.fromEntries(Object.entries(before).filter(([path]) => !/^train(\/|$)/.test(path)));
    await cutEverywhere(train, plan, {}, () => {
      expect(contents(train.envs)).toEqual(existsSync(train.prefix) ? before : gone);
    });
  });

  test("removes what took away its own right to be removed", async () => {
    const { run, tool, prefix, environment, envs } = newTrain();
    chmodSync(join(prefix, "lib/python3.12"), 0o500);
    const end = await run(planned(condaCommands.remove, tool("conda"), environment));
    expect(end).toMatchObject({ exitCode: 0 });
    expect(readdirSync(envs)).toEqual(["other"]);
  });
});

describe.skipIf(withoutMount !== undefined)(`on a file system of its own (${withoutMount ?? "tmpfs"})`, () => {
  test("a disk that fills up to the last byte and file leaves an environment as it was, and no new one", async () => {
    const host = newHost(["dash"]);
    mount("size=1m,nr_inodes=100", host.envs);
    const prefix = join(host.envs, "train");
    writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
    const before = contents(host.envs);
    const environment: Environment = { manager: "conda", name: "train", prefix, packages: [] };
    for (const plan of [
      planned(condaCommands.install, host.tool("conda"), environment, { packages: ["numpy=2.0"] }),
      planned(condaCommands.create, host.tool("conda"), { name: "new", packages: [] }),
    ]) {
      const end = await host.run(plan, { STANDIN_HALF: "fill" });
      expect(end).toMatchObject({ exitCode: 1, undone: 0 });
      expect(operationProblem(plan.title, end.exitCode, end.log)).toMatchObject({ reason: "hostDiskFull" });
      expect(contents(host.envs)).toEqual(before);
    }
  });

  test("a change does not begin where there is no room to keep what was there", async () => {
    const host = newHost(["dash"]);
    mount("size=1m,nr_inodes=16", host.envs);
    const prefix = join(host.envs, "train");
    writeEnvironment(prefix, { python: "3.12.4", numpy: "1.26.4" });
    const before = contents(host.envs);
    const environment: Environment = { manager: "conda", name: "train", prefix, packages: [] };
    const plan = planned(condaCommands.install, host.tool("conda"), environment, { packages: ["numpy=2.0"] });
    const end = await host.run(plan, { STANDIN_HALF: "die" });
    expect(end).toMatchObject({ exitCode: 1, undone: 0 });
    expect(operationProblem(plan.title, end.exitCode, end.log)).toMatchObject({ reason: "hostDiskFull" });
    expect(contents(host.envs)).toEqual(before);
  });

  test("a file system that is read-only is said to be", async () => {
    const host = newHost(["dash"]);
    mount("size=1m", host.envs);
    const prefix = join(host.envs, "train");
    writeEnvironment(prefix);
    execFileSync("mount", ["-o", "remount,ro", host.envs]);
    const environment: Environment = { manager: "conda", name: "train", prefix, packages: [] };
    for (const plan of [
      planned(condaCommands.install, host.tool("conda"), environment, { packages: ["numpy=2.0"] }),
      planned(condaCommands.remove, host.tool("conda"), environment),
      planned(condaCommands.create, host.tool("conda"), { prefix: join(host.envs, "new"), packages: [] }),
    ]) {
      const end = await host.run(plan);
      expect(end).toMatchObject({ exitCode: 1, undone: 0 });
      expect(operationProblem(plan.title, end.exitCode, end.log)).toMatchObject({ reason: "hostReadOnly" });
    }
  });
});
