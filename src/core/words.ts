import { boundedText } from "./boundedText";
import type { GpuProblem, Problem } from "./failure";

/** What a person reads about a problem: what happened and why, and what to do about it. */
export interface Description {
  readonly message: string;
  readonly remedy?: string;
}

/** Message and remedy in one line. */
export function sentence(problem: Problem): string {
  const { message, remedy } = describe(problem);
  return remedy === undefined ? message : `${message} ${remedy}`;
}

/** Turns every reason into words. The only place that does. */
export function describe(problem: Problem): Description {
  switch (problem.reason) {
    case "badHostName":
      return says(
        `“${quoted(problem.host)}” is not a host name that ssh accepts.`,
        "Use an alias of your ssh config or user@name:port.",
      );
    case "hostNotFound":
      return says(
        `${quoted(problem.host)} cannot be found: the name ${quoted(problem.hostname)} does not resolve.`,
        "Check the spelling, the network and whether a VPN is needed.",
      );
    case "connectionRefused":
      return says(
        `${quoted(problem.host)} refused the connection on port ${problem.port}: no SSH server listens there.`,
        "Check the port, and whether sshd is running.",
      );
    case "unreachable":
      return says(`${quoted(problem.host)} cannot be reached.`, "Check the network and whether a VPN is needed.");
    case "connectTimeout":
      return says(
        `${quoted(problem.host)} did not answer within ${seconds(problem.seconds)}.`,
        "It may be switched off, or a firewall drops the connection.",
      );
    case "loginTimeout":
      return says(
        `${quoted(problem.host)} answered, but the login was not finished within ${seconds(problem.seconds)}.`,
        "Its login service may be overloaded; try again.",
      );
    case "notSsh":
      return says(
        `What answers on port ${problem.port} of ${quoted(problem.host)} is not an SSH server.`,
        "Check the port.",
      );
    case "noCommonAlgorithm":
      return says(
        `${quoted(problem.host)} and Tensorline have no ${quoted(problem.what)} in common.`,
        "The server is too old or too restricted; ask its administrator to enable a current one.",
      );
    case "connectionLost":
      return says(
        `The connection to ${quoted(problem.host)} was lost.`,
        "While it is watched it is opened again by itself; otherwise try again.",
      );
    case "configUnreadable":
      return says(`The ssh config ${quoted(problem.file)} cannot be read: ${cause(problem.detail)}.`);
    case "configUnsupported":
      return says(
        `The ssh config of ${quoted(problem.host)} uses ${quoted(problem.option)}, which Tensorline does not support.`,
        "Remove the option for this host or connect to another alias.",
      );
    case "hostKeyUnknown":
      return says(
        `${quoted(problem.host)} is not known yet: its ${quoted(problem.keyType)} key is ${quoted(problem.fingerprint)}.`,
        "Compare the fingerprint with one from its administrator, then accept it when asked, or with --accept-new-host-key on the command line.",
      );
    case "hostKeyChanged":
      return says(
        `${quoted(problem.host)} shows another ${quoted(problem.keyType)} key than before ` +
          `(${quoted(problem.offered)} instead of ${quoted(problem.known)}): it was reinstalled, or someone intercepts the connection.`,
        problem.own
          ? `Ask its administrator; if the new key is right, choose “Forget the Old Host Key…” in the editor or run: ${forgetting(problem)}.`
          : `Ask its administrator; if the new key is right, run: ${forgetting(problem)}.`,
      );
    case "hostKeyRevoked":
      return says(
        `The ${quoted(problem.keyType)} key of ${quoted(problem.host)} is marked as revoked in ${quoted(problem.file)}, line ${problem.line}.`,
        "Do not connect; ask the administrator of the host for its new key.",
      );
    case "knownHostsUnreadable":
      return says(
        `The file of known hosts ${quoted(problem.file)} cannot be used: ${cause(problem.detail)}.`,
        "Without it the host cannot be verified; check its permissions.",
      );
    case "authenticationFailed":
      return says(
        `${quoted(problem.host)} did not let ${quoted(problem.user)} in` +
          `${problem.tried.length > 0 ? ` (tried: ${list(problem.tried)})` : ""}` +
          `${problem.accepted.length > 0 ? `; it accepts ${list(problem.accepted)}` : ""}.`,
        "Check the user name, and that your key is loaded in the agent or listed for this host.",
      );
    case "promptUnavailable":
      return says(
        `An answer is needed, but nobody can be asked here: ${quoted(problem.question)}.`,
        "Load a key in the ssh agent, or connect from an editor or a terminal, where you can answer.",
      );
    case "cancelled":
      return says("Cancelled.");
    case "noSession":
      return says(
        `${quoted(problem.host)} allows no further session on this connection.`,
        "Close a terminal on it, or ask its administrator to raise MaxSessions.",
      );
    case "noShell":
      return says(
        `${quoted(problem.host)} gives no usable shell: ${quoted(problem.detail)}.`,
        "Check the login shell and what its start-up files print or run.",
      );
    case "silent":
      return says(
        `${quoted(problem.host)} has sent nothing for ${seconds(problem.seconds)}.`,
        "It may be overloaded or the network gone; what is shown is that old.",
      );
    case "deadline":
      return says(
        `It took more than ${seconds(problem.seconds)}, so it was given up: ${quoted(problem.what)}.`,
        "The host may be overloaded; try again.",
      );
    case "answerTooLarge":
      return says(
        `The answer was larger than ${problem.limitBytes} bytes, so it was given up: ${quoted(problem.what)}.`,
      );
    case "commandFailed":
      return says(
        `A command on the host failed${ending(problem)} (${quoted(problem.what)})${detail(problem.detail)}.`,
        "The log has its whole output.",
      );
    case "unreadable":
      return says(
        `The output cannot be understood (${quoted(problem.what)})${detail(problem.detail)}.`,
        "Check that it is the whole, unchanged output of the tool.",
      );
    case "internal":
      return says(
        `Something went wrong inside Tensorline${detail(problem.detail)}.`,
        "Report it with the editor’s diagnostics or with what --verbose prints.",
      );
    default:
      return describeGpu(problem);
  }
}

