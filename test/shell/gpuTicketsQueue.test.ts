import { execFileSync } from "node:child_process";
import {
  chmodSync,
  chownSync,
  linkSync,
  mkdirSync,
  readdirSync,
  rmSync,
  statSync,
  symlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { basename, join } from "node:path";
import { describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { listCommand } from "../../src/core/jobs/commands";
import { type JobNews, watchJobs } from "../../src/core/jobs/watchJobs";
import { type FakeGpu, gpuMachine, impatientProgram, modeOf, uuidOf, writeTicket } from "./gpuTicketHost";
import { jobHost } from "./jobHost";
import { fullRun, someShells, testShells, until } from "./operationHost";

const nowSeconds = () => Math.floor(Date.now() / 1000);
/** A ticket's name, of a job that was submitted so many seconds ago. */
const nameOf = (secondsAgo: number, wish = "any-1-0", pid = 77) =>
  `1-${nowSeconds() - secondsAgo}-000000000-0a1b2c3d-${pid}-${wish}`;
const waiting = "1 waiting machine1 theirs 0 - -\n";
const holding = (...gpus: number[]) => `1 holding machine1 theirs 0 ${gpus.map((at) => `${at}:${uuidOf(at)}`)} -\n`;
const indexOf = (line: string) => Number(/granted (\d+):/.exec(line)?.[1]);
const age = (file: string, seconds: number) => utimesSync(file, nowSeconds() - seconds, nowSeconds() - seconds);
const isoOf = (seconds: number) => new Date(seconds * 1000).toISOString().replace(".000Z", "Z");
const asRoot = process.getuid?.() === 0;

describe.each(someShells("dash", "busybox"))("tickets for GPUs, with $name", (shell) => {
  it("let jobs that come at once have one GPU each, and the rest when those end", async () => {
    const machine = gpuMachine();
    machine.show([{}, {}, {}]);
    const jobs = Array.from({ length: 6 }, () => machine.start(shell, "any 1 0 1"));
    const granted = () => jobs.filter(({ lines }) => lines.some((line) => line.includes("granted")));
    const indices = () => granted().map(({ lines }) => indexOf(lines.at(-1) ?? ""));
    await until(() => granted().length === 3);
    expect(indices().sort()).toEqual([0, 1, 2]);
    const first = granted();
    const rest = jobs.filter((job) => !first.includes(job));
    await Promise.all(rest.map((job) => job.says(/waiting .*(ticket of root|waits for 1 GPU)/)));
    for (const job of first) await job.end();
    const lines = await Promise.all(rest.map((job) => job.says(/granted/)));
    expect(lines.map(indexOf).sort()).toEqual([0, 1, 2]);
  });

  it("make a job wait for those that came first, in their order, whatever is free", async () => {
    const machine = gpuMachine();
    machine.addUser("bob", 1002);
    const others = [writeTicket(machine, nameOf(60, "any-2-0"), waiting), writeTicket(machine, nameOf(50), waiting)];
    if (asRoot) chownSync(others[0] ?? "", 1002, 1002);
    const job = machine.start(shell, "any 1 0 1");
    expect(await job.says(/waiting/)).toBe(
      `gpus waiting 2 ${asRoot ? "bob" : "root"} waits for 2 GPUs; root waits for 1 GPU`,
    );
    expect(machine.looks()).toBe(0);
    const hasty = machine.start(shell, "any 1 0 0");
    expect(await hasty.says(/granted|refused/)).toMatch(/refused others wait already: .* waits for 2 GPUs/);
    rmSync(others[0] ?? "");
    await job.says(/waiting 1 root/);
    // It has been left alone for too long.
    age(others[1] ?? "", 130);
    expect(indexOf(await job.says(/granted/))).toBe(0);
  });

  it("decide who has a GPU that two claim: the older, unless the younger holds it already", async () => {
    const machine = gpuMachine();
    machine.show([{}]);
    const claiming = holding(0).replace("holding", "claiming");
    const younger = writeTicket(machine, nameOf(-50), claiming);
    const theirs = basename(younger);
    const job = machine.start(shell, "any 1 0 1");
    const own = () => machine.live().find((name) => name !== theirs) ?? "";
    await until(() => own() !== "" && machine.looks() === 3 && readText(machine.tickets, own()).includes("claiming"));
    writeTicket(machine, theirs, holding(0));
    expect(await job.says(/waiting .*ticket/)).toBe("gpus waiting 0 GPU 0: ticket of root");
    expect(readText(machine.tickets, own())).toContain("1 waiting");
    writeTicket(machine, theirs, claiming);
    rmSync(younger);
    expect(indexOf(await job.says(/granted/))).toBe(0);
  });

  it("of a job that was killed count no longer after two minutes", async () => {
    const machine = gpuMachine();
    machine.show([{}]);
    const holder = machine.start(shell, "any 1 0 1");
    await holder.says(/granted/);
    const [ticket = ""] = machine.live();
    process.kill(holder.pid(), "SIGKILL");
    const next = machine.start(shell, "any 1 0 1");
    expect(await next.says(/waiting .*ticket/)).toBe("gpus waiting 0 GPU 0: ticket of root");
    age(join(machine.tickets, ticket), 121);
    expect(indexOf(await next.says(/granted/))).toBe(0);
  });

  it("go with their supervisor", async () => {
    const machine = gpuMachine();
    machine.show([{}, { used: 9000 }]);
    const holder = machine.start(shell, "any 1 0 1");
    await holder.says(/granted/);
    const waiter = machine.start(shell, "these 1 1");
    await waiter.says(/waiting/);
    expect(machine.live()).toHaveLength(2);
    await Promise.all([holder.kill(), waiter.kill()]);
    await until(() => machine.live().length === 0);
  });

  it("keep the place of a job whose supervisor is another now", async () => {
    const machine = gpuMachine();
    machine.show([{ used: 9000 }]);
    const first = machine.start(shell, "any 1 0 1", { id: "again" });
    await first.says(/waiting/);
    const order = /^1-\d+-\d+/.exec(machine.live()[0] ?? "")?.[0];
    process.kill(first.pid(), "SIGKILL");
    await first.kill();
    const second = machine.start(shell, "any 1 0 1", { id: "again" });
    await second.says(/waiting/);
    expect(machine.live().map((name) => /^1-\d+-\d+/.exec(name)?.[0])).toEqual([order]);
  });

  it("that are no tickets harm nobody", async () => {
    const machine = gpuMachine();
    const place = (name: string) => join(machine.tickets, name);
    writeTicket(machine, nameOf(99), holding(1));
    // What follows would come first, or hold GPU 0.
    execFileSync("mkfifo", [place(nameOf(900, "any-1-0", 1))]);
    writeFileSync(join(machine.folder, "elsewhere"), holding(0));
    symlinkSync(join(machine.folder, "elsewhere"), place(nameOf(900, "any-1-0", 2)));
    linkSync(join(machine.folder, "elsewhere"), place(nameOf(900, "any-1-0", 3)));
    mkdirSync(place(nameOf(900, "any-1-0", 4)));
    writeTicket(machine, nameOf(900, "any-1-0", 5), holding(0) + "x".repeat(10_000_000));
    age(writeTicket(machine, nameOf(900, "any-1-0", 6), holding(0)), -86_400 * 365);
    writeTicket(machine, `${nameOf(900)}\n${nameOf(900, "any-1-0", 7)}`, waiting);
    writeTicket(machine, `${nameOf(900)}\u001b[31m`, waiting);
    writeTicket(machine, `1-0-0-0-0-any-1-0`, waiting);
    const contents = ["", "\0\0\0\n", "2 waiting m j 0 - -\n", "1 waiting m j 0 -\n", "1 waiting m j 0 - - x\n"];
    for (const [at, text] of [...contents, "1 waiting \u001b[31m j 0 - -\n", "1 waiting m $(reboot) 0 - -\n"].entries())
      writeTicket(machine, nameOf(900, "any-1-0", 10 + at), text);
    writeTicket(machine, nameOf(900, "any-1-0", 30), "1 holding machine1 theirs 99999999999999999999 0:* 0:*:n:1\n");
    const job = machine.start(shell, "any 1 0 1");
    expect(await job.says(/granted|waiting [1-9]/)).toBe(
      `gpus granted 0:${uuidOf(0)} -- CUDA_DEVICE_ORDER=PCI_BUS_ID CUDA_VISIBLE_DEVICES=${uuidOf(0)}`,
    );
    const next = machine.start(shell, "any 1 0 1");
    expect(await next.says(/waiting 0/)).toBe("gpus waiting 0 GPU 0: ticket of root; GPU 1: ticket of root");
  });

  it("lie in a folder that nobody can turn against others, or there are none", async () => {
    const linked = gpuMachine();
    const target = join(linked.folder, "target");
    mkdirSync(target);
    symlinkSync(target, linked.tickets);
    expect(await linked.start(shell, "any 1 0 1").says(/granted/)).toContain("granted 0:");
    expect(readdirSync(target)).toEqual([]);
    const mine = gpuMachine();
    mkdirSync(mine.tickets, { mode: 0o755 });
    const old = writeTicket(mine, nameOf(9000), waiting);
    age(old, 3600);
    chmodSync(mine.tickets, 0o755);
    await mine.start(shell, "any 1 0 1").says(/granted/);
    expect([modeOf(mine.tickets), mine.live().length]).toEqual(["1777", 1]);
    // Whoever clears it away loses nothing.
    rmSync(mine.tickets, { recursive: true, maxRetries: 5 });
    await until(() => mine.live().length === 1);
    expect(modeOf(mine.tickets)).toBe("1777");
  });

  it.skipIf(!asRoot)("of others are among the jobs that a list and a watch tell of (needs root)", async () => {
    const machine = gpuMachine();
    for (const [name, uid] of [
      ["alice", 1001],
      ["bob", 1002],
    ] as const)
      machine.addUser(name, uid);
    const of = (uid: number, name: string, text: string) => chownSync(writeTicket(machine, name, text), uid, uid);
    const heldFor = nowSeconds() - 60;
    of(1001, nameOf(90), `1 holding machine1 theirs ${heldFor} 0:${uuidOf(0)} -\n`);
    of(1002, nameOf(50, "any-2-40000"), waiting);
    of(1003, nameOf(40), "1 waiting machine1 $(reboot) 0 - -\n");
    writeTicket(machine, nameOf(30), waiting);
    execFileSync("mkfifo", [join(machine.tickets, nameOf(20))]);
    const host = jobHost(shell, {
      HOST_VAR: join(machine.folder, "var"),
      HOST_ETC: join(machine.folder, "etc"),
    });
    const expected = [
      { user: "bob", state: "queued", ahead: 0, name: "a job for 2 GPUs with 42 GB" },
      { user: "alice", state: "running", gpus: [{ index: 0, uuid: uuidOf(0) }], startedAt: isoOf(heldFor) },
    ];
    const listed = await host.run(listCommand());
    expect(listed).toMatchObject({ jobs: [], others: expected });
    const [theirs] = listed.others;
    await expect(host.look(theirs?.id ?? "", "stop")).rejects.toMatchObject({ problem: { reason: "jobUnknown" } });
    const stop = new AbortController();
    const told = await new Promise<JobNews>((resolve, reject) => {
      watchJobs(systemClock, host.runner, (news) => news.besides && resolve(news), stop.signal).catch(reject);
    }).finally(() => stop.abort());
    expect(told.besides?.jobs).toEqual([]);
    expect(told.besides?.others).toMatchObject(expected);
  });

  it("do not hide that the tool hangs", async () => {
    const machine = gpuMachine();
    writeFileSync(join(machine.folder, "bin/nvidia-smi"), "#!/bin/sh\nexec sleep 1000\n");
    const job = machine.start(shell, "any 1 0 1", { program: impatientProgram });
    expect(await job.says(/waiting/)).toBe("gpus waiting 0 nvidia-smi hangs");
  });
});

describe("tickets for GPUs", () => {
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");

  it("serve many that wait in their order, with no more looks than one of them needs", async () => {
    const machine = gpuMachine();
    const busy: FakeGpu[] = Array.from({ length: fullRun ? 20 : 8 }, () => ({ used: 9000 }));
    machine.show(busy);
    const jobs = [];
    for (const at of busy.keys()) {
      jobs.push(machine.start(shell, "any 1 0 1").says(/granted/));
      await until(() => machine.live().length === at + 1);
    }
    const before = machine.looks();
    machine.show(busy.map(() => ({})));
    // Whoever is served takes the first that is left.
    expect((await Promise.all(jobs)).map(indexOf)).toEqual([...busy.keys()]);
    // One may have been under way when they became free; the first needs three.
    expect(machine.looks() - before).toBeLessThanOrEqual(4);
  });

  it("of one user who makes thousands leave room for the others", async () => {
    const machine = gpuMachine();
    for (let at = 0; at < 300; at++) writeTicket(machine, nameOf(500, "any-1-0", at + 1), waiting);
    const junk = `i=0; while [ $i -lt ${fullRun ? 100_000 : 1000} ]; do : >junk-$i; i=$((i + 1)); done`;
    execFileSync("sh", ["-c", junk], { cwd: machine.tickets });
    const job = machine.start(shell, "any 1 0 1");
    expect(await job.says(/waiting/)).toMatch(/^gpus waiting 100 root waits for 1 GPU; /);
    await job.end();
    execFileSync("rm", ["-rf", machine.tickets]);
  });

  it.skipIf(!asRoot)("lie in no folder that somebody else can rearrange (needs root)", async () => {
    const machine = gpuMachine();
    mkdirSync(machine.tickets, { mode: 0o777 });
    chmodSync(machine.tickets, 0o777);
    chownSync(machine.tickets, 1234, 1234);
    await machine.start(shell, "any 1 0 1").says(/granted/);
    expect([machine.live(), statSync(machine.tickets).uid]).toEqual([[], 1234]);
  });
});

function readText(folder: string, name: string): string {
  return execFileSync("cat", [join(folder, name)], { encoding: "utf8" });
}
