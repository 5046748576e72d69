import type { Disposable } from "../core/lifecycle";
import { ticksPerSecond } from "./machine";
import type { RecordedHost } from "./recordedHost";
import { firstLine, nvidiaFieldsOf, nvidiaRows, sysValues, toolOutput } from "./recordedTools";

/** What the probe would say on a recorded host, to whoever reads its channel. */
export interface RecordedProbe extends Disposable {
  /** A line of the client after the parameters. */
  take(line: string): void;
}

export interface RecordedProbeOptions {
  readonly host: RecordedHost;
  /** The probe's parameters: nonce, beat, silence limit, then one source each. */
  readonly parameters: readonly string[];
  write(text: string): void;
  /** True while the reader has not taken what was written: then beats are left out. */
  isBehind(): boolean;
  /** The client has been silent for too long. */
  onSilence(): void;
}

const itemEnd = "\u001d";
const chunkCharacters = 1000;

/** Says what does not change and starts every source. */
export function startRecordedProbe({ host, parameters, ...channel }: RecordedProbeOptions): RecordedProbe {
  const [nonce = "", beatText = "", silenceText = "", ...sourceLines] = parameters;
  const timers = new Map<string, NodeJS.Timeout>();
  const sources = new Map(sourceLines.map(splitWords).map((words) => [words[1] ?? "", words]));
  let beatMs = Number(beatText);
  let silence = setTimeout(channel.onSilence, Number(silenceText));

  const emit = (type: string, payload: string) => channel.write(`\u001e${nonce} ${type} ${payload}\u001f`);

  /** In records of which none is longer than a record may be; the reader joins them again. */
  function send(source: string, lines: readonly string[]): void {
    const text = lines.map((line) => `${line}${itemEnd}`).join("");
    for (let at = 0; at < text.length; at += chunkCharacters) {
      emit("out", `${source} ${text.slice(at, at + chunkCharacters)}`);
    }
  }

  /** At once and then again and again; ms 0: once. */
  function repeat(name: string, ms: number, action: () => void): void {
    clearInterval(timers.get(name));
    action();
    if (ms > 0)
      timers.set(
        name,
        setInterval(() => channel.isBehind() || action(), ms),
      );
  }

  function start([kind, name = "", ...words]: readonly string[]): void {
    if (kind === "loop") startLoop(name, words);
    if (kind === "every") startEvery(name, words);
    if (kind === "files") startFiles(name, words);
  }

  function startLoop(name: string, [_help, wanted = "", _status, tool]: readonly string[]): void {
    const { gpus } = host.spec;
    if (tool !== "nvidia-smi" || gpus?.vendor !== "nvidia") {
      emit("exit", `${name} 127`);
      return;
    }
    const fields = nvidiaFieldsOf(gpus, wanted);
    let first = true;
    emit("fields", `${name} ${fields.join(",")}`);
    repeat(name, beatMs, () => {
      channel.write(nvidiaRows(host, gpus, fields, first));
      first = false;
    });
  }

  function startEvery(name: string, [ms, _limit, _status, ...argv]: readonly string[]): void {
    if (toolOutput(host, argv) === undefined) {
      emit("done", `${name} 127`);
      return;
    }
    repeat(name, Number(ms), () => {
      send(
        name,
        (toolOutput(host, argv) ?? "").split("\n").filter((line) => line !== ""),
      );
      emit("done", `${name} 0`);
    });
  }

  /** No device of the fleet ever sleeps, so its guard file is a value like any other. */
  function startFiles(name: string, [ms, base = "", guard, _skip, ...patterns]: readonly string[]): void {
    const driver = base.split("/").at(-2);
    const isLoaded = driver === { nvidia: "nvidia", amd: "amdgpu", none: "" }[host.spec.gpus?.vendor ?? "none"];
    repeat(name, isLoaded ? Number(ms) || beatMs : 0, () => {
      const files = host.files();
      const wanted = guard ? [guard, ...patterns] : patterns;
      if (isLoaded)
        send(
          name,
          wanted.flatMap((pattern) => sysValues(files, base, pattern)),
        );
      emit("done", `${name} 0`);
    });
  }

  function hostFacts(): void {
    const files = host.files();
    const fact = (name: string, value: string | undefined) => emit("fact", `${name}=${value ?? ""}`);
    fact("distribution", /^PRETTY_NAME=(.*)$/m.exec(files["etc/os-release"] ?? "")?.[1]);
    fact("hostname", firstLine(files["proc/sys/kernel/hostname"]));
    fact("kernel", firstLine(files["proc/sys/kernel/osrelease"]));
    fact("cpus", firstLine(files["sys/devices/system/cpu/online"]));
    fact("architecture", firstLine(files["proc/sys/kernel/arch"]));
    fact("cpu", /^model name\t: (.*)$/m.exec(files["proc/cpuinfo"] ?? "")?.[1]);
    const uptime = firstLine(files["proc/uptime"]).split(" ")[0];
    fact("clock", `${Math.floor(Date.now() / 1000)} ${uptime} ${ticksPerSecond}`);
    fact("user", host.spec.user);
  }

  function hostBeats(): void {
    repeat("", Math.max(beatMs, 1000), () => {
      const files = host.files();
      const memory = (files["proc/meminfo"] ?? "").split("\n").slice(0, 5);
      const lines = [firstLine(files["proc/uptime"]), firstLine(files["proc/loadavg"]), ...memory];
      emit("host", lines.map((line) => `${line}${itemEnd}`).join(""));
    });
  }

  /** Start in clock ticks, user id, user name and command line; of a process that is gone only its pid. */
  function who(pid: string): void {
    const files = host.files();
    const stat = files[`proc/${pid}/stat`];
    if (stat === undefined) {
      emit("proc", `${pid}${itemEnd}`);
      return;
    }
    const start = stat.slice(stat.lastIndexOf(") ") + 2).split(" ")[19];
    const uid = /^Uid:\t(\d+)/m.exec(files[`proc/${pid}/status`] ?? "")?.[1];
    const account = (files["etc/passwd"] ?? "").split("\n").find((line) => line.split(":")[2] === uid);
    const command = (files[`proc/${pid}/cmdline`] ?? "").replaceAll("\0", " ");
    const items = [pid, start, uid, account?.split(":")[0], command];
    emit("proc", items.map((item) => `${item ?? ""}${itemEnd}`).join(""));
  }

  for (const words of sources.values()) start(words);
  hostFacts();
  hostBeats();
  return {
    take(line) {
      const [word, ...rest] = line.split(" ");
      if (word === "alive") {
        clearTimeout(silence);
        silence = setTimeout(channel.onSilence, Number(silenceText));
      }
      if (word === "who") for (const pid of rest) who(pid);
      if (word === "restart") start(sources.get(rest[0] ?? "") ?? []);
      if (word === "interval") {
        beatMs = Number(rest[0]);
        for (const words of sources.values()) if (words[0] !== "every") start(words);
        hostBeats();
      }
    },
    dispose() {
      clearTimeout(silence);
      for (const timer of timers.values()) clearInterval(timer);
    },
  };
}

/** The words of a line that `quoteArgv` made. */
function splitWords(line: string): readonly string[] {
  const words = line.match(/(?:'[^']*'|\\'|[^\s'\\])+/g) ?? [];
  return words.map((word) =>
    word.replace(/'([^']*)'|\\(')/g, (_, quoted?: string, mark?: string) => quoted ?? mark ?? ""),
  );
}
