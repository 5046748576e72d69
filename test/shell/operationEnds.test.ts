import { spawn } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  symlinkSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { startCommand } from "../../src/core/operations/commands";
import {
  aliveWith,
  fifo,
  follow,
  kill,
  noAbort,
  outcome,
  request,
  someShells,
  started,
  testHost,
  until,
  withTools,
} from "./operationHost";

describe.each(someShells("bash", "zsh"))("an operation under $name", (shell) => {
  it("is cancelled with all that it started, also what left its session or will not listen, and is undone", async () => {
    const host = testHost(shell);
    const file = join(host.home, "made");
    const script = `touch "$1"
      setsid sh -c 'trap "" TERM; echo stray; while :; do sleep 1; done' &
      (trap "" TERM; echo deaf; while :; do sleep 1; done) &
      while :; do sleep 1; done`;
    const wish = request(script, { parameters: [file], undo: 'rm "$1"; echo undone' });
    await host.operations.start(wish, noAbort);
    const following = follow(host, wish.id);
    await Promise.all([following.says("stray"), following.says("deaf")]);
    const operation = await host.operations.cancel(wish.id, noAbort);
    expect(operation).toMatchObject({ state: "cancelled" });
    expect(await following.ended).toEqual(operation);
    expect([operation.leftovers, following.text()]).toEqual([undefined, expect.stringMatching(/undone\n$/)]);
    expect(existsSync(file)).toBe(false);
    await until(() => aliveWith(wish.id).length === 0);
    // It has ended, which is no error.
    expect(await host.operations.cancel(wish.id, noAbort)).toEqual(operation);
  });

  it("whose supervisor was killed is lost, and undone once by who looks next", async () => {
    const host = testHost(shell);
    const file = join(host.home, "undone");
    const wish = request("echo up; sleep 1000 & wait", { undo: 'echo x >>"$1"', parameters: [file] });
    await host.operations.start(wish, noAbort);
    await follow(host, wish.id).says("up");
    await kill(started(host, wish.id).pid);
    const looks = await Promise.all([host.operations.list(noAbort), host.operations.list(noAbort)]);
    expect(looks.flat().map(({ state }) => state)).toEqual(["lost", "lost"]);
    const { operation } = await outcome(host, wish.id);
    expect(operation).toMatchObject({ state: "lost" });
    expect(operation.endedAt).toBeDefined();
    await host.operations.list(noAbort);
    expect(readFileSync(file, "utf8")).toBe("x\n");
    await until(() => aliveWith(wish.id).length === 0);
  });

  it("whose pid is another process’s now is lost, and that one is left alone", async () => {
    const host = testHost(shell);
    const wish = request("exit 0");
    await host.operations.start(wish, noAbort);
    await outcome(host, wish.id);
    const bystander = spawn("sleep", ["1000"], { stdio: "ignore" });
    await once(bystander, "spawn");
    const { boot, startTicks } = started(host, wish.id);
    const folder = host.folder(wish.id);
    const claims = [`${boot}:${bystander.pid}:${startTicks}`, `another-boot:${bystander.pid}:${startTicks}`];
    for (const claim of claims) {
      writeFileSync(join(folder, "state"), "1 running - 2026-01-01T00:00:00Z - -\n");
      for (const name of readdirSync(folder)) if (name.startsWith("holder.")) unlinkSync(join(folder, name));
      symlinkSync(claim, join(folder, "holder.1"));
      expect(await host.operations.cancel(wish.id, noAbort)).toMatchObject({ state: "lost" });
    }
    expect(bystander.exitCode ?? bystander.signalCode).toBeNull();
    bystander.kill();
  });

  it("ends though something that it left behind holds its output, and takes down what it left in its session", async () => {
    // The five seconds for which its output is waited for.
    const sleep = 'case $1 in 5) exec /bin/sleep 0.2 ;; *) exec /bin/sleep "$1" ;; esac';
    const host = testHost(withTools(shell, { sleep }));
    const script = `setsid sh -c 'echo apart >"$0"; exec sleep 1000' "$1" &
      sleep 1000 &
      read -r line <"$1"; echo done`;
    const wish = request(script, { parameters: [fifo()], undo: "exit 1" });
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(operation).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(log.toString()).toBe("done\n");
    // Who put itself into a session of its own meant to stay.
    await until(() => aliveWith(wish.id).length === 1);
    const [stray] = aliveWith(wish.id);
    expect(readFileSync(`/proc/${stray}/cmdline`, "latin1")).toContain("1000");
  });

  it("of another machine or of a newer Tensorline is not ours", async () => {
    const host = testHost(shell);
    const [mine, newer] = [request("exit 0"), request("exit 0")];
    for (const wish of [mine, newer]) {
      await host.operations.start(wish, noAbort);
      await outcome(host, wish.id);
    }
    writeFileSync(join(host.folder(newer.id), "state"), "2 whatever\n");
    expect((await host.operations.list(noAbort)).map(({ id }) => id)).toEqual([mine.id]);
    const machine = join(host.folder(mine.id), "../..");
    renameSync(machine, `${machine}x`);
    expect(await host.operations.list(noAbort)).toEqual([]);
  });

  it("goes after a month when a hundred newer ones are there", async () => {
    const host = testHost(shell);
    const first = request("exit 0");
    await host.operations.start(first, noAbort);
    await outcome(host, first.id);
    const operations = join(host.folder(first.id), "..");
    const age = (name: string, days: number, state = "succeeded 0") => {
      const folder = join(operations, name);
      mkdirSync(folder, { recursive: true });
      symlinkSync("boot:1:1", join(folder, "holder.1"));
      writeFileSync(join(folder, "state"), `1 ${state} 2026-01-01T00:00:00Z 2026-01-01T00:00:00Z -\n`);
      const at = Date.now() / 1000 - days * 86_400;
      for (const path of [join(folder, "state"), folder]) utimesSync(path, at, at);
    };
    for (let index = 0; index < 110; index++) age(`old-${String(index).padStart(3, "0")}`, 31 + index);
    age("half", 2);
    renameSync(join(operations, "half"), join(operations, ".new-half"));
    utimesSync(join(operations, ".new-half"), 1, 1);
    const next = request("exit 0");
    await host.operations.start(next, noAbort);
    const kept = readdirSync(operations).sort();
    expect(kept).toEqual(
      [...Array.from({ length: 98 }, (_, at) => `old-${String(at).padStart(3, "0")}`), first.id, next.id].sort(),
    );
    await outcome(host, next.id);
  });

  it("survives the client that starts it being killed at any moment", async () => {
    const host = testHost(shell);
    const wish = request('echo once >>"$1"', { parameters: [join(host.home, "count")] });
    const { argv, stdin = "" } = startCommand(wish);
    const [, ...args] = argv;
    for (let round = 0; round < 12; round++) {
      const client = spawn(shell.sh, args, {
        detached: true,
        env: { PATH: shell.path, HOME: host.home, SHELL: shell.sh },
        stdio: ["pipe", "ignore", "ignore"],
      });
      client.stdin.on("error", () => {});
      const gone = once(client, "exit");
      // Half of what is to be sent, then all of it with more and more of the time that the start takes.
      if (round < 2) client.stdin.write(stdin.slice(0, stdin.length / 2));
      else client.stdin.end(stdin);
      setTimeout(() => {
        try {
          process.kill(-(client.pid ?? 0), "SIGKILL");
        } catch {
          // It has ended.
        }
      }, round * 5);
      await gone;
    }
    await host.operations.start(wish, noAbort);
    expect((await outcome(host, wish.id)).operation.state).toBe("succeeded");
    expect(readFileSync(join(host.home, "count"), "utf8")).toBe("once\n");
  });
});
