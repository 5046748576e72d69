import type { ConnectionProblem, LeftOutKey, Problem } from "../failure";
import { cause, detail, ending, list, quoted, says, seconds, type Words } from "./say";

/** Reaching a host, proving it and the user, using the connection. */
export const connectionWords: Words<ConnectionProblem> = {
  badHostName: (problem) =>
    says(
      `“${quoted(problem.host)}” is not a host name that ssh accepts.`,
      "Use an alias of your ssh config or user@name:port.",
    ),
  hostNotFound: (problem) =>
    says(
      `${quoted(problem.host)} cannot be found: the name ${quoted(problem.hostname)} does not resolve.`,
      "Check the spelling, the network and whether a VPN is needed.",
    ),
  connectionRefused: (problem) =>
    says(
      `${quoted(problem.host)} refused the connection on port ${problem.port}: no SSH server listens there.`,
      "Check the port, and whether sshd is running.",
    ),
  unreachable: (problem) =>
    says(`${quoted(problem.host)} cannot be reached.`, "Check the network and whether a VPN is needed."),
  connectTimeout: (problem) =>
    says(
      `${quoted(problem.host)} did not answer within ${seconds(problem.seconds)}.`,
      "It may be switched off, or a firewall drops the connection.",
    ),
  loginTimeout: (problem) =>
    says(
      `${quoted(problem.host)} answered, but the login was not finished within ${seconds(problem.seconds)}.`,
      "Its login service may be overloaded; try again.",
    ),
  notSsh: (problem) =>
    says(`What answers on port ${problem.port} of ${quoted(problem.host)} is not an SSH server.`, "Check the port."),
  tooManyLogins: (problem) =>
    says(
      `${quoted(problem.host)} turns connections away for now: too many log-ins at once, or too many that failed.`,
      "It is tried again by itself while somebody looks.",
    ),
  noCommonAlgorithm: (problem) =>
    says(
      `${quoted(problem.host)} and Tensorline have no ${quoted(problem.what)} in common.`,
      "The server is too old or too restricted; ask its administrator to enable a current one.",
    ),
  connectionLost: (problem) =>
    says(
      `The connection to ${quoted(problem.host)} was lost.`,
      "While it is watched it is opened again by itself; otherwise try again.",
    ),
  jumpProhibited: (problem) =>
    says(
      `${quoted(problem.host)} cannot be reached: ${quoted(problem.hop)}, on the way to it, does not pass connections on.`,
      `Ask the administrator of ${quoted(problem.hop)} to allow it with AllowTcpForwarding.`,
    ),
  jumpFailed: (problem) =>
    says(
      `${quoted(problem.hop)} could not reach ${quoted(problem.host)} at ${quoted(problem.target)}${detail(problem.detail)}.`,
      "Check HostName and Port as the jump host sees them, and that the host is up.",
    ),
  jumpLoop: (problem) =>
    says(
      `The way to ${quoted(problem.host)} never ends: it leads through ${quoted(problem.hop)} again and again.`,
      `Give ${quoted(problem.hop)} a “ProxyJump none” of its own in the ssh config.`,
    ),
  proxyCommandFailed: (problem) =>
    says(
      `The proxy command for ${quoted(problem.host)} made no connection${ending(problem)}${detail(problem.detail)}.`,
      "Try the ProxyCommand of the ssh config in a terminal; the log has all it said.",
    ),
  configUnreadable: (problem) =>
    says(`The ssh config ${quoted(problem.file)} cannot be read: ${cause(problem.detail)}.`),
  configUnsupported: (problem) =>
    says(
      `The ssh config of ${quoted(problem.host)} uses ${quoted(problem.option)}, which Tensorline does not support.`,
      "Remove the option for this host or connect to another alias.",
    ),
  configUntrusted: (problem) =>
    says(
      `The ssh config of ${quoted(problem.host)} would run a command (${quoted(problem.option)}) from ${quoted(problem.file)}, ${doubts[problem.doubt].why}.`,
      doubts[problem.doubt].remedy,
    ),
  hostKeyUnknown: (problem) =>
    says(
      `${quoted(problem.host)} is not known yet: its ${quoted(problem.keyType)} key is ${quoted(problem.fingerprint)}.`,
      "Compare the fingerprint with one from its administrator, then accept it when asked, or with --accept-new-host-key on the command line.",
    ),
  hostKeyChanged: (problem) =>
    says(
      `${quoted(problem.host)} shows another ${quoted(problem.keyType)} key than before ` +
        `(${quoted(problem.offered)} instead of ${quoted(problem.known)}): it was reinstalled, or someone intercepts the connection.`,
      problem.own
        ? `Ask its administrator; if the new key is right, choose “Forget the Old Host Key…” in the editor or run: ${forgetting(problem)}.`
        : `Ask its administrator; if the new key is right, run: ${forgetting(problem)}.`,
    ),
  hostKeyRevoked: (problem) =>
    says(
      `The ${quoted(problem.keyType)} key of ${quoted(problem.host)} is marked as revoked in ${quoted(problem.file)}` +
        `${problem.line === undefined ? "" : `, line ${problem.line}`}.`,
      "Do not connect; ask the administrator of the host for its new key.",
    ),
  knownHostsUnreadable: (problem) =>
    says(
      `The file of known hosts ${quoted(problem.file)} cannot be used: ${cause(problem.detail)}.`,
      "Without it the host cannot be verified; check its permissions.",
    ),
  authenticationFailed: (problem) =>
    says(
      `${quoted(problem.host)} did not let ${quoted(problem.user)} in` +
        `${problem.tried.length > 0 ? ` (tried: ${list(problem.tried)})` : ""}` +
        `${problem.accepted.length > 0 ? `; it accepts ${list(problem.accepted)}` : ""}` +
        `${(problem.leftOut ?? []).map((key) => `; ${leftOutKey(key)}`).join("")}.`,
      problem.leftOut?.some(({ why }) => why === "PuTTY")
        ? "Export the PuTTY key as an OpenSSH key: in PuTTYgen, “Conversions”, “Export OpenSSH key”."
        : "Check the user name, and that your key is loaded in the agent or listed for this host.",
    ),
  tooManyKeys: (problem) =>
    says(
      `${quoted(problem.host)} hung up on ${quoted(problem.user)} after too many keys it does not know (tried: ${list(problem.tried)}).`,
      "Name the right key with IdentityFile and set “IdentitiesOnly yes” for this host in the ssh config.",
    ),
  promptUnavailable: (problem) =>
    says(
      `An answer is needed, but nobody can be asked here: ${quoted(problem.question)}.`,
      "Load a key in the ssh agent, or connect from an editor or a terminal, where you can answer.",
    ),
  cancelled: () => says("Cancelled."),
  systemSshMissing: (problem) =>
    says(
      `${quoted(problem.host)} needs the ssh program of this computer (${problem.need}), which was not found.`,
      "Install the OpenSSH client and see that ssh is on the PATH.",
    ),
  systemSshFailed: (problem) =>
    says(
      `The ssh program of this computer could not connect to ${quoted(problem.host)}${detail(problem.detail)}.`,
      "Try the same host with ssh -v in a terminal.",
    ),
  noSession: (problem) =>
    says(
      `${quoted(problem.host)} allows no further session on this connection.`,
      "Close a terminal on it, or ask its administrator to raise MaxSessions.",
    ),
  terminalUnavailable: (problem) =>
    says(
      `Terminals on ${quoted(problem.host)} go through the ssh program of this computer, and this build of Tensorline lacks the part for that.`,
      "Install the build for your system, or use ssh in a terminal of your own; everything else works.",
    ),
  paused: (problem) =>
    says(`The host allows one session at a time, which something else needed (${quoted(problem.what)}).`, "Try again."),
  noShell: (problem) =>
    says(
      `${quoted(problem.host)} gives no usable shell: ${quoted(problem.detail)}.`,
      "Check the login shell and what its start-up files print or run.",
    ),
  silent: (problem) =>
    says(
      `${quoted(problem.host)} has sent nothing for ${seconds(problem.seconds)}.`,
      "It may be overloaded or the network gone; what is shown is that old.",
    ),
  deadline: (problem) =>
    says(
      `It took more than ${seconds(problem.seconds)}, so it was given up: ${quoted(problem.what)}.`,
      "The host may be overloaded; try again.",
    ),
  answerTooLarge: (problem) =>
    says(`The answer was larger than ${problem.limitBytes} bytes, so it was given up: ${quoted(problem.what)}.`),
  commandFailed: (problem) =>
    says(
      `A command on the host failed${ending(problem)} (${quoted(problem.what)})${detail(problem.detail)}.`,
      "The log has its whole output.",
    ),
  unreadable: (problem) =>
    says(
      `The output cannot be understood (${quoted(problem.what)})${detail(problem.detail)}.`,
      "Check that it is the whole, unchanged output of the tool.",
    ),
};

