import type { Problem } from "./failure";

/** What a tool of the host said of a system's error, in the words of the C locale; the one place that reads them. */
export function systemProblem(complaint: string, path: string): Problem | undefined {
  if (/No space left on device/.test(complaint)) return { reason: "hostDiskFull", path };
  if (/[Qq]uota exceeded/.test(complaint)) return { reason: "hostQuotaExceeded", path };
  if (/Read-only file system/.test(complaint)) return { reason: "hostReadOnly", path };
  if (/Permission denied|Operation not permitted/.test(complaint)) return { reason: "hostPermissionDenied", path };
  return undefined;
}
