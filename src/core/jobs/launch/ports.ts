import type { Environment, Toolkit } from "../../../shared/environments";
import type { Clock } from "../../clock";
import type { HostLease } from "../../connections";
import type { Environments } from "../../environments/environments";
import type { ClientFacts, HostRef } from "../../ports";
import type { Transfers } from "../../transfer/transfers";
import type { GpuOutlook } from "../gpus/outlook";
import type { Jobs } from "../jobs";
import type { GpuWish } from "../request";
import type { ClientState } from "./clientState";

/** What launching stands on. */
export interface LauncherDeps {
  readonly client: Pick<ClientFacts, "os">;
  readonly clock: Clock;
  /** Letters, digits and dashes, never twice the same: becomes a job's id. */
  randomId(): string;
  acquire(host: HostRef): HostLease;
  /** @throws Failure `badHostName` and its like */
  hostNamed(name: string): HostRef;
  /** Those to choose from where nobody named one. */
  connectedHosts(): readonly HostRef[];
  readonly environments: Pick<Environments, "state" | "refresh" | "parts">;
  /** What the person chose for whatever runs on the host; known without looking there. */
  chosen?(host: HostRef): { readonly environment?: Environment | undefined; readonly toolkit?: Toolkit | undefined };
  /** Whether a job would get its GPUs now. @throws Failure, also where the host has none */
  outlook(host: HostRef, wish: GpuWish, signal: AbortSignal): Promise<GpuOutlook>;
  readonly transfers: Transfers;
  readonly jobs: Pick<Jobs, "submit">;
  readonly clientState: ClientState;
  /** Of the hook's folder on hosts; absent: jobs run without the hook. */
  hookName?(): string;
}
