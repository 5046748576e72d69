import { quoteArgv, type StreamCommand } from "../remote";
import { createFrames } from "./frames";
import hostPart from "./probe/host.sh";
import mainPart from "./probe/main.sh";
import recordsPart from "./probe/records.sh";
import sourcesPart from "./probe/sources.sh";
import type { GpuVendor, ProbeSource, SourceUpdate } from "./vendor";

/** One braced block, so that a shell has read it whole before it runs any of it. */
export const probeScript = `{\n${recordsPart}\n${sourcesPart}\n${hostPart}\n${mainPart}\nexit 0\n}\n`;

/** Name of the probe's own source for the file systems of the home folder and of /tmp. */
export const disksSource = "disks";

export interface ProbeOptions {
  /** Milliseconds between samples. */
  readonly beatMs: number;
  readonly vendors: readonly GpuVendor[];
  /** A word that no tool prints; marks the probe's records. */
  readonly nonce: string;
  /** Milliseconds without a word from the client after which the probe ends. */
  readonly silenceMs?: number;
}

/** The operation that samples a host until it is disposed of. Feed its bytes to `createProbeReader`. */
export function gpuProbe({ beatMs, vendors, nonce, silenceMs = 30_000 }: ProbeOptions): StreamCommand {
  const sources = vendors.flatMap((vendor) => vendor.sources());
  return {
    what: "watching the GPUs",
    script: probeScript,
    parameters: [
      nonce,
      String(Math.round(beatMs)),
      String(silenceMs),
      ...[...sources, disks].map((source) => quoteArgv(sourceWords(source))),
    ],
    deadlineMs: 20_000,
    yields: true,
  };
}

/** A line for the probe's standard input. */
export const probeControl = {
  /** To be said every ten seconds. */
  alive: "alive",
  interval: (beatMs: number) => `interval ${Math.round(beatMs)}`,
  /** Starts a source again. */
  restart: (source: string) => `restart ${source}`,
  /** Asks whose processes these are. */
  who: (pids: readonly number[]) => `who ${pids.join(" ")}`,
} as const;

/** A dead network mount must not hold anything up: it is asked apart from the rest and given up. */
const disks: ProbeSource = {
  kind: "every",
  name: disksSource,
  everyMs: 30_000,
  limitSeconds: 10,
  statusFiles: "",
  argv: ["sh", "-c", 'exec df -kP "$HOME" /tmp 2>/dev/null'],
};

function sourceWords(source: ProbeSource): string[] {
  const { kind, name } = source;
  switch (source.kind) {
    case "loop":
      return [
        ...[kind, name, source.helpOption, source.fields.join(","), source.statusFiles],
        ...[...source.argv, "@loop@", ...source.loopArgv],
      ];
    case "every":
      return [kind, name, String(source.everyMs), String(source.limitSeconds), source.statusFiles, ...source.argv];
    case "files":
      return [kind, name, String(source.everyMs), source.base, source.guard, source.skip, ...source.patterns];
  }
}

/** What a probe says, typed. */
export type ProbeUpdate =
  | SourceUpdate
  /** A fact about the host that does not change: `kernel`, `distribution`, `clock`, ... */
  | { readonly kind: "fact"; readonly name: string; readonly value: string }
  /** First lines of uptime, loadavg and meminfo. */
  | { readonly kind: "host"; readonly uptime: string; readonly load: string; readonly memory: readonly string[] }
  /** Of a process that is gone only the pid. Start in clock ticks since boot. */
  | {
      readonly kind: "process";
      readonly pid: number;
      readonly startTicks?: number;
      readonly uid?: number;
      readonly user?: string;
      readonly command?: string;
    }
  /** Clock ticks that the probe's own shell and its children have used. */
  | { readonly kind: "cost"; readonly ticks: number }
  /** Something longer than it may be was dropped. */
  | { readonly kind: "tooLong"; readonly what: "line" | "record" };

const outputLimit = 1024 * 1024;

/** Reads a probe's bytes; every update goes to `take` as soon as it is whole. */
export function createProbeReader(
  nonce: string,
  take: (update: ProbeUpdate) => void,
): { push(chunk: Uint8Array): void } {
  const outputs = new Map<string, string>();
  return createFrames(nonce, {
    line: (text) => take({ kind: "line", text }),
    tooLong: (what) => take({ kind: "tooLong", what }),
    record(type, payload) {
      const [head, rest] = splitOnce(payload, " ");
      if (type === "out") {
        const text = (outputs.get(head) ?? "") + rest;
        if (text.length <= outputLimit) outputs.set(head, text);
        return;
      }
      if (type === "done") {
        const lines = items(outputs.get(head) ?? "");
        outputs.delete(head);
        return take({ kind: "output", source: head, lines, exitCode: Number.parseInt(rest, 10) || 0 });
      }
      const update = read(type, payload, head, rest);
      if (update) take(update);
    },
  });
}

function read(type: string, payload: string, head: string, rest: string): ProbeUpdate | undefined {
  switch (type) {
    case "fields":
      return { kind: "fields", source: head, fields: rest.split(",") };
    case "exit":
    case "ran":
      return { kind: type, source: head, exitCode: Number.parseInt(rest, 10) || 0 };
    case "asleep":
      return { kind: "asleep", source: head };
    case "fact": {
      const [name, value] = splitOnce(payload, "=");
      return { kind: "fact", name, value };
    }
    case "host": {
      const [uptime = "", load = "", ...memory] = items(payload);
      return { kind: "host", uptime, load, memory };
    }
    case "proc":
      return readProcess(items(payload));
    case "cost":
      return { kind: "cost", ticks: payload.split(" ").reduce((sum, text) => sum + (Number(text) || 0), 0) };
    default:
      return undefined;
  }
}

function readProcess([pidText, start, uid, user, command]: readonly string[]): ProbeUpdate | undefined {
  const pid = whole(pidText);
  if (pid === undefined) return undefined;
  const [startTicks, uidNumber] = [whole(start), whole(uid)];
  return {
    kind: "process",
    pid,
    ...(startTicks === undefined ? {} : { startTicks }),
    ...(uidNumber === undefined ? {} : { uid: uidNumber }),
    ...(user ? { user } : {}),
    ...(command?.trim() ? { command: command.trim() } : {}),
  };
}

/** The items of a list, each ended by GS. */
function items(text: string): string[] {
  const parts = text.split("\u001d");
  return parts.at(-1) === "" ? parts.slice(0, -1) : parts;
}

function whole(text: string | undefined): number | undefined {
  return text !== undefined && /^\d{1,15}$/.test(text) ? Number(text) : undefined;
}

function splitOnce(text: string, separator: string): [string, string] {
  const at = text.indexOf(separator);
  return at < 0 ? [text, ""] : [text.slice(0, at), text.slice(at + separator.length)];
}
