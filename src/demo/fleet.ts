import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, sep } from "node:path";
import { clientFacts } from "../core/client";
import { type Disposable, DisposableStore, toDisposable } from "../core/lifecycle";
import { createHost } from "./host";
import { clusterHosts, type HostSpec, labHosts } from "./hosts";
import { newKeys } from "./keys";
import { type DemoShell, demoShell } from "./platform";
import type { DemoReady, FaultKind } from "./protocol";
import { serveRecordedSession } from "./recorded";
import { createRecordedHost } from "./recordedHost";
import { type HostServer, type ServerOptions, startServer } from "./server";
import { type GroupWatch, serveSession } from "./session";
import { recogniseScript } from "./terminal";
import { findExecutable, realGpuTools, writeToolbox } from "./toolbox";
import reaper from "./tools/reaper.sh";

export interface FleetOptions {
  /** Generate this many alike hosts with eight GPUs each instead of the usual four. */
  readonly hosts?: number;
  /** Same seed, same people, jobs and loads. */
  readonly seed?: number;
  /** Where the run's own folder is made; the system's temporary folder by default. */
  readonly stateFolder?: string;
  /** GPUs only, no commands: what a computer without a POSIX shell gets anyway. */
  readonly recorded?: boolean;
}

/** Real SSH servers on 127.0.0.1 with simulated machines behind them. Disposing ends every process and removes every file. */
export interface Fleet extends DemoReady, Disposable {
  /** False: there is no such host, or it cannot show this fault. */
  fault(host: string, fault: FaultKind, gpu?: number): boolean;
}

/** Starts the fleet; without a POSIX shell to run commands with it is a recorded one. */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const { os, env } = clientFacts();
  const shell: DemoShell = options.recorded
    ? { kind: "recorded" }
    : demoShell({ os, env, exists: (path) => canUse(path, constants.X_OK) });
  const startedAt = Date.now();
  const folder = makeFolder(options.stateFolder ?? tmpdir());
  const volatile = shell.kind === "sh" && options.stateFolder === undefined && inMemory();
  const filesFolder = volatile ? makeFolder(memoryFolder) : folder;
  const removeFolders = () => {
    // What dies meanwhile may still write there.
    for (const made of [folder, filesFolder]) rmSync(made, { recursive: true, force: true, maxRetries: 5 });
  };
  const store = new DisposableStore();
  try {
    const userKeys = newKeys();
    const identityFile = join(folder, "id_ed25519");
    writeFileSync(identityFile, userKeys.privateText, { mode: 0o600 });
    const scene = { folder, filesFolder, seed: options.seed ?? 1, startedAt };
    const machineOf =
      shell.kind === "recorded" ? recordedMachines(scene, store) : realMachines(shell.path, scene, store);
    const specs = options.hosts === undefined ? labHosts : clusterHosts(options.hosts);
    const members: Member[] = [];
    for (const spec of specs) {
      const hostKeys = newKeys();
      const machine = machineOf(spec);
      const keys = { hostKey: hostKeys.privateText, userKey: userKeys.publicKey };
      const server = store.add(await startServer({ ...machine, ...keys, user: spec.user }));
      members.push({ spec, machine, server, publicKey: hostKeys.publicText });
    }
    store.add(toDisposable(removeFolders));
    return describe(members, shell.kind === "recorded", folder, identityFile, store);
  } catch (error) {
    store.dispose();
    removeFolders();
    throw error;
  }
}

/** What stands behind a server. */
interface Machine extends Pick<ServerOptions, "watch" | "serve"> {
  /** False: it cannot show this fault. */
  setFault(fault: FaultKind, gpu: number | undefined): boolean;
}

interface Scene {
  readonly folder: string;
  /** For files that change often. */
  readonly filesFolder: string;
  readonly seed: number;
  readonly startedAt: number;
}

/** Machines whose commands really run, in folders of their own. */
function realMachines(shell: string, scene: Scene, store: DisposableStore): (spec: HostSpec) => Machine {
  const { folder, filesFolder, seed, startedAt } = scene;
  const path = process.env.PATH ?? "";
  const groups = store.add(startReaper(shell, filesFolder, folder));
  const toolsFolder = join(folder, "tools");
  const basicsFolder = join(folder, "basics");
  const runFolder = join(folder, "run");
  mkdirSync(runFolder);
  writeToolbox(toolsFolder, basicsFolder, path);
  const hidden = realGpuTools(path);
  const script = findExecutable("script", path);
  const terminal = script === undefined ? undefined : recogniseScript(script);
  let sessions = 0;
  return (spec) => {
    const places = { folder: join(filesFolder, "hosts", spec.name), home: join(folder, "homes", spec.name) };
    const host = store.add(createHost({ spec, seed, ...places, toolsFolder, basicsFolder, hidden, shell, startedAt }));
    return {
      watch: () => host.watch(),
      serve(session, connection) {
        sessions += 1;
        const terminalFile = join(runFolder, `terminal.${sessions}`);
        serveSession(session, { host, shell, terminal, groups, terminalFile, connection });
      },
      setFault(fault, gpu) {
        host.setFault(fault, gpu);
        return true;
      },
    };
  };
}

