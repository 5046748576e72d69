import { type ChildProcess, spawn } from "node:child_process";
import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, describe, expect, test } from "vitest";
import { terminateProcess } from "../../src/core/gpu/terminate";
import { createLocalRunner } from "../mocks/localRunner";
import { shells } from "./probeHost";

const children: ChildProcess[] = [];
const folders: string[] = [];
afterEach(() => {
  for (const child of children.splice(0)) child.kill("SIGKILL");
  for (const folder of folders.splice(0)) rmSync(folder, { recursive: true });
});

/** A process that says `up` once its signal handling stands. */
async function start(script: string): Promise<{ pid: number; startTicks: number; ended: Promise<unknown> }> {
  const child = spawn("sh", ["-c", script], { stdio: ["ignore", "pipe", "ignore"] });
  children.push(child);
  const ended = new Promise((resolve) => child.once("exit", resolve));
  await new Promise((resolve) => child.stdout.once("data", resolve));
  const pid = child.pid ?? 0;
  return { pid, startTicks: startOf(pid), ended };
}

function startOf(pid: number): number {
  const stat = readFileSync(`/proc/${pid}/stat`, "utf8");
  return Number(stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[19]);
}

describe.each(shells.map((shell) => ({ name: shell.join(" "), shell })))(
  "ending a process under $name",
  ({ shell }) => {
    const runner = createLocalRunner({ shell, env: { PATH: "/usr/bin:/bin" } });
    const end = (target: { pid: number; startTicks: number }, force = false) =>
      runner.run(terminateProcess({ ...target, force, waitSeconds: 1 }), new AbortController().signal);

    test("it is gone", async () => {
      const process = await start("echo up; exec sleep 100");
      expect(await end(process)).toEqual({ kind: "gone" });
      await process.ended;
    });

    test("one that ignores the request survived, and is gone when forced", async () => {
      const process = await start("trap '' TERM; echo up; while :; do sleep 1; done");
      expect(await end(process)).toEqual({
        kind: "failed",
        problem: { reason: "processSurvived", pid: process.pid, seconds: 1 },
      });
      expect(await end(process, true)).toEqual({ kind: "gone" });
    });

    test("another process with the same pid is left alone", async () => {
      const process = await start("echo up; exec sleep 100");
      const outcome = await end({ pid: process.pid, startTicks: process.startTicks - 1 });
      expect(outcome).toEqual({ kind: "failed", problem: { reason: "processChanged", pid: process.pid } });
      expect(startOf(process.pid)).toBe(process.startTicks);
    });

    test("one that has ended is said so", async () => {
      const outcome = await end({ pid: 99999999, startTicks: 1 });
      expect(outcome).toEqual({ kind: "failed", problem: { reason: "noSuchProcess", pid: 99999999 } });
    });

    test("another user's process is left alone, and its owner named", async () => {
      const folder = mkdtempSync(join(tmpdir(), "terminate-"));
      folders.push(folder);
      const bin = join(folder, "bin");
      mkdirSync(bin);
      mkdirSync(join(folder, "77"));
      // The login is another one than the owner of the process, whoever runs this test.
      writeFileSync(join(bin, "id"), "#!/bin/sh\necho 1234\n", { mode: 0o755 });
      const fields = Array.from({ length: 50 }, (_, at) => (at === 19 ? "555" : "0"));
      writeFileSync(join(folder, "77", "stat"), `77 (a (b) c) S ${fields.slice(1).join(" ")}\n`);
      writeFileSync(join(folder, "77", "status"), "Name:\ta\nUid:\t4321\t4321\t4321\t4321\n");
      writeFileSync(join(folder, "passwd"), "root:x:0:0::/:/bin/sh\nbob:x:4321:4321::/:/bin/sh\n");
      const elsewhere = createLocalRunner({
        shell,
        env: { PATH: `${bin}:/usr/bin:/bin`, HOST_PROC: folder, HOST_ETC: folder },
      });
      const command = terminateProcess({ pid: 77, startTicks: 555, force: false, waitSeconds: 1 });
      expect(await elsewhere.run(command, new AbortController().signal)).toEqual({
        kind: "failed",
        problem: { reason: "notYourProcess", pid: 77, user: "bob" },
      });
    });
  },
);