function forgetting({ entry, file }: Extract<Problem, { reason: "hostKeyChanged" }>): string {
  return `ssh-keygen -R ${quoted(entry)} -f ${quoted(file)}`;
}

/** Why a config file is not taken at its word, and what helps. */
const doubts: Readonly<
  Record<Extract<Problem, { reason: "configUntrusted" }>["doubt"], { why: string; remedy: string }>
> = {
  workspace: {
    why: "which lies in an open folder and may come from somebody else",
    remedy: "Put what runs commands into an ssh config outside the folder, such as ~/.ssh/config.",
  },
  owner: { why: "which belongs to another user", remedy: "Use a file of your own." },
  permissions: {
    why: "which others may write to",
    remedy: "Take the right away from them (chmod go-w), then try again.",
  },
};

function leftOutKey(key: LeftOutKey): string {
  return `the key file ${quoted(key.file)} was left out: ${key.why === "unreadable" ? cause(key.detail) : leftOutWords[key.why]}`;
}

const leftOutWords: Readonly<Record<Exclude<LeftOutKey["why"], "unreadable">, string>> = {
  missing: "there is no such file",
  "not a key": "it is not a key",
  PuTTY: "it is in PuTTY’s own format",
  certificate: "certificates need the system’s ssh",
  "security key": "security keys need the system’s ssh",
  unsupported: "its type is not supported",
};
