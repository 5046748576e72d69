import { Failure, isFailure } from "../../core/failure";
import { findSsh } from "../config";
import type { ConnectRequest } from "../connection";
import type { Link } from "../link";
import type { Stop } from "../route";
import { connectSystem } from "./connectSystem";
import { needAfter, needBefore } from "./need";

/**
 * Connects by ssh2, and by the system's ssh where ssh2 cannot: before the first attempt where the config says so, else
 * after ssh2 was refused. It then goes the whole way. Where the system has no ssh, ssh2's own failure says more than that.
 * @throws Failure as `connect`
 */
export async function connectByEither(
  request: ConnectRequest,
  route: readonly Stop[],
  connectSsh2: (request: ConnectRequest) => Promise<Link>,
): Promise<Link> {
  const { host, deps, store, signal } = request;
  const { client, settings } = deps;
  const facts = { route, client, settings, ownKnownHosts: store.file, signal };
  const known = request.systemSsh ?? (await needBefore(facts));
  if (known !== undefined) return connectSystem(request, route, known);
  const isThere = async () => (await findSsh(client)) !== undefined;
  let asked = true;
  // What ssh can do without asking comes before any question.
  const giveWay = async (refusal: Failure) => {
    asked = (await needAfter(refusal, false, facts)) === undefined || !(await isThere());
    return !asked;
  };
  try {
    return await connectSsh2({ ...request, giveWay });
  } catch (error) {
    const need = signal.aborted ? undefined : await needAfter(error, asked, facts);
    if (need === undefined) throw error;
    if (await isThere()) return connectSystem(request, route, need);
    throw isFailure(error, "authenticationFailed")
      ? new Failure({ reason: "systemSshMissing", host: host.name, need }, error)
      : error;
  }
}
