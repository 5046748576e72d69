import * as vscode from "vscode";
import { listListeners } from "../../core/forwards/listeners";
import { knownServices } from "../../core/forwards/target";
import type { HostRef } from "../../core/ports";
import { withLateProgress } from "../../platform/progress";
import { sameHost } from "../hosts/hostBook";
import type { JobsFeature } from "./feature";
import type { JobTarget } from "./targets";
import { createUrlReader, type ServedUrl } from "./urlsInLog";

/** Of the log's end: servers print their address when they begin, TensorBoard in a job that has only begun. */
const readBytes = 256 * 1024;

/** Opens what the job serves in the browser, through a forward. The log names the ports; any other can be chosen. */
export async function openJobPort(feature: JobsFeature, target: JobTarget): Promise<void> {
  const { host, job } = target;
  const log = await withLateProgress(`Looking for ports of ${job.name}`, (signal) =>
    feature.parts.jobs.readLog(host, job.id, Math.max(0, (job.logBytes ?? 0) - readBytes), readBytes, signal),
  );
  const reader = createUrlReader();
  reader.feed(log);
  const other = { label: "Another port…", description: `what listens on ${host.name}`, served: undefined };
  const items = [...reader.current()].reverse().map((served) => ({
    label: String(served.port),
    description: knownServices.get(served.port) ?? "named in the log",
    served,
  }));
  const picked =
    items.length === 0
      ? other
      : await vscode.window.showQuickPick([...items, other], { title: `Which port of ${job.name}?` });
  if (picked?.served) await openServed(feature, target, picked.served);
  else if (picked) await vscode.commands.executeCommand("tensorline.forwardPort", host);
}

/** Opens an address that the job printed, as it is on this computer; says so where nothing listens there. */
export async function openServed(feature: JobsFeature, job: JobTarget, served: ServedUrl): Promise<void> {
  const { app, forwards } = feature;
  const { host } = job;
  const { port, url } = served;
  const isThere = await withLateProgress(`Looking for port ${port} of ${host.name}`, (signal) =>
    listens(feature, host, port, signal),
  );
  if (!isThere) return sayNobodyListens(feature, job, served);
  // A demo host is this computer: its port and the forwarded one must not be the same.
  const isDemo = app.book.demoEntries().some(({ ref }) => sameHost(ref, host));
  const wish = { host, target: { host: "localhost", port }, localPort: isDemo ? port + 1 : port, label: job.job.name };
  const localPort = await withLateProgress(`Forwarding port ${port} of ${host.name}`, (signal) =>
    forwards.open(job, wish, signal),
  );
  // What follows the port, such as a notebook's token, belongs to the address.
  const rest = url.replace(/^https?:\/\/[^/]*/, "");
  const scheme = url.startsWith("https:") ? "https" : "http";
  await vscode.env.openExternal(vscode.Uri.parse(`${scheme}://localhost:${localPort}${rest || "/"}`, true));
}

/** A program prints its address before it serves, or ends and leaves it in the log. */
async function sayNobodyListens(feature: JobsFeature, target: JobTarget, served: ServedUrl): Promise<void> {
  const { host, job } = target;
  const text = `Nothing listens on port ${served.port} of ${host.name}. ${job.name} may not have begun to serve, or serves no more.`;
  const again = "Try Again";
  const other = "Another Port…";
  const answer = await vscode.window.showWarningMessage(text, again, other);
  if (answer === again) await openServed(feature, target, served);
  if (answer === other) await vscode.commands.executeCommand("tensorline.forwardPort", host);
}

/** Whether somebody listens there; where the host does not tell what is open, it is taken for true. */
async function listens({ app }: JobsFeature, host: HostRef, port: number, signal: AbortSignal): Promise<boolean> {
  const lease = app.engine.connections().acquire(host);
  try {
    const listeners = await (await lease.connected(signal)).run(listListeners, signal);
    return listeners.length === 0 || listeners.some(({ target }) => target.port === port);
  } finally {
    lease.dispose();
  }
}
