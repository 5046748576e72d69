import { execFileSync } from "node:child_process";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { noOverlay } from "../../src/core/environments/overlay";
import {
  logIndexCommand,
  lookCommand,
  readLogCommand,
  removeCommand,
  submitCommand,
} from "../../src/core/jobs/commands";
import type { Runner } from "../../src/core/remote";
import { jobHook } from "../../src/core/tensors/jobHook";
import { jobHost, jobRequest } from "./jobHost";
import { aliveWith, fifo, newFolder, noAbort, someShells, testShells, until } from "./operationHost";

describe.each(someShells("bash", "zsh"))("a job under $name", (shell) => {
  it("runs apart, and tells its output and how it ended", async () => {
    const host = jobHost(shell);
    const wish = jobRequest("echo one; echo two >&2; cat; pwd; exit 7", { name: "my job", settings: '{"a":1}' });
    const submitted = await host.submit(wish);
    expect(submitted).toMatchObject({ id: wish.id, name: "my job", backend: "process", folder: "~" });
    const { job, log } = await host.outcome(wish.id);
    expect(log).toBe(`one\ntwo\n${host.home}\n`);
    expect(job).toMatchObject({ state: "failed", reason: "exitCode", exitCode: 7, logBytes: log.length });
    expect([job.startedAt, job.endedAt]).toEqual([expect.stringMatching(/Z$/), expect.stringMatching(/Z$/)]);
    expect(await host.list()).toEqual([job]);
    expect(await host.run(lookCommand(wish.id))).toEqual({ job, settings: '{"a":1}', survival: "setsid" });
    await until(() => aliveWith(wish.id).length === 0);
  });

  it("is the process itself, with its own environment, folder and words", async () => {
    const home = newFolder();
    mkdirSync(join(home, "a 'b"));
    writeFileSync(join(home, ".profile"), "echo noise; FROM=profile; LIST=old; OTHER=there; export FROM LIST OTHER\n");
    const host = jobHost(shell, { HOME: home });
    const words = ["a b", "-n '\"ü\\", "", "$HOME `id` *", "two\nlines"];
    const text = [
      'printf "<%s>" "$@"; echo',
      'echo "$FROM $LIST $OTHER $A_B $TERM $PYTHONUNBUFFERED"',
      'printf "%s|" "$TENSORLINE_JOB" "$TENSORLINE_OUT" "$TENSORLINE_RUN" "$PWD" "$TENSORLINE_SECRETS$TENSORLINE_ENTRY"; echo',
      'ls -d "$TENSORLINE_OUT" "$TENSORLINE_RUN" >/dev/null && echo "$PPID"; [ -t 0 ] || cat',
    ].join("\n");
    const wish = jobRequest("", {
      argv: ["sh", "-c", text, "sh", ...words],
      folder: "~/a 'b",
      variables: { A_B: "it's\n$HOME" },
      overlay: { ...noOverlay, set: { LIST: "new" }, unset: ["OTHER"] },
    });
    await host.submit(wish);
    const { job, log } = await host.outcome(wish.id);
    const folder = host.folder(wish.id);
    const lines = [
      words.map((word) => `<${word}>`).join(""),
      "profile new  it's\n$HOME dumb 1",
      `${wish.id}|${folder}/out|${folder}/run|${home}/a 'b||`,
    ];
    expect(log.replace(/\d+\n$/, "")).toBe(`${lines.join("\n")}\n`);
    expect(job).toMatchObject({ state: "succeeded", exitCode: 0 });
    expect(job.reason).toBeUndefined();
  });

  it("submitted twice, also by three at once, runs once", async () => {
    const host = jobHost(shell);
    const wish = jobRequest('echo once >>"$HOME/count"');
    await Promise.all([1, 2, 3].map(() => host.submit(wish)));
    await host.outcome(wish.id);
    expect(await host.submit(wish)).toMatchObject({ state: "succeeded" });
    expect(readFileSync(join(host.home, "count"), "utf8")).toBe("once\n");
    await until(() => readdirSync(join(host.folder(wish.id), "..")).length === 1);
    expect(readdirSync(host.folder(wish.id)).filter((name) => name.startsWith(".") || name.startsWith("pipe"))).toEqual(
      [],
    );
  });

  it("keeps a status over 128 beside the signal that it probably stands for", async () => {
    const host = jobHost(shell);
    const killed = jobRequest("kill -s KILL $$");
    const said = jobRequest("exit 143");
    const odd = jobRequest("exit 255");
    for (const wish of [killed, said, odd]) await host.submit(wish);
    const ends = [killed, said, odd].map(async ({ id }) => (await host.outcome(id)).job);
    expect(await Promise.all(ends)).toMatchObject([
      { state: "failed", reason: "signal", exitCode: 137, signal: "SIGKILL" },
      { state: "failed", reason: "signal", exitCode: 143, signal: "SIGTERM" },
      { state: "failed", reason: "exitCode", exitCode: 255 },
    ]);
  });

  it("that cannot be started says why in its log", async () => {
    const host = jobHost(shell);
    const nothing = jobRequest("", { argv: ["no-such-program", "x"] });
    const nowhere = jobRequest("echo no", { folder: "/no such folder" });
    for (const wish of [nothing, nowhere]) await host.submit(wish);
    const [first, second] = await Promise.all([host.outcome(nothing.id), host.outcome(nowhere.id)]);
    expect(first).toMatchObject({
      job: { state: "failed", exitCode: 127 },
      log: expect.stringContaining("no-such-program"),
    });
    expect(second).toMatchObject({
      job: { state: "failed", exitCode: 126 },
      log: expect.stringContaining("no such folder"),
    });
  });

  it("has the hook before its own PYTHONPATH, for itself alone, and gives back what its processes recorded", async () => {
    const host = jobHost(shell);
    await jobHook.put(host.runner, noAbort);
    const record = {
      format: 1,
      pid: 7,
      parentPid: 6,
      program: "-c",
      folder: "/",
      python: "3.12.1",
      versions: {},
      failures: [],
    };
    const text = [
      'printf "%s|" "$PYTHONPATH"; IFS=:; set -- $PYTHONPATH; ls "$1"',
      'tr "\\0" "\\n" <"/proc/$PPID/environ" | grep PYTHONPATH',
      `echo '${JSON.stringify(record)}' >"$TENSORLINE_RUN/7.json"; echo '{"format":1,' >"$TENSORLINE_RUN/8.json"`,
    ].join("\n");
    const wish = jobRequest(text, { hook: jobHook.name, variables: { PYTHONPATH: "/mine" } });
    await host.submit(wish);
    const { log } = await host.outcome(wish.id);
    const hook = join(host.home, ".local/state/tensorline/hook", jobHook.name);
    expect(log).toBe(`${hook}:/mine|_tensorline\nsitecustomize.py\n`);
    expect((await host.run(jobHook.records(wish.id))).records).toEqual([record]);
    await host.run(removeCommand([wish.id]));
    expect((await host.run(jobHook.records(wish.id))).records).toEqual([]);
    // What is there already is not sent again.
    const sent: unknown[] = [];
    const run: Runner["run"] = (command, signal) => {
      sent.push(command.stdin);
      return host.runner.run(command, signal);
    };
    await jobHook.put({ run }, noAbort);
    expect(sent).toEqual([undefined]);
  });

  it("has its secrets in variables, for itself alone, and in no file", async () => {
    const host = jobHost(shell);
    const secret = `own-${process.pid} 'of' $mine`;
    const secrets = { HF_TOKEN: secret };
    const gate = fifo();
    const wish = jobRequest(`printf %s "$HF_TOKEN" | wc -c; read -r line <${gate}`, { secrets });
    await host.submit(wish);
    await host.says(wish.id, String(secret.length));
    expect(execFileSync("ps", ["axww", "-o", "args"], { encoding: "utf8" })).not.toContain(secret);
    // Its helpers have no use for them: only the supervisor has, and what waits for the job, which is the supervisor once more.
    const supervisor = String(host.supervisor(wish.id).pid);
    const others = () =>
      readdirSync("/proc").filter((pid) => {
        if (!/^\d+$/.test(pid) || pid === supervisor) return false;
        const environment = environ(pid);
        return environment.includes(secret) && !environment.includes(`TENSORLINE_JOB=${wish.id}`);
      });
    // It may have something to start for a moment.
    await until(() => others().map(parentOf).join() === supervisor);
    await writeFile(gate, "go\n");
    const { log } = await host.outcome(wish.id);
    expect(log.trim()).toBe(String(secret.length));
    for (const name of readdirSync(host.folder(wish.id), { recursive: true, withFileTypes: true })) {
      if (name.isFile()) expect(readFileSync(join(name.parentPath, name.name), "latin1")).not.toContain(secret);
    }
  });

  it("may print any bytes, and any piece of its log can be read", async () => {
    const host = jobHost(shell);
    const bytes = Buffer.from(Array.from({ length: 20_000 }, (_, at) => (at * 7) % 256));
    writeFileSync(join(host.home, "bytes"), bytes);
    const wish = jobRequest('cat "$HOME/bytes"');
    await host.submit(wish);
    await host.outcome(wish.id);
    const piece = async (from: number, length: number) =>
      Buffer.from(await host.run(readLogCommand(wish.id, from, length)));
    expect((await piece(0, 1e6)).equals(bytes)).toBe(true);
    expect((await piece(4095, 4098)).equals(bytes.subarray(4095, 8193))).toBe(true);
    expect((await piece(19_999, 100)).equals(bytes.subarray(19_999))).toBe(true);
    expect((await piece(20_000, 100)).length).toBe(0);
    expect(await host.run(logIndexCommand(wish.id))).toEqual([]);
  });

  it("works in a snapshot of its own", async () => {
    const host = jobHost(shell);
    const from = newFolder();
    mkdirSync(join(from, "src"));
    mkdirSync(join(from, "data"));
    writeFileSync(join(from, "src/code"), "as it was\n");
    const gate = fifo();
    const wish = jobRequest(`read -r line <${gate}; cat code; echo result >../data/made`, {
      folder: "src",
      snapshot: { from, linked: ["data"] },
    });
    await host.submit(wish);
    execFileSync("sh", ["-c", 'echo changed >"$1/new" && mv -f "$1/new" "$1/code"', "sh", join(from, "src")]);
    await writeFile(gate, "go\n");
    expect((await host.outcome(wish.id)).log).toBe("as it was\n");
    expect(readFileSync(join(from, "data/made"), "utf8")).toBe("result\n");
    const lost = jobRequest("echo no", { folder: ".", snapshot: { from: join(from, "gone"), linked: [] } });
    await expect(host.submit(lost)).rejects.toMatchObject({
      problem: { reason: "snapshotFailed", path: join(from, "gone"), detail: expect.stringContaining("gone") },
    });
    expect(existsSync(host.folder(lost.id))).toBe(false);
  });

  it("is removed with all that belongs to it once it has ended", async () => {
    const host = jobHost(shell);
    const gate = fifo();
    const runs = jobRequest(`read -r line <${gate}`);
    const ended = jobRequest("exit 0");
    for (const wish of [runs, ended]) await host.submit(wish);
    await host.outcome(ended.id);
    await expect(host.run(removeCommand([ended.id, runs.id]))).rejects.toMatchObject({
      problem: { reason: "jobRunning", name: runs.id },
    });
    expect((await host.list()).length).toBe(2);
    await writeFile(gate, "go\n");
    await host.outcome(runs.id);
    await host.run(removeCommand([ended.id, runs.id]));
    expect(await host.list()).toEqual([]);
    // The last one leaves nothing of ours behind.
    expect(readdirSync(join(host.home, ".local/state"))).toEqual([]);
    const unknown = { problem: { reason: "jobUnknown", id: ended.id } };
    await expect(host.run(removeCommand([ended.id]))).rejects.toMatchObject(unknown);
    await expect(host.look(ended.id)).rejects.toMatchObject(unknown);
  });

  it("goes with time, the newest stay", async () => {
    const host = jobHost(shell);
    const first = jobRequest("exit 0");
    await host.submit(first);
    await host.outcome(first.id);
    execFileSync("sh", ["-c", 'touch -d @1700000000 "$1/state" "$1"', "sh", host.folder(first.id)]);
    const second = jobRequest("exit 0");
    await host.run(submitCommand(second, { days: 30, newest: 2 }));
    await host.outcome(second.id);
    expect((await host.list()).length).toBe(2);
    const third = jobRequest("exit 0");
    await host.run(submitCommand(third, { days: 30, newest: 2 }));
    await until(() => !existsSync(host.folder(first.id)));
    expect((await host.outcome(third.id)).job.state).toBe("succeeded");
  });
});

