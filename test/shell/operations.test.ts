import { execFileSync, spawnSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  truncateSync,
  writeFileSync,
} from "node:fs";
import { dirname, join } from "node:path";
import { describe, expect, it } from "vitest";
import { followCommand } from "../../src/core/operations/commands";
import {
  aliveWith,
  fifo,
  follow,
  newFolder,
  noAbort,
  outcome,
  request,
  someShells,
  testHost,
  testShells,
  until,
} from "./operationHost";

describe.each(someShells("dash", "busybox"))("an operation under $name", (shell) => {
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

  it("has its secrets in variables, for the work alone, and in no file", async () => {
    const host = testHost(shell);
    const secrets = { INDEX_PASSWORD: "s3cret 'of' $mine" };
    const wish = request('printf %s "$INDEX_PASSWORD" | wc -c; exit 7', {
      undo: 'echo "[$INDEX_PASSWORD]"',
      secrets,
    });
    await host.operations.start(wish, noAbort);
    const { operation, log } = await outcome(host, wish.id);
    expect(operation).toMatchObject({ state: "failed", exitCode: 7 });
    expect(log.toString().replace(/ /g, "")).toBe("17\n[]\n");
    const folder = host.folder(wish.id);
    for (const name of readdirSync(folder)) {
      const file = join(folder, name);
      if (!name.startsWith("holder")) expect(readFileSync(file, "latin1"), name).not.toContain("s3cret");
    }
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
