import { execFileSync, spawn } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll } from "vitest";
import type { Plan } from "../../src/core/environments/manager";
import { shells } from "./probeHost";

/** One folder for all of a test file; it goes away with the file's last test. */
const scratch = mkdtempSync(join(tmpdir(), "tensorline-conda-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 5 }));

const standIns: Readonly<Record<string, string>> = {
  conda: "conda",
  mamba: "conda",
  micromamba: "conda",
  pixi: "pixi",
  poetry: "poetry",
};
const standInFolder = fileURLToPath(new URL("../fixtures/environments/tools", import.meta.url));

export interface Ending {
  readonly exitCode: number;
  readonly log: string;
  /** Exit code of undoing; absent where the work succeeded. */
  readonly undone?: number;
}

export interface RunningOperation {
  /** Resolves once the log holds the text. */
  said(text: string): Promise<void>;
  /** Kills the work and everything it started, then undoes it. */
  cancel(): Promise<Ending>;
  readonly ended: Promise<Ending>;
}

/** A host with stand-ins for the tools, run by one shell. */
export interface CondaHost {
  readonly name: string;
  readonly home: string;
  readonly envs: string;
  tool(name: string): string;
  start(plan: Plan, env?: Readonly<Record<string, string>>): RunningOperation;
  run(plan: Plan, env?: Readonly<Record<string, string>>): Promise<Ending>;
}

/** The shells of this machine; the BusyBox one has nothing but its own tools. */
export const hostShells = shells;

export function newHost(shell: readonly [string, ...string[]]): CondaHost {
  const home = mkdtempSync(join(scratch, "home "));
  const envs = join(home, ".conda/envs");
  const tools = join(home, "tools");
  mkdirSync(tools);
  for (const [name, file] of Object.entries(standIns)) cpSync(join(standInFolder, file), join(tools, name));
  const environment = { HOME: home, PATH: searchPath(shell), STANDIN_ENVS: `${envs}:${join(home, "shared/envs")}` };

  let operations = 0;

  function start(plan: Plan, env: Readonly<Record<string, string>> = {}): RunningOperation {
    operations += 1;
    const id = `operation-${operations}`;
    let log = "";
    const waiting = new Set<() => void>();
    const [program, ...options] = shell;
    const run = (script: string, more: Readonly<Record<string, string>>) => {
      const child = spawn(program, [...options, "-c", script, "sh", ...plan.operation.parameters], {
        cwd: "/",
        // A session of its own, as every operation has on a host.
        detached: true,
        env: { ...environment, TENSORLINE_OPERATION: id, ...more },
        stdio: ["ignore", "pipe", "pipe"],
      });
      const listen = (chunk: Buffer) => {
        log += chunk.toString();
        for (const check of [...waiting]) check();
      };
      child.stdout.on("data", listen);
      child.stderr.on("data", listen);
      const ended = new Promise<number>((resolve) => child.on("close", (code) => resolve(code ?? 137)));
      return { child, ended };
    };
    const { child, ended } = run(plan.operation.script, { ...plan.operation.secrets, ...env });
    const whole = ended.then(async (exitCode): Promise<Ending> => {
      if (exitCode === 0 || plan.operation.undo === undefined) return { exitCode, log };
      return { exitCode, log, undone: await run(plan.operation.undo, {}).ended };
    });
    return {
      ended: whole,
      said: (text) =>
        new Promise((resolve, reject) => {
          const check = () => {
            if (!log.includes(text)) return;
            waiting.delete(check);
            resolve();
          };
          waiting.add(check);
          check();
          whole.then(() => reject(new Error(`it ended without ${text}: ${log}`)), reject);
        }),
      cancel() {
        if (child.pid !== undefined) process.kill(-child.pid, "SIGKILL");
        return whole;
      },
    };
  }

  return {
    name: shell[0],
    home,
    envs,
    tool: (name) => join(tools, name),
    start,
    run: (plan, env) => start(plan, env).ended,
  };
}

/** An environment as conda leaves it, with a file of the user's own. */
export function writeEnvironment(
  prefix: string,
  packages: Readonly<Record<string, string>> = { python: "3.12.4" },
): void {
  for (const folder of ["bin", "conda-meta", "lib/python3.12/site-packages"])
    mkdirSync(join(prefix, folder), { recursive: true });
  writeFileSync(join(prefix, "conda-meta/history"), "==> the first day <==\n");
  for (const [name, version] of Object.entries(packages))
    writeFileSync(join(prefix, `conda-meta/${name}-${version}-0.json`), JSON.stringify({ name, version }));
  writeFileSync(join(prefix, "bin/python"), "#!/bin/sh\nexit 0\n", { mode: 0o755 });
  writeFileSync(join(prefix, "my notes.txt"), "mine");
}

function searchPath([program]: readonly [string, ...string[]]): string {
  if (program !== "busybox") return "/usr/bin:/bin";
  const applets = join(scratch, "applets");
  if (existsSync(applets)) return applets;
  mkdirSync(dirname(applets), { recursive: true });
  mkdirSync(applets);
  execFileSync("busybox", ["--install", "-s", applets]);
  const path = execFileSync("sh", ["-c", "command -v busybox"], { encoding: "utf8" }).trim();
  if (!existsSync(join(applets, "busybox"))) symlinkSync(path, join(applets, "busybox"));
  return applets;
}

/** The plan of an operation that a manager may not offer. */
export function planned<Parts extends unknown[]>(make: ((...parts: Parts) => Plan) | undefined, ...parts: Parts): Plan {
  if (make === undefined) throw new Error("the operation is not offered");
  return make(...parts);
}