/** Machines that only answer the GPU probe. Nothing cleans up after a fleet of these that was killed: that takes a shell. */
function recordedMachines({ seed, startedAt }: Scene, store: DisposableStore): (spec: HostSpec) => Machine {
  return (spec) => {
    const host = store.add(createRecordedHost(spec, seed, startedAt));
    return {
      watch: () => toDisposable(() => undefined),
      serve: (session) => serveRecordedSession(session, host),
      setFault: (fault, gpu) => host.setFault(fault, gpu),
    };
  };
}

/** Linux keeps this folder in memory: states change several times a second and are nobody's loss. */
const memoryFolder = "/dev/shm";

function inMemory(): boolean {
  return process.platform === "linux" && canUse(memoryFolder, constants.W_OK);
}

function canUse(path: string, mode: number): boolean {
  try {
    accessSync(path, mode);
    return true;
  } catch {
    return false;
  }
}

/** A new folder that only this user can enter. */
function makeFolder(parent: string): string {
  const folder = mkdtempSync(join(parent, "tensorline-demo-"));
  chmodSync(folder, 0o700);
  return folder;
}

interface Member {
  readonly spec: HostSpec;
  readonly machine: Machine;
  readonly server: HostServer;
  readonly publicKey: string;
}

function describe(
  members: readonly Member[],
  recorded: boolean,
  folder: string,
  identityFile: string,
  store: DisposableStore,
): Fleet {
  const knownHostsFile = join(folder, "known_hosts");
  const configFile = join(folder, "config");
  const keys = members.map(({ server, publicKey }) => `[127.0.0.1]:${server.port} ${publicKey.trim()}`);
  writeFileSync(knownHostsFile, `${keys.join("\n")}\n`);
  const sections = members.map(({ spec, server }) => configSection(spec, server.port, identityFile, knownHostsFile));
  writeFileSync(configFile, sections.join("\n"));
  return {
    configFile,
    knownHostsFile,
    ...(recorded ? { recorded } : {}),
    hosts: members.map(({ spec, server }) => ({
      name: spec.name,
      port: server.port,
      summary: recorded ? `${spec.summary} (recorded: GPUs only, no commands)` : spec.summary,
    })),
    fault(name, fault, gpu) {
      const member = members.find(({ spec }) => spec.name === name);
      if (!member?.machine.setFault(fault, gpu)) return false;
      if (fault === "cut") member.server.cut();
      return true;
    },
    dispose: () => store.dispose(),
  };
}

/** A file name as ssh_config reads it: quoted, percent signs doubled, with the slashes that every system understands. */
function configPath(file: string): string {
  return `"${file.replaceAll(sep, "/").replaceAll("%", "%%")}"`;
}

function configSection(spec: HostSpec, port: number, identityFile: string, knownHostsFile: string): string {
  return [
    `Host ${spec.name}`,
    "  HostName 127.0.0.1",
    `  Port ${port}`,
    `  User ${spec.user}`,
    `  IdentityFile ${configPath(identityFile)}`,
    "  IdentitiesOnly yes",
    `  UserKnownHostsFile ${configPath(knownHostsFile)}`,
    "  GlobalKnownHostsFile none",
    "  StrictHostKeyChecking yes",
    "",
  ].join("\n");
}

/** A process that outlives the fleet by a moment and cleans up after it, even where the fleet was killed. */
function startReaper(shell: string, ...folders: readonly string[]): GroupWatch & Disposable {
  const child = spawn(shell, ["-c", reaper, "tensorline-demo-reaper", ...folders], {
    detached: true,
    stdio: ["pipe", "ignore", "ignore"],
    cwd: "/",
  });
  const { stdin } = child;
  stdin?.on("error", () => undefined);
  child.unref();
  return {
    started: (group) => void stdin?.write(`+${group}\n`),
    ended: (group) => void stdin?.write(`-${group}\n`),
    dispose: () => void stdin?.end(),
  };
}
