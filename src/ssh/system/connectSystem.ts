import { Failure, type Problem } from "../../core/failure";
import type { SystemSshNeed } from "../../shared/host";
import { findSsh } from "../config";
import { withDeadline } from "../connectDeadline";
import type { ConnectRequest } from "../connection";
import type { Link } from "../link";
import type { Stop } from "../route";
import { type LoginRequest, prepareLogin } from "./login";
import { createMasterLink } from "./masterLink";
import { startMaster } from "./masterProcess";
import { muxLink } from "./muxLogin";

/**
 * Connects through the system's ssh, because of a need. Where ssh has no multiplexing, as on Windows, one process runs
 * one shell for everything.
 * @throws Failure `systemSshMissing`, `systemSshFailed` and the reasons of `connect`
 */
export async function connectSystem(
  request: ConnectRequest,
  route: readonly Stop[],
  need: SystemSshNeed,
  multiplexing = request.deps.client.os !== "win32",
): Promise<Link> {
  const { host, deps } = request;
  const ssh = await findSsh(deps.client);
  if (ssh === undefined) throw new Failure({ reason: "systemSshMissing", host: host.name, need });
  const options = route.at(-1)?.options;
  if (!options) throw new Error("a route without a stop");
  deps.log.info(`${host.name}: through the system's ssh (${ssh}): ${need}`);
  request.onStep("connecting");
  const ms = options.connectTimeoutMs ?? deps.settings.connectTimeoutMs();
  let reached = false;
  const onStep: ConnectRequest["onStep"] = (step) => {
    reached = true;
    request.onStep(step);
  };
  const problem = (): Problem => ({
    reason: reached ? "loginTimeout" : "connectTimeout",
    host: host.name,
    seconds: Math.round(ms / 1000),
  });
  return withDeadline({ clock: deps.clock, ms, problem }, request, (interaction) => {
    const login = { ...request, ...interaction, onStep, route, options, ssh };
    return (multiplexing ? masterLink : muxLink)(login, need);
  });
}

async function masterLink(request: LoginRequest, need: SystemSshNeed): Promise<Link> {
  const { host, deps, options, ssh, signal } = request;
  const login = await prepareLogin(request);
  try {
    const master = await startMaster(ssh, login, deps.clock, signal);
    master.ended.then(login.dispose);
    try {
      await login.loggedIn();
      return await createMasterLink({
        host: host.name,
        need,
        server: login.output.facts.server ?? "other",
        controlPath: master.controlPath,
        environment: options.environment,
        forwardAgent: options.forwardAgent !== undefined,
        remoteCommand: options.remoteCommand,
        clock: deps.clock,
        signal,
        stop: master.stop,
      });
    } catch (error) {
      master.stop();
      throw error;
    }
  } catch (error) {
    await login.dispose();
    throw error;
  }
}
