// A program that holds a connection through the system's ssh and prints the pid of that ssh; a test ends it.
import { execFileSync } from "node:child_process";
import { homedir, userInfo } from "node:os";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock";
import { silentLogger } from "../../src/core/logger";
import { resolveHost } from "../../src/ssh/config";
import { createCredentials } from "../../src/ssh/credentials";
import { knownHostsStore } from "../../src/ssh/knownHostsStore";
import { createLoginGate } from "../../src/ssh/loginGate";
import { connectSystem } from "../../src/ssh/system/connectSystem";

async function hold(storageDir: string): Promise<void> {
  const client = { os: "linux", home: homedir(), user: userInfo().username, env: process.env } as const;
  const settings = { identityFiles: () => [], acceptNewHostKeys: () => false, connectTimeoutMs: () => 30_000 };
  const secrets = { get: async () => undefined, set: async () => {}, delete: async () => {} };
  const prompts = { askText: () => Promise.reject(new Error()), confirmHostKey: () => Promise.reject(new Error()) };
  const host = { name: "box", configFile: join(storageDir, "config") };
  const { signal } = new AbortController();
  const ports = { prompts, secrets, settings, clock: systemClock, log: silentLogger, random: () => 0 };
  const request = {
    host,
    deps: { client, storageDir, ...ports },
    prompts,
    credentials: createCredentials(secrets),
    store: knownHostsStore(join(storageDir, "known_hosts")),
    gate: createLoginGate(),
    onStep: () => {},
    signal,
  };
  await connectSystem(request, [{ host, options: await resolveHost(host, client, signal) }], "setting");
  const children = execFileSync("ps", ["-o", "pid=,args=", "--ppid", String(process.pid)], { encoding: "utf8" });
  const [, pid] = /^\s*(\d+) .*ControlMaster=yes/m.exec(children) ?? [];
  process.stdout.write(`${pid}\n`);
}

void hold(process.argv[2] ?? "");