function describeGpu(problem: GpuProblem): Description {
  switch (problem.reason) {
    case "noGpuTool":
      return says(
        `No GPU tool was found on this host (looked for ${list(problem.lookedFor)}).`,
        "If it has GPUs, install their driver, or add the tool's folder to the PATH of non-interactive shells.",
      );
    case "driverNotLoaded":
      return says(
        `The ${quoted(problem.vendor)} driver is not loaded, so its GPUs cannot be read.`,
        "Load the kernel module or restart the host; after a kernel update the driver may have to be built again.",
      );
    case "driverLibraryMismatch":
      return says(
        `The running NVIDIA driver and its library${problem.library === undefined ? "" : ` (${quoted(problem.library)})`} have different versions, usually after an update.`,
        "Restart the host, or unload and load the NVIDIA kernel modules.",
      );
    case "libraryMissing":
      return says(
        `${quoted(problem.tool)} cannot find the driver's library.`,
        "Install the library package that belongs to the driver, or add its folder to the library path.",
      );
    case "noDevices":
      return says(
        `No ${quoted(problem.vendor)} GPU was found, although the tool is there.`,
        "Check that the card is seated and powered, and that this user or container may use it.",
      );
    case "gpuLost":
      return says(`${gpuName(problem)} fell off the bus and no longer answers.`, "Restart the host to get it back.");
    case "gpuNeedsReset":
      return says(
        `${gpuName(problem)} must be reset before it can be relied on.`,
        "Stop its processes and reset it as root (nvidia-smi --gpu-reset), or restart the host.",
      );
    case "gpuUnreadable":
      return says(
        `${gpuName(problem)} cannot be read${detail(problem.detail)}.`,
        "If this stays, look at the kernel log and restart the host.",
      );
    case "eccErrors":
      return says(
        `GPU ${problem.index} has ${problem.count} uncorrectable memory ${problem.count === 1 ? "error" : "errors"} since its driver was loaded.`,
        "Results computed on it may be wrong; reset it, and have it replaced if errors return.",
      );
    case "gpuAsleep":
      return says(`${gpuName(problem)} is powered down; it is not read, so as not to wake it.`);
    case "insufficientPermissions":
      return says(
        `${quoted(problem.tool)} may not read the GPUs as this user.`,
        "Ask the administrator for access to the GPU device files (often membership in the groups video and render).",
      );
    case "infoRomCorrupted":
      return says(
        `The settings memory (infoROM) of ${problem.index === undefined ? "a GPU" : `GPU ${problem.index}`} is corrupted; its values may still be right.`,
        "Plan to have the card serviced.",
      );
    case "unknownField":
      return says(
        `${quoted(problem.tool)} does not know the field ${quoted(problem.field)}, so it is left out.`,
        "A newer driver may offer it.",
      );
    case "toolHangs":
      return says(
        `${quoted(problem.tool)} has not answered for ${seconds(problem.seconds)}.`,
        "It is started again; if this stays, a GPU or its driver hangs and the host needs a restart.",
      );
    case "toolFailed":
      return says(
        `${quoted(problem.tool)} failed${ending(problem)}${detail(problem.detail)}.`,
        "Run it in a terminal on the host to see its whole output.",
      );
    case "cutOff":
      return says(`The output ends in the middle (${quoted(problem.what)}); what came before is shown.`);
    case "noSuchProcess":
      return says(`Process ${problem.pid} has already ended.`);
    case "processChanged":
      return says(
        `Process ${problem.pid} is another process now than the one shown, so nothing was done.`,
        "Look at the refreshed list.",
      );
    case "notYourProcess":
      return says(
        `Process ${problem.pid} belongs to ${problem.user === undefined ? "another user" : quoted(problem.user)}, and only its owner or root may end it.`,
        "Ask its owner.",
      );
    case "processSurvived":
      return says(
        `Process ${problem.pid} is still running ${seconds(problem.seconds)} after it was told to end.`,
        "Force it to end; a process that waits for a hung GPU ends only with a restart of the host.",
      );
    default:
      return unreachable(problem);
  }
}

