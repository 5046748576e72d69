import { closeSync, mkdirSync, openSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { listCommand, logIndexCommand } from "../../src/core/jobs/commands";
import { jobHost, jobRequest } from "./jobHost";
import { fifo, fullRun, newFolder, someShells, until, withTools } from "./operationHost";
import { mount, withoutMount } from "./smallDisk";

describe.each(someShells("dash", "busybox"))("under $name", (shell) => {
  it("the kernel's want of memory is told from another kill", async () => {
    const sys = newFolder();
    const gate = fifo();
    const own = readFileSync("/proc/self/cgroup", "utf8").match(/^0::(.*)$/m)?.[1] ?? "";
    const events = join(sys, "fs/cgroup", own, "memory.events");
    mkdirSync(join(events, ".."), { recursive: true });
    writeFileSync(events, "low 0\noom 3\noom_kill 3\n");
    const host = jobHost(withTools(shell, { dmesg: "exit 1" }), { HOST_SYS: sys });
    const text = `echo up; read -r line <${gate}; kill -s KILL $$`;
    const [mere, starved] = [jobRequest(text), jobRequest(text)];
    await host.submit(mere);
    await host.says(mere.id, "up");
    await writeFile(gate, "go\n");
    expect((await host.outcome(mere.id)).job).toMatchObject({ state: "failed", reason: "signal", signal: "SIGKILL" });
    await host.submit(starved);
    await host.says(starved.id, "up");
    writeFileSync(events, "low 0\noom 4\noom_kill 4\n");
    await writeFile(gate, "go\n");
    expect((await host.outcome(starved.id)).job).toMatchObject({
      state: "failed",
      reason: "hostOutOfMemory",
      exitCode: 137,
    });
  });

  it("the kernel's log tells of it too, if it names the job and is of its time", async () => {
    const said = newFolder();
    const host = jobHost(withTools(shell, { dmesg: `cat ${said}/log` }), { HOST_SYS: "/nonexistent" });
    const gate = fifo();
    const run = async (line: (pid: string) => string) => {
      const wish = jobRequest(`echo "pid $$"; read -r line <${gate}; kill -s KILL $$`);
      await host.submit(wish);
      await host.says(wish.id, "\n");
      const pid = /pid (\d+)/.exec(host.log(wish.id))?.[1] ?? "";
      writeFileSync(join(said, "log"), `[    1.000000] Linux\n${line(pid)}\n`);
      await writeFile(gate, "go\n");
      return (await host.outcome(wish.id)).job.reason;
    };
    const later = "[99999999.123456] Out of memory: Killed process";
    expect(await run((pid) => `${later} ${pid} (python) total-vm:1kB`)).toBe("hostOutOfMemory");
    expect(await run((pid) => `${later} ${pid}0 (python) total-vm:1kB`)).toBe("signal");
    expect(await run((pid) => `[    2.000000] Out of memory: Killed process ${pid} (python)`)).toBe("signal");
  });

  it.skipIf(withoutMount !== undefined)(
    `a full disk costs output, not the job (${withoutMount ?? "tmpfs"})`,
    async () => {
      const home = mount("size=1m");
      const host = jobHost(shell, { HOME: home });
      const gate = fifo();
      const text = (code: number) => `exec 3<>${gate}
      echo begun; read -r line <&3
      dd if=/dev/zero of="$HOME/filler" bs=4096 2>/dev/null
      dd if=/dev/zero bs=65536 count=40 2>/dev/null
      read -r line <&3
      rm "$HOME/filler"; echo after; exit ${code}`;
      for (const [code, end] of [
        [0, { state: "succeeded", logIncomplete: true }],
        [3, { state: "failed", reason: "diskFull", exitCode: 3, logIncomplete: true }],
      ] as const) {
        const wish = jobRequest(text(code));
        await host.submit(wish);
        await host.says(wish.id, "begun\n");
        for (const line of ["fill the disk\n", "go on\n"]) await writeFile(gate, line);
        expect((await host.outcome(wish.id)).job).toMatchObject(end);
        expect(host.log(wish.id)).toMatch(/^begun\n[\s\S]*the disk was full/);
        rmSync(host.folder(wish.id), { recursive: true });
      }
    },
  );

  it.skipIf(withoutMount !== undefined)(
    `its end is known though the disk stays full (${withoutMount ?? "tmpfs"})`,
    async () => {
      const home = mount("size=1m");
      const host = jobHost(shell, { HOME: home });
      const wish = jobRequest('dd if=/dev/zero of="$HOME/filler" bs=1024 2>/dev/null; exit 4');
      await host.submit(wish);
      expect((await host.outcome(wish.id)).job).toMatchObject({ state: "failed", exitCode: 4 });
    },
  );

  it("where in the log which time is, is noted once a minute while it grows", async () => {
    const minute = fifo();
    // A minute is over when a line comes through the pipe; while that is open here, no line is lost between two readers.
    const kept = openSync(minute, "r+");
    const host = jobHost(
      withTools(shell, { sleep: `case $1 in 60) read -r line <${minute} ;; *) exec /bin/sleep "$1" ;; esac` }),
    );
    const gate = fifo();
    const wish = jobRequest(`exec 3<>${gate}; echo one; read -r line <&3; echo three; read -r line <&3`);
    await host.submit(wish);
    await host.says(wish.id, "one\n");
    await writeFile(minute, "over\n");
    await until(() => readIndex(host.folder(wish.id)).length === 1);
    await writeFile(minute, "over\n");
    await writeFile(gate, "go\n");
    await host.says(wish.id, "three\n");
    await writeFile(minute, "over\n");
    await until(() => readIndex(host.folder(wish.id)).length === 2);
    await writeFile(gate, "go\n");
    await host.outcome(wish.id);
    const index = await host.run(logIndexCommand(wish.id));
    expect(index.map(({ bytes }) => bytes)).toEqual([4, 10]);
    expect(index[0]?.at).toMatch(/^20\d\d-.*Z$/);
    closeSync(kept);
  });

  it("a line of 20 MB is just bytes", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("dd if=/dev/zero bs=1048576 count=20 2>/dev/null; printf '\\377\\033[2J'");
    await host.submit(wish);
    const { job } = await host.outcome(wish.id);
    expect(job).toMatchObject({ state: "succeeded", logBytes: 20 * 1024 * 1024 + 5 });
  });

  it("many jobs that have ended are listed at once, newest first", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("exit 0");
    await host.submit(wish);
    await host.outcome(wish.id);
    const jobs = join(host.folder(wish.id), "..");
    const many = fullRun ? 1000 : 300;
    for (let index = 0; index < many; index++) {
      const name = join(jobs, `many-${index}`);
      mkdirSync(name);
      symlinkSync("boot:1:1", join(name, "holder.1"));
      const time = new Date(Date.UTC(2026, 0, 1) + index * 1000).toISOString().replace(".000", "");
      writeFileSync(join(name, "state"), `1 failed ${index % 256} - ${time} ${time} ${time} exitCode - 12\n`);
      writeFileSync(join(name, "card"), `{"name":"${"ü".repeat(150)}","backend":"process"}\n`);
    }
    const { jobs: all, others } = await host.run(listCommand());
    expect([all.length, others.length]).toEqual([many + 1, 0]);
    expect(all[1]).toMatchObject({ id: `many-${many - 1}`, state: "failed", exitCode: (many - 1) % 256, logBytes: 12 });
    rmSync(jobs, { recursive: true });
  });
});

function readIndex(folder: string): string[] {
  try {
    return readFileSync(join(folder, "log.index"), "utf8").trim().split("\n");
  } catch {
    return [];
  }
}
