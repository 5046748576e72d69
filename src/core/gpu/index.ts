import { testHost } from "../hostTest";
import { createGpuMonitor } from "./monitor";

/** What reads GPUs: a bundle of its own in the editor, loaded when somebody looks for the first time. */
export interface GpuModule {
  readonly createGpuMonitor: typeof createGpuMonitor;
  readonly testHost: typeof testHost;
}

export { createGpuMonitor, testHost };
