import type { JobBackend } from "../backend";
import { processBackend } from "./process";
import { tmuxBackend } from "./tmux";

/** Every way to run a job; the first that a host can use is taken where nobody chose. */
export const backends: readonly JobBackend[] = [processBackend, tmuxBackend];

/** @returns undefined for an id that stands for no back end */
export function backendOf(id: string): JobBackend | undefined {
  return backends.find((backend) => backend.id === id);
}
