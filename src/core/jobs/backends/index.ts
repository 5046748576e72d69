import type { JobBackend } from "../backend";

/** Every way to run a job; the first that a host can use is taken where nobody chose. */
export const backends: readonly JobBackend[] = [];