function says(message: string, remedy?: string): Description {
  return remedy === undefined ? { message } : { message, remedy };
}

function forgetting({ entry, file }: Extract<Problem, { reason: "hostKeyChanged" }>): string {
  return `ssh-keygen -R ${quoted(entry)} -f ${quoted(file)}`;
}

/** What the client's own system says about a file, by its code. */
const systemWords: Readonly<Record<string, string>> = {
  ENOENT: "there is no such file",
  ENOTDIR: "there is no such folder",
  EACCES: "permission denied",
  EPERM: "permission denied",
  EISDIR: "it is a folder",
  EROFS: "the file system is read-only",
  ENOSPC: "the disk is full",
};

function cause(text: string): string {
  return systemWords[text] ?? quoted(text);
}

function quoted(text: string): string {
  return boundedText(text).replace(/[.\s]+$/, "");
}

function detail(text: string): string {
  const words = quoted(text);
  return words === "" ? "" : `: ${words}`;
}

function list(words: readonly string[]): string {
  return words.map(quoted).join(", ");
}

const seconds = (count: number): string => (count === 1 ? "1 second" : `${Math.round(count)} seconds`);

function ending(problem: { exitCode?: number; signal?: string }): string {
  if (problem.signal !== undefined) return ` by signal ${quoted(problem.signal)}`;
  return problem.exitCode === undefined ? "" : ` with exit code ${problem.exitCode}`;
}

function gpuName(problem: { index?: number; busId?: string }): string {
  if (problem.index !== undefined) return `GPU ${problem.index}`;
  return problem.busId === undefined ? "A GPU" : `The GPU at ${quoted(problem.busId)}`;
}

function unreachable(problem: never): never {
  throw new TypeError(`no words for ${JSON.stringify(problem)}`);
}
