import { Failure } from "../../core/failure";
import type { SystemSshNeed } from "../../shared/host";
import type { Link } from "../link";
import { createMuxLink } from "../mux/muxLink";
import { muxCommand } from "../mux/muxWire";
import { anotherLogin } from "./anotherLogin";
import { exitOf, type Login, type LoginRequest, prepareLogin, startSsh } from "./login";

/** Longer than any connection attempt may last: the attempt has a deadline of its own, which waits for questions. */
const deadlineMs = 24 * 60 * 60 * 1000;

/**
 * A link over one ssh process that runs one shell, for where ssh cannot carry several channels (Windows).
 * @throws Failure of `connect`
 */
export async function muxLink(request: LoginRequest, need: SystemSshNeed): Promise<Link> {
  const { host, deps, ssh, signal } = request;
  const login = await prepareLogin(request);
  const { stdin, stdout, ended, close } = startProcess(request, ssh, login);
  ended.then(login.dispose);
  const pty = await deps.systemSsh?.loadPty();
  try {
    const link = await Promise.race([
      createMuxLink({
        process: { host: host.name, stdin, stdout, ended, close },
        anotherLogin: anotherLogin(request, pty),
        capabilities: { pty: pty !== undefined, forward: true },
        clock: deps.clock,
        signal,
        deadlineMs,
      }),
      login.interrupted,
    ]);
    await login.loggedIn();
    await login.dispose();
    return { ...link, systemSsh: need, server: login.output.facts.server ?? "other" };
  } catch (error) {
    close();
    await ended;
    await login.dispose();
    throw error;
  }
}

function startProcess(request: LoginRequest, ssh: string, login: Login) {
  const child = startSsh(ssh, ["-T", "-e", "none", ...login.target, muxCommand], login, "pipe");
  const { stdin, stdout } = child;
  if (!stdin || !stdout) throw new Error("a process without streams");
  const lost = new Failure({ reason: "connectionLost", host: request.host.name });
  const ended = exitOf(child).then(() => (login.output.facts.loggedIn ? lost : login.failure()));
  return { stdin, stdout, ended, close: () => void child.kill() };
}
