import { Failure, isFailure } from "../../core/failure";
import { findSsh } from "../config";
import type { ConnectRequest } from "../connection";
import type { HostOptions } from "../hostOptions";
import type { Link } from "../link";
import { connectSystem } from "./connectSystem";
import { needAfter, needBefore } from "./need";

/**
 * Connects by ssh2, and by the system's ssh where ssh2 cannot: before the first attempt where the config says so, else
 * after ssh2 was refused. Where the system has no ssh, ssh2's own failure says more than that.
 * @throws Failure as `connect`
 */
export async function connectByEither(
  request: ConnectRequest,
  options: HostOptions,
  connectSsh2: () => Promise<Link>,
): Promise<Link> {
  const { host, deps, store } = request;
  const facts = { options, settings: deps.settings, ownKnownHosts: store.file };
  const known = request.systemSsh ?? (await needBefore(facts));
  if (known !== undefined) return connectSystem(request, options, known);
  try {
    return await connectSsh2();
  } catch (error) {
    const need = request.signal.aborted ? undefined : await needAfter(error, facts);
    if (need === undefined) throw error;
    if ((await findSsh(deps.client)) !== undefined) return connectSystem(request, options, need);
    throw isFailure(error, "authenticationFailed")
      ? new Failure({ reason: "systemSshMissing", host: host.name, need }, error)
      : error;
  }
}
