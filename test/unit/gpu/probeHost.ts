import { execFileSync } from "node:child_process";
import { readdirSync, readFileSync } from "node:fs";
import { createProbeReader, gpuProbe, type ProbeUpdate } from "../../../src/core/gpu/probe";
import type { GpuVendor } from "../../../src/core/gpu/vendor";
import { vendors as allVendors } from "../../../src/core/gpu/vendors";
import type { RemoteStream, StreamEnd } from "../../../src/core/remote";
import { createLocalRunner } from "../../mocks/localRunner";

const tools = new URL("../../fixtures/gpu/tools", import.meta.url).pathname;

/** The shells that a host may have; those missing on this machine are named and left out. */
export const shells: readonly (readonly [string, ...string[]])[] = (
  [["dash"], ["bash"], ["busybox", "sh"], ["zsh", "--emulate", "sh"]] as const
).filter(([program]) => {
  try {
    execFileSync("sh", ["-c", `command -v ${program}`]);
    return true;
  } catch {
    console.warn(`probe tests leave out ${program}: it is not installed`);
    return false;
  }
});

export interface ProbeHostOptions {
  readonly shell: readonly [string, ...string[]];
  readonly mode?: string;
  readonly env?: Readonly<Record<string, string>>;
  readonly beatMs?: number;
  readonly silenceMs?: number;
  readonly vendors?: readonly GpuVendor[];
}

/** Environment of a host on which the stand-in tools are installed. */
export function hostEnvironment(mode: string, env: Readonly<Record<string, string>> = {}): Record<string, string> {
  return { PATH: `${tools}:/usr/bin:/bin`, FAKE_MODE: mode, HOST_SYS: "/nonexistent", ...env };
}

/** A probe running on this machine, with everything it said. */
export async function startProbe({ shell, mode = "normal", env, beatMs = 200, ...options }: ProbeHostOptions) {
  const mark = `probe-${process.pid}-${Math.random().toString(36).slice(2)}`;
  const runner = createLocalRunner({ shell, env: { ...hostEnvironment(mode, env), TENSORLINE_MARK: mark } });
  const nonce = "0123456789abcdef";
  const updates: ProbeUpdate[] = [];
  const waiting = new Set<() => void>();
  let ended: StreamEnd | undefined;
  const wake = () => {
    for (const check of [...waiting]) check();
  };
  const reader = createProbeReader(nonce, (update) => {
    updates.push(update);
  });
  const stream: RemoteStream = await runner.stream(
    gpuProbe({ beatMs, vendors: options.vendors ?? allVendors, nonce, silenceMs: options.silenceMs }),
    {
      data(chunk) {
        reader.push(chunk);
        wake();
      },
      end(end) {
        ended = end;
        wake();
      },
    },
    new AbortController().signal,
  );

  /** Resolves with what `find` gives, once it gives something. */
  function until<T>(find: () => T | undefined): Promise<T> {
    return new Promise((resolve) => {
      const check = () => {
        const found = find();
        if (found === undefined) return;
        waiting.delete(check);
        resolve(found);
      };
      waiting.add(check);
      check();
    });
  }

  return {
    updates,
    stream,
    until,
    lines: (count: number) =>
      until(() => {
        const lines = updates.flatMap((update) => (update.kind === "line" ? [update.text] : []));
        return lines.length >= count ? lines : undefined;
      }),
    ended: () => until(() => ended),
    /** Living processes that the probe started, itself included. */
    processes: () => processesMarked(mark),
  };
}

/** Command lines of the living processes in whose environment the mark stands. */
export function processesMarked(mark: string): string[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const environment = readFileSync(`/proc/${pid}/environ`, "utf8");
        return environment.includes(mark) ? [readFileSync(`/proc/${pid}/cmdline`, "utf8").replaceAll("\0", " ")] : [];
      } catch {
        return [];
      }
    });
}
