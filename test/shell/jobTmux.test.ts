import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { backendHosts, roughTmuxSettings } from "../ssh/jobBackendHosts";
import { jobHost, jobRequest } from "./jobHost";
import { fifo, newFolder, testShells, until } from "./operationHost";

const missing = backendHosts.tmux?.missing;

describe.skipIf(missing !== undefined)(`the tmux session of a job (${missing ?? "real tmux"})`, () => {
  const home = newFolder();
  const env = { HOME: home, TMUX_TMPDIR: home };
  writeFileSync(join(home, ".tmux.conf"), roughTmuxSettings);
  const tmux = (...words: string[]) => spawnSync("tmux", words, { env: { ...process.env, ...env }, encoding: "utf8" });
  afterAll(() => {
    tmux("kill-server");
  });
  // BusyBox brings no tmux, and the others differ in nothing that matters here.
  const [shell] = testShells;
  if (!shell) throw new Error("no shell");
  const host = jobHost(shell, env);

  it("shows the log to whoever attaches, and goes with the job", async () => {
    const gate = fifo();
    const wish = jobRequest(`echo shown; read -r line <${gate}`, { backend: "tmux" });
    await host.submit(wish);
    const session = `=tensorline-${wish.id}:`;
    await until(() => tmux("capture-pane", "-p", "-t", session).stdout.includes("shown"));
    await writeFile(gate, "go\n");
    expect((await host.outcome(wish.id)).job).toMatchObject({ state: "succeeded", backend: "tmux" });
    await until(() => !tmux("list-sessions").stdout.includes(wish.id));
  });

  it.each([
    ["Ctrl+C in it", (id: string) => tmux("send-keys", "-t", `=tensorline-${id}:`, "C-c")],
    ["ending it", (id: string) => tmux("kill-session", "-t", `=tensorline-${id}`)],
  ])("stops the job by %s", async (_name, end) => {
    const wish = jobRequest("echo up; exec sleep 1000", { backend: "tmux" });
    await host.submit(wish);
    await until(() => tmux("capture-pane", "-p", "-t", `=tensorline-${wish.id}:`).stdout.includes("up"));
    end(wish.id);
    expect((await host.outcome(wish.id)).job).toMatchObject({ state: "stopped", signal: "SIGTERM" });
  });

  it("is not had where tmux is missing, which is said before anything is written", async () => {
    const tools = newFolder();
    mkdirSync(join(tools, "bin"));
    for (const tool of ["sh", "cat", "id", "readlink", "mkdir", "setsid"])
      execFileSync("sh", ["-c", 'ln -s "$(command -v "$1")" "$2"', "sh", tool, join(tools, "bin", tool)]);
    const bare = jobHost({ ...shell, path: join(tools, "bin") });
    await expect(bare.submit(jobRequest("exit 0", { backend: "tmux" }))).rejects.toMatchObject({
      problem: { reason: "backendUnusable", backend: "tmux session", why: "tmux is not installed there" },
    });
    expect(() => bare.folder("x")).toThrow();
  });
});
