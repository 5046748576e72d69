import { Duplex, PassThrough, Readable } from "node:stream";
import type { Pty, PtyProcess } from "../../core/connections";
import { Failure } from "../../core/failure";
import type { TcpTarget } from "../../core/remote";
import type { TerminalChannel } from "../link";
import type { AnotherLogin } from "../mux/muxLink";
import { forwardProblem } from "./complaints";
import { exitOf, type LoginRequest, prepareLogin, startSsh } from "./login";

/**
 * Terminals and forwards where each is a log-in of its own. What it asks is asked whoever looks: the user wanted it just
 * now; and while it lasts it says what it is.
 */
export function anotherLogin(first: LoginRequest, pty: Pty | undefined): AnotherLogin {
  const { host, deps, options, ssh } = first;
  const never = new AbortController().signal;
  const request: LoginRequest = { ...first, prompts: deps.prompts, onStep: () => {}, signal: never };

  async function announced<T>(what: string, work: () => Promise<T>): Promise<T> {
    const over = new AbortController();
    const text = `${what} logs in once more, as this computer's ssh carries one thing at a time.`;
    deps.log.info(`${host.name}: ${text}`);
    deps.prompts.tell?.({ host: host.name, text }, over.signal).catch(() => {});
    try {
      return await work();
    } finally {
      over.abort();
    }
  }

  return {
    terminal: (size) =>
      announced("A terminal", async () => {
        if (!pty) throw new Failure({ reason: "terminalUnavailable", host: host.name });
        const login = await prepareLogin(request);
        const command = options.remoteCommand === undefined ? [] : [options.remoteCommand];
        // What goes wrong shows in the terminal itself; debug lines would, too.
        const args = ["-tt", "-e", "none", "-o", "LogLevel=ERROR", ...login.target, ...command];
        const { columns: cols, rows } = size;
        const child = pty.spawn(ssh, args, { name: "xterm-256color", cols, rows, env: login.environment });
        child.onExit(() => void login.dispose());
        login.interrupted.catch(() => child.kill());
        return ptyChannel(child);
      }),

    dial: (target) =>
      announced("A forwarded port", async () => {
        const login = await prepareLogin(request);
        const to = target.host.includes(":") ? `[${target.host}]` : target.host;
        const args = ["-W", `${to}:${target.port}`, "-o", "LogLevel=DEBUG2", ...login.target];
        const child = startSsh(ssh, args, login, "pipe");
        const { stdin, stdout } = child;
        if (!stdin || !stdout) throw new Error("a process without streams");
        stdin.on("error", () => {});
        const exited = exitOf(child).then(async () => {
          const failure = login.output.facts.loggedIn
            ? new Failure(forwardProblem(login.output, host.name, nameOf(target)))
            : await login.failure();
          await login.dispose();
          throw failure;
        });
        exited.catch(() => {});
        try {
          await Promise.race([login.output.opened, exited, login.interrupted]);
        } catch (error) {
          child.kill();
          throw error;
        }
        await login.loggedIn();
        await login.dispose();
        const socket = Duplex.from({ readable: stdout, writable: stdin });
        socket.once("close", () => child.kill());
        return socket;
      }),
  };
}

function nameOf({ host, port }: TcpTarget): string {
  return `${host}:${port}`;
}

/** A local terminal with ssh in it, as a channel. Its output counts as read when it comes: node-pty holds nothing back. */
function ptyChannel(child: PtyProcess): TerminalChannel {
  const output = new PassThrough();
  const stderr = Readable.from([]);
  const channel = new Duplex({
    emitClose: false,
    autoDestroy: false,
    read: () => void output.resume(),
    write(chunk: Buffer, _encoding, done) {
      child.write(chunk.toString("utf8"));
      done();
    },
    final(done) {
      child.kill();
      done();
    },
  });
  output.on("data", (chunk: Buffer) => {
    if (!channel.push(chunk)) output.pause();
  });
  output.once("end", () => channel.push(null));
  output.pause();
  child.onData((data) => output.write(data));
  child.onExit(({ exitCode, signal }) => {
    output.end();
    // Nobody need read what comes after the end of a local terminal.
    channel.once("end", () => channel.emit("close", signal ? undefined : exitCode, signal ? "SIGHUP" : undefined));
  });
  return Object.assign(channel, {
    stderr,
    signal: () => child.kill(),
    close: () => child.kill(),
    setWindow: (rows: number, columns: number) => child.resize(columns, rows),
  });
}
