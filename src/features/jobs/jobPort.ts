import * as vscode from "vscode";
import { knownServices } from "../../core/forwards/target";
import { withLateProgress } from "../../platform/progress";
import { sameHost } from "../hosts/hostBook";
import type { JobsFeature } from "./feature";
import { portsInLog } from "./portsInLog";
import type { JobTarget } from "./targets";

/** Of the log's end: servers print their address when they begin, TensorBoard in a job that has only begun. */
const readBytes = 256 * 1024;

/** Opens what the job serves in the browser, through a forward. The log names the ports; any other can be chosen. */
export async function openJobPort(feature: JobsFeature, { host, job }: JobTarget): Promise<void> {
  const { app, parts } = feature;
  const log = await withLateProgress(`Looking for ports of ${job.name}`, (signal) =>
    parts.jobs.readLog(host, job.id, Math.max(0, (job.logBytes ?? 0) - readBytes), readBytes, signal),
  );
  const other = { label: "Another port…", description: `what listens on ${host.name}`, port: undefined };
  const items = portsInLog(new TextDecoder().decode(log)).map((port) => ({
    label: String(port),
    description: knownServices.get(port) ?? "named in the log",
    port,
  }));
  const picked =
    items.length === 0
      ? other
      : await vscode.window.showQuickPick([...items, other], { title: `Which port of ${job.name}?` });
  if (!picked) return;
  const { port } = picked;
  if (port === undefined) {
    await vscode.commands.executeCommand("tensorline.forwardPort", host);
    return;
  }
  const isDemo = app.book.demoEntries().some(({ ref }) => sameHost(ref, host));
  // A demo host is this computer: its port and the forwarded one must not be the same.
  const localPort = isDemo ? port + 1 : port;
  const { localPort: opened } = await withLateProgress(`Forwarding port ${port} of ${host.name}`, (signal) =>
    app.engine.forwards.open({ host, target: { host: "localhost", port }, localPort, label: job.name }, signal),
  );
  await vscode.env.openExternal(vscode.Uri.parse(`http://localhost:${opened}/`));
}