function environ(pid: string): string {
  try {
    return readFileSync(`/proc/${pid}/environ`, "latin1");
  } catch {
    return "";
  }
}

/** Nothing of one that has ended. */
function parentOf(pid: string): string {
  try {
    return /^PPid:\s+(\d+)/m.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1] ?? "";
  } catch {
    return "";
  }
}

describe("a job that cannot be", () => {
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");
  it.each([
    ["a name on two lines", { name: "a\nb" }, /control character/],
    ["no name", { name: "" }, /name/],
    ["an argument with a NUL", { argv: ["a\0"] as const }, /NUL/],
    ["an id that is a path", { id: "../x" }, /letters/],
    ["a variable that none can be", { variables: { "A-B": "" } }, /variable/],
    ["a secret on two lines", { secrets: { A: "a\nb" } }, /secret/],
    ["an unknown back end", { backend: "cloud" }, /known/],
    ["settings that are too long", { settings: "x".repeat(20_000) }, /settings/],
    ["a GPU with a blank", { gpus: { kind: "these", ids: ["0 1"], queue: true } as const }, /GPU/],
    ["no time at all", { timeLimitSeconds: 0 }, /time limit/],
    ["too much text", { variables: { A: "x".repeat(300_000) } }, /KiB/],
  ])("is refused: %s", (_name, more, why) => {
    expect(() => submitCommand(jobRequest("exit 0", more))).toThrow(
      expect.objectContaining({
        problem: { reason: "jobUnusable", name: expect.anything(), why: expect.stringMatching(why) },
      }),
    );
  });
});
