import { randomUUID } from "node:crypto";
import { mkdtempSync } from "node:fs";
import { join } from "node:path";
import { systemClock } from "../../src/core/clock";
import { submitCommand } from "../../src/core/jobs/commands";
import { createClientState } from "../../src/core/jobs/launch/clientState";
import type { Launcher } from "../../src/core/jobs/launch/launch";
import { createLauncher } from "../../src/core/jobs/launch/launcher";
import type { LauncherDeps } from "../../src/core/jobs/launch/ports";
import type { JobRequest } from "../../src/core/jobs/request";
import type { HostRef } from "../../src/core/ports";
import type { Job } from "../../src/shared/jobs";
import { transfers } from "../shell/transferHost";
import { noAbort, type TestClient, testClient } from "./client";

/** One client with a launcher; what it submits goes straight to the host, as the service does it on a whole connection. */
export interface LaunchClient {
  readonly client: TestClient;
  readonly launcher: Launcher;
  readonly deps: LauncherDeps;
  readonly submitted: JobRequest[];
}

/** @param storageDir of another client that is to be the same one, in another window */
export function launchClient(host: HostRef, more: Partial<LauncherDeps> = {}, storageDir?: string): LaunchClient {
  const client = testClient(storageDir === undefined ? {} : { storageDir });
  const submitted: JobRequest[] = [];
  const deps: LauncherDeps = {
    client: { os: "linux" },
    clock: systemClock,
    randomId: randomUUID,
    acquire: (one) => client.connections.acquire(one),
    hostNamed: () => host,
    connectedHosts: () => [host],
    environments: {
      state: () => ({ verdicts: new Map(), loads: new Map(), isReading: false, running: [] }),
      refresh: () => Promise.reject(new Error("nobody should look for environments")),
      parts: () => {
        throw new Error("nobody should need environments");
      },
    },
    outlook: () => Promise.reject(new Error("nobody should look at GPUs")),
    transfers,
    jobs: {
      async submit(one, request, signal): Promise<Job> {
        submitted.push(request);
        const lease = client.connections.acquire(one);
        try {
          return await (await lease.connected(signal)).run(submitCommand(request), noAbort);
        } finally {
          lease.dispose();
        }
      },
    },
    clientState: createClientState(mkdtempSync(join(client.storageDir, "s-"))),
    ...more,
  };
  return { client, launcher: createLauncher(deps), deps, submitted };
}
