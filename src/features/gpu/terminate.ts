import * as vscode from "vscode";
import type { App } from "../../app";
import { problemOf } from "../../core/failure";
import { terminateProcess } from "../../core/gpu/terminate";
import type { GpuWatch } from "../../core/gpu/watch";
import { sentence } from "../../core/words";
import type { Terminated } from "../../shared/gpuPanel";

/** Ends a GPU process after a confirmation that names it and its owner; an empty message when the person thinks better of it. */
export async function terminate(app: App, watch: GpuWatch, pid: number): Promise<Terminated> {
  const process = watch.latest()?.report.processes.find((one) => one.pid === pid);
  if (!process) return { pid, ok: false, message: `Process ${pid} is gone already.` };
  const owner = process.user ? ` of ${process.user}` : "";
  const end = "Terminate";
  const answer = await vscode.window.showWarningMessage(
    `Terminate process ${pid}${owner} on ${watch.host.name}?`,
    {
      modal: true,
      detail: `${process.command ?? process.name ?? "The command is not known."}\n\nIt gets SIGTERM and may save its work first.`,
    },
    end,
  );
  if (answer !== end) return { pid, ok: false, message: "" };
  const outcome = await attempt(app, watch, pid, process.startedAt, false);
  if (outcome.reason !== "processSurvived") return outcome;
  const kill = "Kill It";
  const again = await vscode.window.showWarningMessage(
    outcome.message,
    { modal: true, detail: "SIGKILL ends it at once. What it has not saved is lost." },
    kill,
  );
  return again === kill ? attempt(app, watch, pid, process.startedAt, true) : outcome;
}

async function attempt(
  app: App,
  watch: GpuWatch,
  pid: number,
  startedAt: string | undefined,
  force: boolean,
): Promise<Terminated & { reason?: string }> {
  const lease = app.engine.connections().acquire(watch.host);
  try {
    const signal = AbortSignal.timeout(30_000);
    const runner = await lease.connected(signal);
    await runner.run(terminateProcess({ pid, startedAt, force }), signal);
    return { pid, ok: true, message: `Process ${pid} has ended.` };
  } catch (error) {
    const problem = problemOf(error);
    app.log.warn(`terminating ${pid} on ${watch.host.name}: ${problem.reason}`);
    return { pid, ok: problem.reason === "noSuchProcess", message: sentence(problem), reason: problem.reason };
  } finally {
    lease.dispose();
  }
}
