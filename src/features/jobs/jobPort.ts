import * as vscode from "vscode";
import { knownServices } from "../../core/forwards/target";
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

/** Opens an address that the job printed, as it is on this computer. */
export async function openServed(
  { app }: JobsFeature,
  { host, job }: JobTarget,
  { port, url }: ServedUrl,
): Promise<void> {
  const isDemo = app.book.demoEntries().some(({ ref }) => sameHost(ref, host));
  // A demo host is this computer: its port and the forwarded one must not be the same.
  const wish = { host, target: { host: "localhost", port }, localPort: isDemo ? port + 1 : port, label: job.name };
  const { localPort } = await withLateProgress(`Forwarding port ${port} of ${host.name}`, (signal) =>
    app.engine.forwards.open(wish, signal),
  );
  // What follows the port, such as a notebook's token, belongs to the address.
  const rest = url.replace(/^https?:\/\/[^/]*/, "");
  const scheme = url.startsWith("https:") ? "https" : "http";
  await vscode.env.openExternal(vscode.Uri.parse(`${scheme}://localhost:${localPort}${rest || "/"}`, true));
}
