import type { RemoteCommand, Runner } from "../remote";
import type { RunReading } from "../tensors/hook";

/** What makes the Pythons of jobs record how they failed. Part of the bundle that explains failures of tensors. */
export interface JobHook {
  /** Of its folder on hosts. */
  readonly name: string;
  /** Puts it on the host, unless it is there. @throws Failure */
  put(runner: Pick<Runner, "run">, signal: AbortSignal): Promise<void>;
  /** What a job's Pythons recorded so far; nothing for a job that is not there. */
  records(id: string): RemoteCommand<RunReading>;
}
