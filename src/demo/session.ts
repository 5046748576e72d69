import { type ChildProcess, spawn } from "node:child_process";
import type { PseudoTtyInfo, ServerChannel, Session } from "ssh2";
import type { Host } from "./host";
import { setTerminalSize, type TerminalProgram, terminalCommand } from "./terminal";

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
  let size: Pick<PseudoTtyInfo, "cols" | "rows"> | undefined;
  let running: ChildProcess | undefined;
  session.on("env", (_accept, reject) => reject?.());
  session.on("pty", (accept, reject, info) => {
    if (options.terminal === undefined) return reject?.();
    size = info;
    accept?.();
  });
  session.on("window-change", (accept, _reject, info) => {
    size = info;
    if (options.terminal) setTerminalSize(options.terminal, options.terminalFile, info, options.host.environment);
    accept?.();
  });
  session.on("signal", (accept, _reject, info) => {
    if (running) signalGroup(running, `SIG${info.name}` as NodeJS.Signals);
    accept?.();
  });
  session.on("exec", (accept, _reject, info) => start(accept(), info.command));
  session.on("shell", (accept) => start(accept(), undefined));

  function start(channel: ServerChannel, command: string | undefined): void {
    if (command === undefined) channel.write(options.host.greeting);
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
    if (code === null) channel.exit((signal ?? "SIGKILL").slice(3), false, "");
    else channel.exit(code);
  });
  child.on("close", () => {
    groups.ended(pid);
    channel.end();
  });
}
