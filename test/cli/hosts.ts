import { chmodSync, copyFileSync, mkdtempSync, writeFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { createServer, type Socket } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import type { Sshd } from "../ssh/sshd";

const standIn = fileURLToPath(new URL("../fixtures/gpu/tools/nvidia-smi", import.meta.url));

/** Options of one block of an ssh config. */
export type HostBlock = Readonly<Record<string, string | number>>;

/** A folder of its own for one test file. */
export interface Scratch {
  readonly folder: string;
  /** Writes an ssh config that names these hosts; gives its path. */
  config(hosts: Readonly<Record<string, HostBlock>>): string;
  dispose(): Promise<void>;
}

export function scratch(): Scratch {
  const folder = readableFolder(join(tmpdir(), "tensorline-cli-"));
  let written = 0;
  return {
    folder,
    config(hosts) {
      const file = join(folder, `config${written++}`);
      const blocks = Object.entries(hosts).map(([name, options]) => {
        const lines = Object.entries(options).map(([key, value]) => `  ${key} ${value}\n`);
        return `Host ${name}\n${lines.join("")}`;
      });
      writeFileSync(file, blocks.join("\n"));
      return file;
    },
    dispose: () => rm(folder, { recursive: true, force: true, maxRetries: 10 }),
  };
}

/** How to log in on a test server; `options` win. */
export function loginTo(server: Sshd, options: HostBlock = {}): HostBlock {
  return {
    HostName: "127.0.0.1",
    Port: server.port,
    User: server.user,
    IdentityFile: server.userKeyFile,
    IdentitiesOnly: "yes",
    IdentityAgent: "none",
    UserKnownHostsFile: server.knownHostsFile,
    GlobalKnownHostsFile: "none",
    ...options,
  };
}

/** Environment of a session on whose PATH the stand-in nvidia-smi is, and no other GPU tool. */
export function gpuEnvironment(folder: string, variables: Readonly<Record<string, string>> = {}) {
  const tools = readableFolder(join(folder, "tools-"));
  copyFileSync(standIn, join(tools, "nvidia-smi"));
  return { PATH: `${tools}:/usr/local/bin:/usr/bin:/bin`, ...variables };
}

/** A TCP server on 127.0.0.1 that speaks as `greet` says; disposing it cuts what is open. */
export async function tcpServer(greet: (socket: Socket) => void): Promise<{ port: number; dispose(): Promise<void> }> {
  const open = new Set<Socket>();
  const server = createServer((socket) => {
    open.add(socket);
    socket.on("error", () => {});
    socket.on("close", () => open.delete(socket));
    greet(socket);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  if (typeof address !== "object" || address === null) throw new Error("no port");
  return {
    port: address.port,
    async dispose() {
      const closed = new Promise((resolve) => server.close(resolve));
      for (const socket of open) socket.destroy();
      await closed;
    },
  };
}

/** Throw-away users must be able to run what is in it. */
function readableFolder(prefix: string): string {
  const folder = mkdtempSync(prefix);
  chmodSync(folder, 0o755);
  return folder;
}
