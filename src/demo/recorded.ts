import type { ServerChannel, Session } from "ssh2";
import { probeScript } from "../core/gpu/probe";
import { readyMark } from "../core/remote";
import type { RecordedHost } from "./recordedHost";
import { type RecordedProbe, startRecordedProbe } from "./recordedProbe";

/** The command in which the product starts its scripts; they come on standard input. */
const scriptCommand = "exec sh -s";
/** A line of the product's own comes before the script. */
const script = `${probeScript.trimEnd()}\n`;

const apology =
  "This demo machine is recorded: it shows its GPUs, but no command can run on it, " +
  "because this computer has no shell that the demo could use.";

/** Serves one session channel of a host that only answers the GPU probe and refuses everything else with a sentence. */
export function serveRecordedSession(session: Session, host: RecordedHost): void {
  let kill: ((signal: string) => void) | undefined;
  session.on("env", (_accept, reject) => reject?.());
  session.on("pty", (accept) => accept?.());
  session.on("window-change", (accept) => accept?.());
  session.on("signal", (accept, _reject, info) => {
    kill?.(info.name);
    accept?.();
  });
  session.on("exec", (accept, _reject, info) => {
    const channel = accept();
    if (info.command === scriptCommand) kill = serveScript(channel, host);
    else refuse(channel);
  });
  session.on("shell", (accept) => {
    const channel = accept();
    channel.write(`\r\n${apology}\r\n`);
    channel.exit(0);
    channel.end();
  });
}

function refuse(channel: ServerChannel): void {
  channel.stderr.write(`${apology}\n`);
  channel.exit(127);
  channel.end();
}

/** Reads a script and, where it is the probe, answers in its place. Returns what a signal does to it. */
function serveScript(channel: ServerChannel, host: RecordedHost): (signal: string) => void {
  let input = "";
  let isReady = false;
  let count: number | undefined;
  const parameters: string[] = [];
  let probe: RecordedProbe | undefined;

  function end(signal?: string): void {
    probe?.dispose();
    if (!channel.writable) return;
    if (signal === undefined) channel.exit(0);
    else channel.exit(signal, false, "");
    channel.end();
  }

  /** False: this is another script. */
  function readScript(): boolean {
    const start = input.indexOf("\n") + 1;
    if (start === 0) return true;
    const given = input.slice(start, start + script.length);
    if (given === script) {
      isReady = true;
      input = input.slice(start + script.length);
      channel.write(readyMark);
    }
    return script.startsWith(given);
  }

  function takeLine(line: string): void {
    if (probe) {
      probe.take(line);
      return;
    }
    if (count === undefined) {
      if (line !== "") count = Number(line);
      return;
    }
    parameters.push(line);
    if (parameters.length < count) return;
    probe = startRecordedProbe({
      host,
      parameters,
      write: (text) => void channel.write(text),
      isBehind: () => channel.writableNeedDrain,
      onSilence: () => end("KILL"),
    });
  }

  function onData(text: string): void {
    input += text;
    if (!isReady && !readScript()) {
      channel.removeListener("data", onData);
      channel.resume();
      refuse(channel);
    }
    if (!isReady) return;
    const lines = input.split("\n");
    input = lines.pop() ?? "";
    for (const line of lines) takeLine(line);
  }

  channel.setEncoding("utf8");
  channel.on("data", onData);
  channel.on("end", () => end());
  channel.on("close", () => probe?.dispose());
  channel.on("error", () => undefined);
  return end;
}
