import * as vscode from "vscode";
import type { App } from "../../app";
import { type Problem, problemOf } from "../../core/failure";
import { type Termination, terminateProcess } from "../../core/gpu/terminate";
import type { GpuWatch } from "../../core/gpu/watch";
import { sentence } from "../../core/words";
import type { Terminated } from "../../shared/gpuPanel";

/** Ends a GPU process after a confirmation that names it and its owner; an empty message when the person thinks better of it. */
export async function terminate(app: App, watch: GpuWatch, pid: number): Promise<Terminated> {
  const process = watch.latest()?.report.processes.find((one) => one.pid === pid);
  const gone = { pid, ok: false, message: sentence({ reason: "noSuchProcess", pid }) };
  if (!process) return gone;
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
  const startTicks = watch.startTicks(pid);
  if (startTicks === undefined) return gone;
  const outcome = await attempt(app, watch, { pid, startTicks, force: false });
  if (outcome.reason !== "processSurvived") return outcome;
  const kill = "Kill It";
  const again = await vscode.window.showWarningMessage(
    outcome.message,
    { modal: true, detail: "SIGKILL ends it at once. What it has not saved is lost." },
    kill,
  );
  return again === kill ? attempt(app, watch, { pid, startTicks, force: true }) : outcome;
}

async function attempt(
  app: App,
  watch: GpuWatch,
  termination: Termination,
): Promise<Terminated & { reason?: Problem["reason"] }> {
  const { pid } = termination;
  const lease = app.engine.connections().acquire(watch.host);
  try {
    const signal = AbortSignal.timeout(30_000);
    const runner = await lease.connected(signal);
    const outcome = await runner.run(terminateProcess(termination), signal);
    if (outcome.kind === "gone") return { pid, ok: true, message: `Process ${pid} has ended.` };
    const { problem } = outcome;
    return { pid, ok: problem.reason === "noSuchProcess", message: sentence(problem), reason: problem.reason };
  } catch (error) {
    app.log.warn(`ending process ${pid} on ${watch.host.name} failed: ${problemOf(error).reason}`);
    return { pid, ok: false, message: sentence(problemOf(error)) };
  } finally {
    lease.dispose();
  }
}
