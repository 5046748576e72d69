import type { Clock } from "../../core/clock";
import { Failure } from "../../core/failure";
import { MutableDisposable } from "../../core/lifecycle";
import type { TcpTarget } from "../../core/remote";
import type { SystemSshNeed } from "../../shared/host";
import type { Link } from "../link";
import { watchLiveness } from "../liveness";
import { plainText } from "../plainText";
import { terminalWindowBytes } from "../smallWindow";
import type { ProxyChannel } from "./proxyChannel";
import { ChannelRefused, openProxyChannels } from "./proxyChannels";
import { byte, string, uint32 } from "./wire";

export interface MasterParts {
  readonly host: string;
  readonly need: SystemSshNeed;
  readonly server: Link["server"];
  /** Where the logged-in ssh process listens. */
  readonly controlPath: string;
  /** Variables for the programs on the host. */
  readonly environment: Readonly<Record<string, string>>;
  /** Makes the user's agent usable in terminals. */
  readonly forwardAgent: boolean;
  /** Runs in terminals instead of the login shell. */
  readonly remoteCommand: string | undefined;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** Ends the ssh process. */
  readonly stop: () => void;
}

/** `SSH_OPEN_ADMINISTRATIVELY_PROHIBITED`, RFC 4254 section 5.1. */
const prohibited = 1;
/** No server knows this type of channel: whatever it answers is a sign of life, and nothing changes. */
const signOfLife = "keepalive@tensorline";

/**
 * A link over a logged-in ssh process of the system (`ssh -M -N`): all channels go through its control socket, without
 * a process for each.
 * @throws Failure `systemSshFailed` where the process does not pass messages on
 */
export async function createMasterLink(parts: MasterParts): Promise<Link> {
  const { host, clock } = parts;
  let failure: Failure | undefined;
  let sessions = 0;
  let heard = clock.monotonic();
  let tellEnded: (failure: Failure) => void = () => {};
  const ended = new Promise<Failure>((resolve) => {
    tellEnded = resolve;
  });
  const lost = () => new Failure({ reason: "connectionLost", host });
  const watching = new MutableDisposable();
  const events = {
    heard() {
      heard = clock.monotonic();
    },
    ended() {
      failure ??= lost();
      watching.dispose();
      parts.stop();
      tellEnded(failure);
    },
  };
  const channels = await openProxyChannels(parts.controlPath, events, parts.signal).catch((error: unknown) => {
    const detail = error instanceof Error ? plainText(error.message, 200) : "";
    throw new Failure({ reason: "systemSshFailed", host, detail }, error);
  });
  const end = () => {
    failure ??= lost();
    channels.close();
  };
  const probe = () => void channels.open(signOfLife).catch(() => {});
  watching.replace(watchLiveness(clock, { lastHeard: () => heard, probe, dead: end }));

  async function session(start: (channel: ProxyChannel) => Promise<boolean>): Promise<ProxyChannel> {
    if (failure) throw failure;
    const noSession = (cause?: unknown) => failure ?? new Failure({ reason: "noSession", host }, cause);
    const channel = await channels.open("session").catch((error: unknown) => {
      throw error instanceof ChannelRefused && error.code === undefined ? (failure ?? lost()) : noSession(error);
    });
    sessions++;
    channel.once("close", () => sessions--);
    for (const [name, value] of Object.entries(parts.environment)) channel.request("env", string(name), string(value));
    if (await start(channel)) return channel;
    channel.close();
    channel.resume();
    channel.stderr.resume();
    throw noSession();
  }

  return {
    host,
    systemSsh: parts.need,
    capabilities: { pty: true, forward: true, sftp: false },
    server: parts.server,
    ended,
    failure: () => failure,
    openChannels: () => sessions,
    exec: (command) => session((channel) => channel.ask("exec", string(command))),
    terminal: ({ columns, rows }) =>
      session(async (channel) => {
        channel.keepWindowSmall(terminalWindowBytes);
        if (parts.forwardAgent) channel.request("auth-agent-req@openssh.com");
        const window = [uint32(columns), uint32(rows), uint32(0), uint32(0)];
        // No terminal modes: the host's own defaults.
        const pty = channel.ask("pty-req", string("xterm-256color"), ...window, string(byte(0)));
        const { remoteCommand } = parts;
        const shell = remoteCommand === undefined ? channel.ask("shell") : channel.ask("exec", string(remoteCommand));
        return (await pty) && shell;
      }),
    async dial(target) {
      if (failure) throw failure;
      const origin = [string("127.0.0.1"), uint32(0)];
      const parameters = [string(target.host), uint32(target.port), ...origin];
      const channel = await channels.open("direct-tcpip", ...parameters).catch((error: unknown) => {
        throw failure ?? forwardFailure(host, target, error);
      });
      channel.stderr.resume();
      return channel;
    },
    close: end,
  };
}

function forwardFailure(host: string, target: TcpTarget, error: unknown): Failure {
  if (!(error instanceof ChannelRefused) || error.code === undefined) {
    return new Failure({ reason: "connectionLost", host }, error);
  }
  if (error.code === prohibited) return new Failure({ reason: "forwardProhibited", host }, error);
  const name = `${target.host}:${target.port}`;
  return new Failure({ reason: "forwardRefused", host, target: name, detail: plainText(error.message, 200) }, error);
}
