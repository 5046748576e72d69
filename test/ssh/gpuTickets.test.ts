import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { chownSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { listCommand } from "../../src/core/jobs/commands";
import { ticketsCommand } from "../../src/core/jobs/gpus/tickets";
import { quoteArgv } from "../../src/core/remote";
import { type GpuTestMachine, type GpuWaiter, gpuMachine, uuidOf } from "../shell/gpuTicketHost";
import { noAbort, testShells, until } from "../shell/operationHost";
import { hostOf, testClient } from "./client";
import { type Sshd, startSshd, stopProcess, withoutUsers } from "./sshd";

const indexOf = (line: string) => Number(/granted (\d+):/.exec(line)?.[1]);

describe.skipIf(withoutUsers !== undefined)(`GPU tickets of two users (${withoutUsers ?? "real sshd"})`, () => {
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");
  let machine: GpuTestMachine;
  let server: Sshd;
  beforeAll(async () => {
    machine = gpuMachine();
    server = await startSshd({ environment: machine.environment, users: [{}, {}] });
  });
  afterAll(() => server.dispose());

  const nameOf = (user: number) => server.users[user]?.name ?? "";

  /** The arguments of ssh for a command of that user. */
  const sshOf = (user: number, argv: readonly string[]) => [
    ...["-F", server.configFile, "-o", "BatchMode=yes", `box${user}`],
    quoteArgv(argv),
  ];

  function start(user: number, wish: string): GpuWaiter {
    const login = { ...shell, name: "sh", sh: "/bin/sh", path: "/usr/bin:/bin" };
    return machine.start(login, wish, { through: (argv) => ["ssh", ...sshOf(user, argv)] });
  }

  const run = (user: number, ...argv: string[]) => spawnSync("ssh", sshOf(user, argv), { encoding: "utf8" });

  it("keep their jobs apart, however many start at once", async () => {
    machine.show([{}, {}, {}, {}]);
    const jobs = Array.from({ length: 8 }, (_, at) => start(at % 2, "any 1 0 1"));
    const granted = () => jobs.filter(({ lines }) => lines.some((line) => line.includes("granted")));
    await until(() => granted().length === 4);
    const lines = granted().map(({ lines: said }) => said.at(-1) ?? "");
    expect(lines.map(indexOf).sort()).toEqual([0, 1, 2, 3]);
    const rest = jobs.filter((job) => !granted().includes(job));
    const words = await Promise.all(rest.map((job) => job.says(/waiting (0 GPU 0: ticket of|[1-9])/)));
    expect(words.join(" ")).toMatch(new RegExp(`${nameOf(0)}|${nameOf(1)}`));
    for (const job of granted()) await job.end();
    const later = await Promise.all(rest.map((job) => job.says(/granted/)));
    expect(later.map(indexOf).sort()).toEqual([0, 1, 2, 3]);
    await Promise.all(rest.map((job) => job.end()));
    await until(() => machine.live().length === 0);
  });

  it("name each other, and nobody can remove another's", async () => {
    machine.show([{}]);
    // Whoever made the folder first may do more in it.
    chownSync(machine.tickets, 0, 0);
    const holder = start(0, "any 1 0 1");
    await holder.says(/granted/);
    const waiter = start(1, "any 1 0 1");
    expect(await waiter.says(/waiting 0/)).toBe(`gpus waiting 0 GPU 0: ticket of ${nameOf(0)}`);
    const [ticket = ""] = machine.live();
    expect(run(1, "rm", "-f", `${machine.tickets}/${ticket}`).status).not.toBe(0);
    expect(machine.live()).toContain(ticket);
    const client = testClient();
    const connection = await client.connections.acquire(hostOf(server, "box1")).connected(noAbort);
    expect(await connection.run(ticketsCommand, noAbort)).toMatchObject([
      { user: nameOf(0), mine: false, state: "holding", gpus: [{ index: 0, uuid: uuidOf(0) }], job: holder.id },
      { user: nameOf(1), mine: true, state: "waiting", job: waiter.id },
    ]);
    expect((await connection.run(listCommand(), noAbort)).others).toMatchObject([
      { user: nameOf(0), state: "running", gpus: [{ index: 0, uuid: uuidOf(0) }] },
    ]);
    client.connections.dispose();
    await holder.end();
    expect(indexOf(await waiter.says(/granted/))).toBe(0);
    await waiter.end();
  });

  it("believe each other so far that the next job needs one look of its own", async () => {
    machine.show([{}, {}]);
    const before = machine.looks();
    const first = start(0, "any 1 0 1");
    await until(() => machine.live().length === 1);
    const second = start(1, "any 1 0 1");
    expect(indexOf(await first.says(/granted/))).toBe(0);
    expect(indexOf(await second.says(/granted/))).toBe(1);
    expect(machine.looks() - before).toBe(4);
    await Promise.all([first.end(), second.end()]);
  });

  it("tell whose process keeps a GPU, by the process itself", async () => {
    const program: ChildProcess = spawn("ssh", sshOf(0, ["sh", "-c", "echo $$; exec sleep 100000"]), {
      stdio: ["ignore", "pipe", "inherit"],
    });
    const pid = await new Promise<number>((resolve) => program.stdout?.once("data", (text) => resolve(Number(text))));
    machine.show([{ used: 30_000, pids: [pid] }]);
    const job = start(1, "any 1 0 1");
    expect(await job.says(/waiting/)).toBe(`gpus waiting 0 GPU 0: ${nameOf(0)}, 31 GB`);
    await job.end();
    process.kill(pid);
    await stopProcess(program);
  });
});
