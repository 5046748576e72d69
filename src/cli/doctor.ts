import { type FailureReason, problemOf } from "../core/failure";
import { firstReport } from "../core/gpu/firstReport";
import { describe } from "../core/words";
import type { HostReport, Warning } from "../shared/gpu";
import { warningsOf } from "../shared/gpuUse";
import type { CommandLine } from "./arguments";
import { checkEnvironment } from "./doctorEnvironment";
import { createTerminalEngine, hostRef } from "./engine";
import { ExitCode, type TerminalIo } from "./terminal";

/** One thing looked at, and what was found. */
export interface Check {
  readonly name: string;
  /** `skipped`: there was nothing to try it on. */
  readonly status: "ok" | "warning" | "failed" | "skipped";
  readonly message: string;
}

/**
 * `tensorline doctor HOST`: everything that has to work, in the order in which it has to; with `--env` that environment as
 * well. Fails when a check failed.
 */
export async function runDoctor(line: Extract<CommandLine, { command: "doctor" }>, io: TerminalIo): Promise<ExitCode> {
  const engine = createTerminalEngine(line.connection, io);
  const host = hostRef(line.host, line.connection);
  const checks: Check[] = [];
  const add = (...found: readonly Check[]) => {
    checks.push(...found);
    if (!line.json) for (const check of found) io.print(checkLine(check));
  };
  const addFailure = (name: string, error: unknown) => {
    const { message, remedy } = describe(problemOf(error));
    add({ name, status: "failed", message: remedy ? `${message} ${remedy}` : message });
  };
  const lease = engine.connections().acquire(host);
  try {
    const started = performance.now();
    const runner = await lease.connected(AbortSignal.timeout(120_000));
    add({ name: "connection", status: "ok", message: `connected in ${Math.round(performance.now() - started)} ms` });
    const report = await firstReport(engine.gpus, host, AbortSignal.timeout(60_000)).catch((error) => {
      addFailure("GPU tools", error);
    });
    if (report) add(...checksOf(report));
    if (line.environment !== undefined) {
      const wish = { host: line.host, name: line.environment, report: report ?? undefined };
      await checkEnvironment(engine.environments.parts(), runner, wish, add).catch((error) =>
        addFailure("environment", error),
      );
    }
  } catch (error) {
    addFailure("connection", error);
  } finally {
    lease.dispose();
    engine.dispose();
  }
  const failed = checks.find((check) => check.status === "failed");
  if (line.json) io.printJson({ host: line.host, checks }, true);
  if (failed) io.complain(failed.message);
  return failed ? ExitCode.failed : ExitCode.done;
}

const checkLine = ({ status, name, message }: Check) => `${status.padEnd(7)}  ${name}: ${message}`;

function checksOf(report: HostReport): Check[] {
  const { system, gpus, warnings } = report;
  const hostWarnings = warnings.filter((warning) => warning.gpuIndex === undefined);
  const software = [system?.driverVersion, system?.cudaVersion && `CUDA ${system.cudaVersion}`].filter(Boolean);
  return [
    {
      name: "host",
      status: "ok",
      message: [system?.distribution, system?.kernel].filter(Boolean).join(", ") || "no details",
    },
    ...hostWarnings.map((warning): Check => ({ name: "GPU tools", ...verdict(warning) })),
    ...(software.length > 0 ? [{ name: "driver", status: "ok", message: software.join(", ") } satisfies Check] : []),
    ...gpus.map((gpu): Check => {
      const [warning] = warningsOf(report, gpu);
      return {
        name: `GPU ${gpu.index}`,
        ...(warning ? verdict(warning) : { status: "ok", message: gpu.name ?? "healthy" }),
      };
    }),
    ...(system?.disks ?? []).flatMap((disk): Check[] => {
      if (disk.usedBytes === undefined || !disk.totalBytes) return [];
      const percent = Math.round((100 * disk.usedBytes) / disk.totalBytes);
      return [{ name: `disk ${disk.path}`, status: percent >= 95 ? "warning" : "ok", message: `${percent} % used` }];
    }),
  ];
}

/** What a host may live with: everything else keeps GPUs from being used or read. */
const mild: ReadonlySet<string> = new Set<FailureReason>([
  "noGpuTool",
  "gpuAsleep",
  "eccErrors",
  "infoRomCorrupted",
  "unknownField",
  "cutOff",
]);

function verdict({ reason, message }: Warning): Pick<Check, "status" | "message"> {
  return { status: mild.has(reason) ? "warning" : "failed", message };
}
