/** A small collector of specs that runs inside the extension host and tells the runner what happened. */
import { ask } from "./control";

const defaultDeadlineMs = 240_000;

/** What a spec is given. The signal aborts when its deadline has passed. */
export interface SpecContext {
  readonly signal: AbortSignal;
  /** Ends the spec as skipped, with the reason that the runner prints. */
  skip(reason: string): never;
}

interface Spec {
  name: string;
  deadlineMs: number;
  body: (context: SpecContext) => void | Promise<void>;
}

/** What the runner prints for one spec. */
export interface SpecResult {
  file: string;
  name: string;
  outcome: "passed" | "failed" | "skipped";
  milliseconds: number;
  /** Why it failed (with the stack) or was skipped. */
  detail?: string;
}

const collected: Spec[] = [];

/** Registers a spec. They run one after the other in the order of the file; `deadlineMs` is four minutes without one. */
export function spec(name: string, body: Spec["body"], { deadlineMs = defaultDeadlineMs } = {}): void {
  collected.push({ name, deadlineMs, body });
}

/**
 * Loads each file and runs its specs. A file that cannot be loaded is one failed spec.
 * @param filter only specs whose "file: name" contains it
 */
export async function runSpecs(files: Record<string, () => Promise<unknown>>, filter: string): Promise<void> {
  for (const [file, load] of Object.entries(files)) {
    collected.length = 0;
    try {
      await load();
    } catch (cause) {
      await ask("result", { file, name: "loads", outcome: "failed", milliseconds: 0, detail: describe(cause) });
    }
    for (const each of [...collected]) {
      if (!`${file}: ${each.name}`.includes(filter)) continue;
      await ask("begin", { file, name: each.name, deadlineMs: each.deadlineMs });
      await ask("result", await runSpec(file, each));
    }
  }
  await ask("end");
}

async function runSpec(file: string, { name, deadlineMs, body }: Spec): Promise<SpecResult> {
  const started = performance.now();
  const end = (outcome: SpecResult["outcome"], detail?: string): SpecResult => ({
    file,
    name,
    outcome,
    milliseconds: Math.round(performance.now() - started),
    ...(detail === undefined ? {} : { detail }),
  });
  const controller = new AbortController();
  let timer: NodeJS.Timeout | undefined;
  const deadline = new Promise<never>((_, reject) => {
    const late = new Error(`Still running after ${deadlineMs / 1000} s.`);
    timer = setTimeout(() => {
      controller.abort(late);
      reject(late);
    }, deadlineMs);
  });
  try {
    await Promise.race([Promise.resolve(body({ signal: controller.signal, skip })), deadline]);
    return end("passed");
  } catch (cause) {
    const skipped = reasonToSkip(cause);
    if (skipped !== undefined) return end("skipped", skipped);
    await ask("screenshot", { name: `failed/${name.replace(/[^a-z0-9]+/gi, "-").slice(0, 60)}` }).catch(
      () => undefined,
    );
    return end("failed", describe(cause));
  } finally {
    clearTimeout(timer);
  }
}

const describe = (cause: unknown) => (cause instanceof Error ? (cause.stack ?? cause.message) : String(cause));

class Skipped extends Error {
  readonly reason = "skipped";
}

function skip(reason: string): never {
  throw new Skipped(reason);
}

function reasonToSkip(cause: unknown): string | undefined {
  if (!(cause instanceof Error) || !("reason" in cause)) return undefined;
  return cause.reason === "skipped" || cause.reason === "no-window" ? cause.message : undefined;
}
