import { spawn } from "node:child_process";
import { accessSync, chmodSync, constants, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Failure } from "../core/failure";
import { type Disposable, DisposableStore, toDisposable } from "../core/lifecycle";
import { createHost, type Host } from "./host";
import { clusterHosts, type HostSpec, labHosts } from "./hosts";
import { newKeys } from "./keys";
import type { DemoReady, FaultKind } from "./protocol";
import { type HostServer, startServer } from "./server";
import type { GroupWatch } from "./session";
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
}

/** Real SSH servers on 127.0.0.1 with simulated machines behind them. Disposing ends every process and removes every file. */
export interface Fleet extends DemoReady, Disposable {
  /** False: there is no such host. */
  fault(host: string, fault: FaultKind, gpu?: number): boolean;
}

/** Starts the fleet. Rejects with reason `noShell` where there is no POSIX shell to run commands with. */
export async function startFleet(options: FleetOptions = {}): Promise<Fleet> {
  const path = process.env.PATH ?? "";
  const shell = process.platform === "win32" ? undefined : findExecutable("sh", `/bin:${path}`);
  if (shell === undefined) {
    const detail = "The demo fleet runs real commands and needs a POSIX sh, which this computer does not have.";
    throw new Failure({ reason: "noShell", host: "demo", detail });
  }
  const seed = options.seed ?? 1;
  const startedAt = Date.now();
  const folder = makeFolder(options.stateFolder ?? tmpdir());
  const filesFolder = options.stateFolder === undefined && inMemory() ? makeFolder(memoryFolder) : folder;
  const removeFolders = () => {
    for (const made of [folder, filesFolder]) rmSync(made, { recursive: true, force: true });
  };
  const store = new DisposableStore();
  try {
    const groups = store.add(startReaper(shell, filesFolder, folder));
    const toolsFolder = join(folder, "tools");
    const basicsFolder = join(folder, "basics");
    const runFolder = join(folder, "run");
    mkdirSync(runFolder);
    writeToolbox(toolsFolder, basicsFolder, path);
    const hidden = realGpuTools(path);
    const script = findExecutable("script", path);
    const terminal = script === undefined ? undefined : recogniseScript(script);
    const userKeys = newKeys();
    const identityFile = join(folder, "id_ed25519");
    writeFileSync(identityFile, userKeys.privateText, { mode: 0o600 });
    const specs = options.hosts === undefined ? labHosts : clusterHosts(options.hosts);
    const members: Member[] = [];
    for (const spec of specs) {
      const hostKeys = newKeys();
      const places = { folder: join(filesFolder, "hosts", spec.name), home: join(folder, "homes", spec.name) };
      const host = store.add(
        createHost({ spec, seed, ...places, toolsFolder, basicsFolder, hidden, shell, startedAt }),
      );
      const server = store.add(
        await startServer({
          host,
          hostKey: hostKeys.privateText,
          userKey: userKeys.publicKey,
          shell,
          terminal,
          groups,
          runFolder,
        }),
      );
      members.push({ host, server, publicKey: hostKeys.publicText });
    }
    store.add(toDisposable(removeFolders));
    return describe(members, folder, identityFile, store);
  } catch (error) {
    store.dispose();
    removeFolders();
    throw error;
  }
}

/** Linux keeps this folder in memory: states change several times a second and are nobody's loss. */
const memoryFolder = "/dev/shm";

function inMemory(): boolean {
  try {
    accessSync(memoryFolder, constants.W_OK);
    return process.platform === "linux";
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
  readonly host: Host;
  readonly server: HostServer;
  readonly publicKey: string;
}

function describe(members: readonly Member[], folder: string, identityFile: string, store: DisposableStore): Fleet {
  const knownHostsFile = join(folder, "known_hosts");
  const configFile = join(folder, "config");
  const keys = members.map(({ server, publicKey }) => `[127.0.0.1]:${server.port} ${publicKey.trim()}`);
  writeFileSync(knownHostsFile, `${keys.join("\n")}\n`);
  const sections = members.map(({ host, server }) =>
    configSection(host.spec, server.port, identityFile, knownHostsFile),
  );
  writeFileSync(configFile, sections.join("\n"));
  return {
    configFile,
    knownHostsFile,
    hosts: members.map(({ host, server }) => ({
      name: host.spec.name,
      port: server.port,
      summary: host.spec.summary,
    })),
    fault(name, fault, gpu) {
      const member = members.find(({ host }) => host.spec.name === name);
      if (!member) return false;
      member.host.setFault(fault, gpu);
      if (fault === "cut") member.server.cut();
      return true;
    },
    dispose: () => store.dispose(),
  };
}

/** A file name as ssh_config reads it: quoted, percent signs doubled. */
function configPath(file: string): string {
  return `"${file.replaceAll("%", "%%")}"`;
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
