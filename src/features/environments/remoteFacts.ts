import type { App } from "../../app";
import { Failure } from "../../core/failure";
import type { HostRef } from "../../core/ports";
import type { RemoteCommand } from "../../core/remote";
import { withLateProgress } from "../../platform/progress";

/** The user's home folder on the host. @throws Failure */
export function homeOf(app: App, host: HostRef): Promise<string> {
  return withLateProgress(`Asking ${host.name} for the home folder`, (signal) =>
    app.engine.environments.use(host, signal, (runner) => runner.run(home, signal)),
  );
}

const home: RemoteCommand<string> = {
  what: "asking for the home folder",
  argv: ["sh", "-c", "cd && pwd"],
  deadlineMs: 10_000,
  parse({ stdout }) {
    const path = stdout.replace(/\n$/, "");
    if (!path.startsWith("/")) throw new Failure({ reason: "unreadable", what: "the home folder", detail: stdout });
    return path;
  },
};
