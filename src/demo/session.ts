import { type ChildProcess, spawn } from "node:child_process";
import type { ServerChannel, Session } from "ssh2";
import type { Host } from "./host";
import { setTerminalSize, type TerminalProgram, type TerminalSize, terminalCommand } from "./terminal";

/** Told about process groups, so that none outlives the fleet. */
export interface GroupWatch {
  started(group: number): void;
  ended(group: number): void;
}

export interface SessionOptions {
  readonly host: Host;
  readonly shell: string;
  readonly terminal: TerminalProgram | undefined;
  readonly groups: GroupWatch;
  /** Where a session with a terminal leaves the terminal's name; unique to it. */
  readonly terminalFile: string;
  /** The connection as `SSH_CONNECTION` tells it. */
  readonly connection: string;
}

/** Serves one session channel as sshd does: environment requests are ignored, then one command or one shell runs. */
export function serveSession(session: Session, options: SessionOptions): void {
  let size: TerminalSize | undefined;
  let resizing = false;
  let running: ChildProcess | undefined;
  session.on("env", (_accept, reject) => reject?.());
  session.on("pty", (accept, reject, info) => {
    if (options.terminal === undefined) return reject?.();
    size = info;
    accept?.();
  });
  session.on("window-change", (accept, _reject, info) => {
    size = info;
    void followSize();
    accept?.();
  });
  session.on("signal", (accept, _reject, info) => {
    if (running) signalGroup(running, `SIG${info.name}` as NodeJS.Signals);
    accept?.();
  });
  session.on("exec", (accept, _reject, info) => start(accept(), info.command));
  session.on("shell", (accept) => start(accept(), undefined));

  /** Applies the latest size, one after the other: the last one asked for is the one that stays. */
  async function followSize(): Promise<void> {
    if (resizing || options.terminal === undefined) return;
    resizing = true;
    for (let applied: TerminalSize | undefined; size && applied !== size; ) {
      applied = size;
      await setTerminalSize(options.terminal, options.terminalFile, applied, options.host.environment);
    }
    resizing = false;
  }

  function start(channel: ServerChannel, command: string | undefined): void {
    const atStart = size;
    if (command === undefined && size) channel.write(options.host.greeting);
    const plain = command === undefined ? ["-i"] : ["-c", command];
    const [program, args] =
      options.terminal && size
        ? terminalCommand(options.terminal, options.shell, plain, size, options.terminalFile)
        : [options.shell, plain];
    running = spawn(program, args, {
      cwd: options.host.home,
      detached: true,
      env: {
        ...options.host.environment,
        SSH_CONNECTION: options.connection,
        PS1: `${options.host.spec.user}@${options.host.spec.name}:~$ `,
      },
    });
    // A change that came while the terminal was being made had no terminal to change.
    running.stdout?.once("data", () => {
      if (size !== atStart) void followSize();
    });
    connect(channel, running, options.groups);
  }
}

function signalGroup(child: ChildProcess, signal: NodeJS.Signals): void {
  if (child.pid === undefined) return;
  try {
    process.kill(-child.pid, signal);
  } catch {
    // The group is gone, or the signal has a name of another system: sshd ignores that too.
  }
}

/** The signals that SSH has names for; ssh2 refuses to send any other. */
const wireSignals = "ABRT ALRM FPE HUP ILL INT KILL PIPE QUIT SEGV TERM USR1 USR2".split(" ");

function wireSignal(signal: NodeJS.Signals | null): string {
  const name = signal?.slice("SIG".length) ?? "";
  return wireSignals.includes(name) ? name : "KILL";
}

/** Joins a channel and a process; the channel closes when the process has ended and everything it wrote is sent. */
function connect(channel: ServerChannel, child: ChildProcess, groups: GroupWatch): void {
  const { pid, stdin, stdout, stderr } = child;
  if (pid === undefined || !stdin || !stdout || !stderr) {
    child.on("error", () => undefined);
    channel.exit(127);
    channel.end();
    return;
  }
  groups.started(pid);
  stdin.on("error", () => undefined);
  channel.pipe(stdin);
  stdout.pipe(channel, { end: false });
  stderr.pipe(channel.stderr, { end: false });
  channel.on("close", () => {
    signalGroup(child, "SIGKILL");
    stdout.destroy();
    stderr.destroy();
  });
  child.on("exit", (code, signal) => {
    if (code === null) channel.exit(wireSignal(signal), false, "");
    else channel.exit(code);
  });
  child.on("close", () => {
    groups.ended(pid);
    channel.end();
  });
}
