import { Failure } from "../../core/failure";
import type { SystemSshNeed } from "../../shared/host";
import { findSsh } from "../config";
import { connectDeadline } from "../connectDeadline";
import type { ConnectRequest } from "../connection";
import type { HostOptions } from "../hostOptions";
import type { Link } from "../link";
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
  options: HostOptions,
  need: SystemSshNeed,
  multiplexing = request.deps.client.os !== "win32",
): Promise<Link> {
  const { host, deps, signal } = request;
  const ssh = await findSsh(deps.client);
  if (ssh === undefined) throw new Failure({ reason: "systemSshMissing", host: host.name, need });
  deps.log.info(`${host.name}: through the system's ssh (${ssh}): ${need}`);
  request.onStep("connecting");
  const ms = options.connectTimeoutMs ?? deps.settings.connectTimeoutMs();
  const abort = new AbortController();
  const onAbort = () => abort.abort(new Failure({ reason: "cancelled" }));
  signal.addEventListener("abort", onAbort, { once: true });
  let reached = false;
  const deadline = connectDeadline(deps.clock, ms, request.prompts, () => {
    const reason = reached ? "loginTimeout" : "connectTimeout";
    abort.abort(new Failure({ reason, host: host.name, seconds: Math.round(ms / 1000) }));
  });
  const onStep: ConnectRequest["onStep"] = (step) => {
    reached = true;
    request.onStep(step);
  };
  try {
    const attempt = { ...request, onStep, prompts: deadline.prompts, signal: abort.signal, options, ssh };
    return await (multiplexing ? masterLink : muxLink)(attempt, need);
  } catch (error) {
    throw abort.signal.aborted ? abort.signal.reason : error;
  } finally {
    deadline.dispose();
    signal.removeEventListener("abort", onAbort);
  }
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
