import * as vscode from "vscode";
import { Failure } from "../../core/failure";
import { quoteArgv } from "../../core/remote";
import { createHostTerminal } from "../hosts/terminal";
import type { JobsFeature } from "./feature";
import type { JobTarget } from "./targets";

/** A terminal of the host that shows the job itself and can type into it. Closing it leaves the job alone. */
export async function attachJob({ app, parts }: JobsFeature, { host, job }: JobTarget): Promise<void> {
  const argv = parts.attachArgv(job);
  if (!argv) {
    const why = "only jobs that run in tmux can be attached to";
    throw new Failure({ reason: "backendUnusable", host: host.name, backend: job.backend, why });
  }
  const prelude = { note: `The output of ${job.name}. Ctrl+C stops the job.`, program: quoteArgv(argv) };
  const options = { title: job.name, prelude: async () => prelude };
  vscode.window.createTerminal(createHostTerminal(() => app.engine.connections().acquire(host), options)).show();
}
