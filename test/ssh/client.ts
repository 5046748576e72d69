import { mkdtempSync, rmSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll } from "vitest";
import { type Clock, systemClock } from "../../src/core/clock";
import type { Connections, ConnectionsDeps } from "../../src/core/connections";
import { Failure } from "../../src/core/failure";
import { silentLogger } from "../../src/core/logger";
import type { HostKeyQuestion, HostRef, Prompts, Secrets, TextAnswer, TextQuestion } from "../../src/core/ports";
import type { RemoteCommand, StreamEnd, StreamSink } from "../../src/core/remote";
import type { HostState } from "../../src/shared/host";
import { createConnections } from "../../src/ssh";

/** A person played by a script: answers in order, then declines. */
export interface Person extends Prompts {
  readonly questions: (TextQuestion | HostKeyQuestion)[];
}

export function person(answers: readonly (TextAnswer | string | boolean)[] = []): Person {
  const left = [...answers];
  const questions: (TextQuestion | HostKeyQuestion)[] = [];
  return {
    questions,
    async askText(question) {
      questions.push(question);
      const answer = left.shift();
      if (answer === undefined || typeof answer === "boolean") throw new Failure({ reason: "cancelled" });
      return typeof answer === "string" ? { text: answer, remember: false } : answer;
    },
    async confirmHostKey(question) {
      questions.push(question);
      const answer = left.shift();
      if (typeof answer !== "boolean") throw new Failure({ reason: "cancelled" });
      return answer;
    },
  };
}

/** A secret store in memory. */
export function secretsInMemory(
  entries: Readonly<Record<string, string>> = {},
): Secrets & { all: Map<string, string> } {
  const all = new Map(Object.entries(entries));
  return {
    all,
    get: async (key) => all.get(key),
    async set(key, value) {
      all.set(key, value);
    },
    async delete(key) {
      all.delete(key);
    },
  };
}

/** One folder for all clients of a test file; it goes away with the file's last test. */
const scratch = mkdtempSync(join(tmpdir(), "tensorline-clients-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true, maxRetries: 10 }));

export interface TestClient {
  readonly connections: Connections;
  readonly storageDir: string;
  readonly states: HostState[];
  readonly logged: string[];
  /** Resolves at the first state, past or future, that fits. */
  stateIs(fits: (state: HostState) => boolean): Promise<HostState>;
}

export type ClientOptions = Partial<Omit<ConnectionsDeps, "settings">> & {
  readonly acceptNew?: boolean;
  readonly timeoutMs?: number;
  readonly identityFiles?: readonly string[];
  readonly transport?: "auto" | "ssh2" | "system";
};

/** Connections as the product makes them, with a scripted person and everything kept in a scratch folder. */
export function testClient(options: ClientOptions = {}): TestClient {
  const storageDir = options.storageDir ?? mkdtempSync(join(scratch, "client-"));
  const clock: Clock = options.clock ?? systemClock;
  const logged: string[] = [];
  const write = (message: string) => void logged.push(message);
  const connections = createConnections({
    client: { os: "linux", home: homedir(), user: userInfo().username, env: process.env },
    storageDir,
    prompts: person(),
    secrets: secretsInMemory(),
    log: { ...silentLogger, info: write, warn: write, error: write },
    random: () => 0,
    ...options,
    clock,
    settings: {
      identityFiles: () => options.identityFiles ?? [],
      acceptNewHostKeys: () => options.acceptNew ?? false,
      connectTimeoutMs: () => options.timeoutMs ?? 30_000,
      sshTransport: () => options.transport ?? "auto",
    },
  });
  const states: HostState[] = [];
  const watchers = new Set<() => void>();
  connections.onState(({ state }) => {
    states.push(state);
    for (const watch of [...watchers]) watch();
  });
  return {
    connections,
    storageDir,
    states,
    logged,
    stateIs: (fits) =>
      new Promise((resolve) => {
        let seen = 0;
        const watch = () => {
          for (; seen < states.length; seen++) {
            const state = states[seen];
            if (!state || !fits(state)) continue;
            watchers.delete(watch);
            return resolve(state);
          }
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** A signal that never fires. */
export const noAbort = new AbortController().signal;

/** Runs one command on the short lane and returns all it left. */
export function command(argv: readonly [string, ...string[]], more: Partial<RemoteCommand<unknown>> = {}) {
  return { what: "testing", argv, deadlineMs: 30_000, parse: (output) => output, ...more } as RemoteCommand<{
    stdout: string;
    stderr: string;
    exitCode: number;
  }>;
}

/** Collects a stream. */
export function collector(): StreamSink & {
  text(): string;
  ended: Promise<StreamEnd>;
  says(text: string): Promise<void>;
} {
  let collected = "";
  const watchers = new Set<() => void>();
  let finish: (end: StreamEnd) => void = () => {};
  const ended = new Promise<StreamEnd>((resolve) => {
    finish = resolve;
  });
  return {
    data(chunk) {
      collected += Buffer.from(chunk).toString("utf8");
      for (const watch of [...watchers]) watch();
    },
    end: (end) => finish(end),
    text: () => collected,
    ended,
    says: (text) =>
      new Promise((resolve) => {
        const watch = () => {
          if (!collected.includes(text)) return;
          watchers.delete(watch);
          resolve();
        };
        watchers.add(watch);
        watch();
      }),
  };
}

/** An alias of a test server's ssh config. */
export function hostOf(server: { readonly configFile: string }, name = "box"): HostRef {
  return { name, configFile: server.configFile };
}

/** A stream script that repeats its parameters and then every line it is sent. */
export const echoScript = `{
printf '\\036tensorline ready\\037'
IFS= read -r count || exit
while [ "$count" -gt 0 ]; do IFS= read -r word; printf 'parameter <%s>\\n' "$word"; count=$((count - 1)); done
while IFS= read -r line; do printf 'line <%s>\\n' "$line"; done
exit 7
}`;
