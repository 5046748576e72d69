import { join } from "node:path";
import { clientFacts, storageFolder } from "../core/client";
import { systemClock } from "../core/clock";
import { defaultPlaces } from "../core/environments/survey";
import type { GpuModule } from "../core/gpu";
import { noGentleHosts } from "../core/gpu/gentle";
import { type Logger, silentLogger } from "../core/logger";
import type { HostRef } from "../core/ports";
import { noHookWords } from "../core/words/noHook";
import {
  createEngine,
  type Engine,
  type EnvironmentsModule,
  type JobsModule,
  type SshModule,
  systemSshParts,
  type TensorsModule,
} from "../engine";
import type { ConnectionOptions } from "./arguments";
import { type TerminalIo, terminalPrompts } from "./terminal";

/** The host that a word of the command line means. */
export function hostRef(name: string, { configFile }: ConnectionOptions): HostRef {
  return configFile === undefined ? { name } : { name, configFile };
}

/** The engine with a terminal's ports: nothing is remembered but host keys. */
export function createTerminalEngine(options: ConnectionOptions, io: TerminalIo): Engine {
  const client = clientFacts();
  return createEngine({
    client,
    storageDir: storageFolder(client),
    prompts: terminalPrompts(),
    secrets: { get: async () => undefined, set: async () => {}, delete: async () => {} },
    settings: {
      identityFiles: () => options.identityFiles,
      acceptNewHostKeys: () => options.acceptNewHostKey,
      connectTimeoutMs: () => 20_000,
    },
    gentle: noGentleHosts,
    clock: systemClock,
    log: io.verbose ? stderrLogger : silentLogger,
    random: Math.random,
    systemSsh: systemSshParts(__dirname),
    loadSsh: () => require(join(__dirname, "ssh.cjs")) as SshModule,
    loadGpu: () => require(join(__dirname, "gpu.cjs")) as GpuModule,
    loadEnvironments: () => require(join(__dirname, "environments.cjs")) as EnvironmentsModule,
    loadJobs: () => require(join(__dirname, "jobs.cjs")) as JobsModule,
    loadTensors: () => require(join(__dirname, "tensors.cjs")) as TensorsModule,
    onNoHook: ({ name }, problem) => io.complain(noHookWords(name, problem)),
    environmentPlaces: () => defaultPlaces,
  });
}

const line = (level: string) => (message: string) => void process.stderr.write(`${level}: ${message}\n`);

const stderrLogger: Logger = { debug: line("debug"), info: line("info"), warn: line("warn"), error: line("error") };
