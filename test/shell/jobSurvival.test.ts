import { existsSync, mkdirSync, readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { lookCommand } from "../../src/core/jobs/commands";
import { jobHost, jobRequest } from "./jobHost";
import { newFolder, someShells, type TestShell } from "./operationHost";

interface Logind {
  readonly kills: "yes" | "no";
  readonly lingers: "yes" | "no";
  /** Whether a scope of one's own can be had. */
  readonly scopes: boolean;
}

/** A host whose log-ins belong to a logind, with stand-ins for the tools that speak with it. */
function hostWith(shell: TestShell, { kills, lingers, scopes }: Logind) {
  const folder = newFolder();
  const tools = join(folder, "tools");
  mkdirSync(join(folder, "proc/self"), { recursive: true });
  writeFileSync(join(folder, "proc/self/cgroup"), "0::/user.slice/user-1000.slice/session-12.scope\n");
  mkdirSync(tools);
  const tool = (name: string, text: string) =>
    writeFileSync(join(tools, name), `#!${shell.sh}\n${text}\n`, { mode: 0o755 });
  tool("id", "echo 1000");
  tool(
    "loginctl",
    `case $* in *KillUserProcesses*) echo KillUserProcesses=${kills} ;; *) echo Linger=${lingers} ;; esac`,
  );
  tool("systemd-run", `echo "$*" >"${folder}/asked"; ${scopes ? 'shift 4; exec "$@"' : "echo no bus >&2; exit 1"}`);
  const host = jobHost({ ...shell, path: `${tools}:${shell.path}` }, { HOST_PROC: join(folder, "proc") });
  return { host, asked: join(folder, "asked") };
}

describe.each(someShells("dash", "zsh"))("a job that a log-in could take with it, under $name", (shell) => {
  it.each([
    ["logind leaves it alone", { kills: "no", lingers: "no", scopes: true }, "setsid", false],
    ["it gets a scope of its own", { kills: "yes", lingers: "yes", scopes: true }, "scope", true],
    ["its scope ends with the last log-in", { kills: "yes", lingers: "no", scopes: true }, "atRisk", true],
    ["no scope can be had", { kills: "yes", lingers: "yes", scopes: false }, "atRisk", true],
  ] as const)("runs and says so: %s", async (_name, logind, survival, scope) => {
    const { host, asked } = hostWith(shell, logind);
    const wish = jobRequest("echo ran");
    await host.submit(wish);
    expect((await host.outcome(wish.id)).log).toBe("ran\n");
    expect(await host.run(lookCommand(wish.id))).toMatchObject({ survival });
    expect(existsSync(asked)).toBe(scope);
    if (scope) expect(readFileSync(asked, "utf8")).toMatch(/^--user --scope --collect --quiet setsid sh /);
  });
});
