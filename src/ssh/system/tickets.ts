import { execFile } from "node:child_process";
import type { ClientFacts } from "../../core/ports";

const deadlineMs = 2_000;

/** Whether the user holds a Kerberos ticket that is still good; undefined where nothing tells. */
export function hasTicket(client: ClientFacts, signal: AbortSignal): Promise<boolean | undefined> {
  // Windows keeps its tickets to itself, and its klist knows no such question.
  if (client.os === "win32") return Promise.resolve(undefined);
  return new Promise((resolve) => {
    execFile("klist", ["-s"], { timeout: deadlineMs, signal, env: { ...client.env } }, (error) => {
      if (!error) resolve(true);
      else resolve(error.code === 1 ? false : undefined);
    }).stdin?.end();
  });
}
