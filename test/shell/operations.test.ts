import { execFileSync, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  truncateSync,
  unlinkSync,
  utimesSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { followCommand, startCommand } from "../../src/core/operations/commands";
import {
  aliveWith,
  follow,
  newFolder,
  noAbort,
  outcome,
  request,
  started,
  testHost,
  testShells,
  until,
} from "./operationHost";

/** The line of a fifo tells that a script has come to it, and holds it up until it is read. */
function fifo(): string {
  const path = join(newFolder(), "fifo");
  execFileSync("mkfifo", [path]);
  return path;
}

describe.each(testShells)("an operation under $name", (shell) => {
  it("runs apart, and tells its output and how it ended", async () => {
    const host = testHost(shell);
    const words = ["a b", "-n '\"ü\\", "", "$HOME `id` *", "-"];
    const wish = request('printf "<%s>" "$#" "$@"; echo oops >&2; cat; pwd', { parameters: words });
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(log.toString()).toBe(`<5>${words.map((word) => `<${word}>`).join("")}oops\n${host.home}\n`);
    expect(operation).toMatchObject({ id: wish.id, title: wish.title, state: "succeeded", exitCode: 0 });
    expect(operation.startedAt).toMatch(/^\d{4}-.*Z$/);
    expect(await host.operations.list(noAbort)).toEqual([operation]);
    await until(() => aliveWith(wish.id).length === 0);
  });

  it("fails with its own exit code, and is undone with the same parameters", async () => {
    const host = testHost(shell);
    const file = join(host.home, "half made");
    const wish = request('touch "$1"; exit 7', { parameters: [file], undo: 'echo undoing; rm "$1"' });
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(operation).toMatchObject({ state: "failed", exitCode: 7 });
    expect(operation.leftovers).toBeUndefined();
    expect(log.toString()).toBe("undoing\n");
    expect(existsSync(file)).toBe(false);
  });

  it("tells that its undoing failed", async () => {
    const host = testHost(shell);
    const wish = request("exit 1", { undo: "exit 2" });
    await host.operations.start(wish, noAbort);
    expect((await outcome(host, wish.id)).operation).toMatchObject({ state: "failed", exitCode: 1, leftovers: true });
  });

  it("passes any byte, and goes on from any byte", async () => {
    const host = testHost(shell);
    const bytes = Buffer.from(Array.from({ length: 4096 }, (_, at) => (at * 7) % 256));
    const source = join(host.home, "bytes");
    writeFileSync(source, bytes);
    const wish = request('cat "$1"', { parameters: [source] });
    await host.operations.start(wish, noAbort);
    expect((await outcome(host, wish.id)).log.equals(bytes)).toBe(true);
    expect((await outcome(host, wish.id, 1000)).log.equals(bytes.subarray(1000))).toBe(true);
    expect((await outcome(host, wish.id, 4096)).log.length).toBe(0);
  });

  it("is followed while it prints", async () => {
    const host = testHost(shell);
    const gate = fifo();
    const wish = request('echo one; read -r line <"$1"; echo "$line"', { parameters: [gate] });
    await host.operations.start(wish, noAbort);
    const following = follow(host, wish.id);
    await following.says("one\n");
    writeFileSync(gate, "two\n");
    expect((await following.ended).state).toBe("succeeded");
    expect(following.text()).toBe("one\ntwo\n");
  });

  it("leaves no follower behind whose client says nothing any more", async () => {
    const host = testHost(shell);
    const gate = fifo();
    const wish = request('echo up; read -r line <"$1"', { parameters: [gate] });
    await host.operations.start(wish, noAbort);
    const ended = new Promise((end) => {
      host.runner.stream(followCommand(wish.id, 0, 600), { data() {}, end }, noAbort);
    });
    expect(await ended).toMatchObject({ kind: "exit" });
    expect(await host.operations.list(noAbort)).toMatchObject([{ id: wish.id, state: "running" }]);
    await host.operations.cancel(wish.id, noAbort);
  });

  it("shows nothing but a path to who lists processes", async () => {
    const host = testHost(shell);
    const gate = fifo();
    const wish = request('echo up; read -r line <"$2" # scriptword', {
      title: "titleword",
      parameters: ["paramword", gate],
    });
    await host.operations.start(wish, noAbort);
    await follow(host, wish.id).says("up");
    const all = execFileSync("ps", ["axww", "-o", "args"], { encoding: "utf8" });
    expect(all).toContain(wish.id);
    expect(all).not.toMatch(/titleword|paramword|scriptword/);
    expect((await host.operations.cancel(wish.id, noAbort)).state).toBe("cancelled");
  });

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

  it("started twice, also by two at once, runs once", async () => {
    const host = testHost(shell);
    const wish = request('echo once >>"$1"', { parameters: [join(host.home, "count")] });
    await Promise.all([1, 2, 3].map(() => host.operations.start(wish, noAbort)));
    await outcome(host, wish.id);
    await host.operations.start(wish, noAbort);
    await outcome(host, wish.id);
    expect(readFileSync(join(host.home, "count"), "utf8")).toBe("once\n");
    expect(readdirSync(join(host.folder(wish.id), "..")).filter((name) => name !== wish.id)).toEqual([]);
    expect(readdirSync(host.folder(wish.id)).filter((name) => name.startsWith("."))).toEqual([]);
  });

  it("whose supervisor was killed is lost, and undone once by who looks next", async () => {
    const host = testHost(shell);
    const file = join(host.home, "undone");
    const wish = request("echo up; sleep 1000 & wait", { undo: 'echo x >>"$1"', parameters: [file] });
    await host.operations.start(wish, noAbort);
    await follow(host, wish.id).says("up");
    process.kill(started(host, wish.id).pid, "SIGKILL");
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
    const host = testHost(shell);
    const wish = request("setsid sleep 1000 & sleep 1000 & echo done", { undo: "exit 1" });
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(operation).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(log.toString()).toBe("done\n");
    // Who put itself into a session of its own meant to stay.
    await until(() => aliveWith(wish.id).length <= 1);
    const [stray] = aliveWith(wish.id);
    expect(readFileSync(`/proc/${stray}/cmdline`, "latin1")).toContain("1000");
  });

  it("has no terminal, no colours, text as UTF-8, and what the user’s log-in sets up", async () => {
    const home = newFolder();
    writeFileSync(join(home, ".profile"), "echo noise; echo noise >&2; FROM_PROFILE=yes; export FROM_PROFILE\n");
    const host = testHost(shell, { HOME: home });
    const wish = request('echo "$FROM_PROFILE $TERM $PYTHONUNBUFFERED $PIP_NO_INPUT $LANG $HOME"; [ -t 0 ]');
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(log.toString()).toBe(`yes dumb 1 1 C.UTF-8 ${home}\n`);
    expect(operation.state).toBe("failed");
  });

  it("runs without start-up files that end the shell", async () => {
    const home = newFolder();
    writeFileSync(join(home, ".profile"), "exit 0\n");
    const host = testHost(shell, { HOME: home });
    const wish = request("echo ran");
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect([operation.state, log.toString()]).toEqual(["succeeded", "ran\n"]);
  });

  it("can be forgotten once it has ended", async () => {
    const host = testHost(shell);
    const gate = fifo();
    const wish = request('read -r line <"$1"', { parameters: [gate] });
    await host.operations.start(wish, noAbort);
    await expect(host.operations.forget(wish.id, noAbort)).rejects.toMatchObject({
      problem: { reason: "operationRunning", id: wish.id },
    });
    writeFileSync(gate, "go\n");
    await outcome(host, wish.id);
    await host.operations.forget(wish.id, noAbort);
    expect(await host.operations.list(noAbort)).toEqual([]);
    // The last one leaves nothing of ours behind.
    expect(readdirSync(join(host.home, ".local/state"))).toEqual([]);
    const unknown = { problem: { reason: "operationUnknown", id: wish.id } };
    await expect(host.operations.forget(wish.id, noAbort)).rejects.toMatchObject(unknown);
    await expect(host.operations.cancel(wish.id, noAbort)).rejects.toMatchObject(unknown);
    await expect(outcome(host, wish.id)).rejects.toMatchObject(unknown);
  });

  it("whose log was removed or cut by hand still tells how it ended", async () => {
    const host = testHost(shell);
    const wish = request("echo 0123456789");
    await host.operations.start(wish, noAbort);
    await outcome(host, wish.id);
    truncateSync(join(host.folder(wish.id), "log"), 4);
    expect((await outcome(host, wish.id, 11)).operation.state).toBe("succeeded");
    expect((await outcome(host, wish.id, 2)).log.toString()).toBe("23");
    rmSync(join(host.folder(wish.id), "log"));
    expect((await outcome(host, wish.id, 0)).operation.state).toBe("succeeded");
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

  it("uses the other place where the home cannot be written to", async () => {
    const host = testHost(shell);
    writeFileSync(join(host.home, ".local"), "a file in the way");
    const wish = request("echo ran");
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect([operation.state, log.toString()]).toEqual(["succeeded", "ran\n"]);
    expect((await host.operations.list(noAbort)).map(({ id }) => id)).toContain(wish.id);
    await host.operations.forget(wish.id, noAbort);
  });
});

describe("the log-in shell", () => {
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");
  const files = { fish: ".config/fish/config.fish", tcsh: ".login", zsh: ".zprofile", bash: ".bash_profile" };
  const known = Object.entries(files).map(([name, file]) => {
    const program = spawnSync("sh", ["-c", `command -v ${name}`], { encoding: "utf8" }).stdout.trim();
    return { name, file, program, missing: program === "" };
  });
  for (const { name, file, program, missing } of known) {
    it.skipIf(missing)(`may be ${name}${missing ? ", which is not installed" : ""}`, async () => {
      const home = newFolder();
      mkdirSync(dirname(join(home, file)), { recursive: true });
      writeFileSync(join(home, file), name === "tcsh" ? "setenv FROM it\n" : "export FROM=it\n");
      const host = testHost(shell, { HOME: home, SHELL: program });
      const wish = request('printf "<%s>" "$FROM" "$@"; exit 5', { parameters: ["a b", "$HOME", "'"] });
      await host.operations.start(wish, noAbort);
      const { operation, log } = await outcome(host, wish.id);
      // tcsh takes no command for a log-in shell.
      expect(log.toString()).toBe(`<${name === "tcsh" ? "" : "it"}><a b><$HOME><'>`);
      expect(operation).toMatchObject({ state: "failed", exitCode: 5 });
    });
  }
});

describe("an operation that cannot be", () => {
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");
  it.each([
    ["a title on two lines", { title: "a\nb" }, /control character/],
    ["no title", { title: "" }, /title/],
    ["a parameter on two lines", { parameters: ["a\nb"] }, /line break/],
    ["a NUL in its script", { script: "a\0b" }, /NUL/],
    ["an id that is a path", { id: "../x" }, /letters/],
    ["too much of a script", { script: "#".repeat(600_000) }, /KiB/],
  ])("is refused: %s", async (_name, more, why) => {
    const { operations } = testHost(shell);
    await expect(operations.start(request("exit 0", more), noAbort)).rejects.toMatchObject({
      problem: { reason: "operationUnusable", why: expect.stringMatching(why) },
    });
  });

  it("is said to lack setsid", async () => {
    const folder = newFolder();
    for (const tool of ["sh", "cat", "id", "readlink", "mkdir"]) {
      symlinkSync(execFileSync("sh", ["-c", `command -v ${tool}`], { encoding: "utf8" }).trim(), join(folder, tool));
    }
    const { operations } = testHost({ ...shell, path: folder });
    await expect(operations.start(request("exit 0"), noAbort)).rejects.toMatchObject({
      problem: { reason: "hostLacksTool", tool: "setsid" },
    });
  });

  it("takes a script of 100 kB", async () => {
    const host = testHost(shell);
    const wish = request(`${"# a line of a long script with 'quotes' and \\ more\n".repeat(2000)}echo ran`);
    await host.operations.start(wish, noAbort);
    expect((await outcome(host, wish.id)).log.toString()).toBe("ran\n");
  });
});
