import { afterEach } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { type ClientOptions, command, noAbort, type TestClient, testClient } from "./client";

/** Clients of a user without a home folder and without an agent; they end with each test. */
export interface Attempts {
  newClient(options?: ClientOptions): TestClient;
  /** "there" when a command ran on the host, else the problem. */
  outcome(host: HostRef, client?: TestClient): Promise<unknown>;
}

/** Call it once at the top of a test file; `common` holds for all of its clients. */
export function attempts(common: ClientOptions = {}): Attempts {
  const clients: TestClient[] = [];
  afterEach(() => {
    for (const client of clients.splice(0)) client.connections.dispose();
  });
  const newClient = (options: ClientOptions = {}) => {
    const client = testClient({
      client: { os: "linux", home: "/nonexistent", user: "nobody", env: { PATH: process.env.PATH } },
      ...common,
      ...options,
    });
    clients.push(client);
    return client;
  };
  return {
    newClient,
    async outcome(host, client = newClient()) {
      try {
        const runner = await client.connections.acquire(host).connected(noAbort);
        return (await runner.run(command(["echo", "there"]), noAbort)).stdout.trim();
      } catch (error) {
        return (error as { problem: unknown }).problem;
      }
    },
  };
}
