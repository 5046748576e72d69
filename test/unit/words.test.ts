import { describe, expect, test } from "vitest";
import { boundedText } from "../../src/core/boundedText";
import type { FailureReason, Problem } from "../../src/core/failure";
import { describe as describeProblem, sentence } from "../../src/core/words";

/** One problem of every reason; the type fails the build when one is missing. */
const examples: { [R in FailureReason]: Extract<Problem, { reason: R }> } = {
  badHostName: { reason: "badHostName", host: "-oProxyCommand" },
  hostNotFound: { reason: "hostNotFound", host: "lab1", hostname: "lab1.example.org" },
  connectionRefused: { reason: "connectionRefused", host: "lab1", port: 22 },
  unreachable: { reason: "unreachable", host: "lab1" },
  connectTimeout: { reason: "connectTimeout", host: "lab1", seconds: 15 },
  loginTimeout: { reason: "loginTimeout", host: "lab1", seconds: 1 },
  notSsh: { reason: "notSsh", host: "lab1", port: 80 },
  noCommonAlgorithm: { reason: "noCommonAlgorithm", host: "lab1", what: "key exchange" },
  connectionLost: { reason: "connectionLost", host: "lab1" },
  jumpProhibited: { reason: "jumpProhibited", host: "gpu7", hop: "bastion" },
  jumpFailed: { reason: "jumpFailed", host: "gpu7", hop: "bastion", target: "10.0.0.7:22", detail: "No route" },
  jumpLoop: { reason: "jumpLoop", host: "gpu7", hop: "bastion" },
  proxyCommandFailed: { reason: "proxyCommandFailed", host: "gpu7", detail: "nc: refused", exitCode: 1 },
  tooManyKeys: { reason: "tooManyKeys", host: "lab1", user: "alice", tried: ["key a"], accepted: ["publickey"] },
  configUnreadable: { reason: "configUnreadable", file: "/home/a/.ssh/config", detail: "permission denied" },
  configUnsupported: { reason: "configUnsupported", host: "lab1", option: "ProxyUseFdpass" },
  configUntrusted: {
    reason: "configUntrusted",
    host: "lab1",
    file: "/home/a/project/ssh_config",
    option: "Match exec",
    doubt: "workspace",
  },
  environmentExists: { reason: "environmentExists", name: "train" },
  environmentNameUnusable: { reason: "environmentNameUnusable", name: "a b", why: "conda takes no spaces" },
  environmentAmbiguous: { reason: "environmentAmbiguous", name: "train", choices: ["/a/train", "/b/train"] },
  environmentUnknown: { reason: "environmentUnknown", host: "lab1", name: "train" },
  environmentProtected: { reason: "environmentProtected", name: "base" },
  environmentBroken: { reason: "environmentBroken", name: "train", detail: "its interpreter is gone" },
  managerMissing: { reason: "managerMissing", host: "lab1", manager: "conda" },
  environmentBusy: { reason: "environmentBusy", name: "train" },
  packageUnusable: { reason: "packageUnusable", name: "--user", why: "it is an option" },
  packageNotFound: { reason: "packageNotFound", names: "torhc" },
  packagesConflict: { reason: "packagesConflict", detail: "torch 2.13 needs Python 3.10 or newer" },
  packageIndexUnreachable: { reason: "packageIndexUnreachable", detail: "https://pypi.org/simple" },
  operationUnknown: { reason: "operationUnknown", id: "4f1c" },
  operationUnusable: { reason: "operationUnusable", title: "Creating train", why: "its script holds a NUL" },
  operationRunning: { reason: "operationRunning", id: "4f1c" },
  operationFailed: { reason: "operationFailed", title: "Creating train", exitCode: 1, detail: "killed" },
  operationLost: { reason: "operationLost", title: "Creating train" },
  operationCancelled: { reason: "operationCancelled", title: "Creating train" },
  forwardProhibited: { reason: "forwardProhibited", host: "lab1" },
  forwardRefused: { reason: "forwardRefused", host: "lab1", target: "localhost:6006", detail: "Connection refused" },
  hostLacksTool: { reason: "hostLacksTool", tool: "tar" },
  hostDiskFull: { reason: "hostDiskFull", path: "/data/run" },
  hostQuotaExceeded: { reason: "hostQuotaExceeded", path: "/home/a/run" },
  hostReadOnly: { reason: "hostReadOnly", path: "/mnt/run" },
  hostPermissionDenied: { reason: "hostPermissionDenied", path: "/root" },
  hostNoSuchPath: { reason: "hostNoSuchPath", path: "~/run" },
  hostNotAFolder: { reason: "hostNotAFolder", path: "~/run" },
  hostPathUnusable: { reason: "hostPathUnusable", path: "a\nb" },
  localUnreadable: { reason: "localUnreadable", path: "C:\\data\\a.bin", detail: "EACCES" },
  localUnwritable: { reason: "localUnwritable", path: "/home/a/a.bin", detail: "ENOSPC" },
  changedMeanwhile: { reason: "changedMeanwhile", path: "train.log" },
  transferInterrupted: { reason: "transferInterrupted", path: "~/run" },
  transferStalled: { reason: "transferStalled", seconds: 120 },
  hostKeyUnknown: { reason: "hostKeyUnknown", host: "lab1", keyType: "ssh-ed25519", fingerprint: "SHA256:abc" },
  hostKeyChanged: {
    reason: "hostKeyChanged",
    host: "lab1",
    keyType: "ssh-ed25519",
    offered: "SHA256:new",
    known: "SHA256:old",
    file: "/home/a/.ssh/known_hosts",
    line: 3,
    own: false,
    entry: "lab1",
  },
  hostKeyRevoked: {
    reason: "hostKeyRevoked",
    host: "lab1",
    keyType: "rsa",
    fingerprint: "SHA256:x",
    file: "f",
    line: 1,
  },
  knownHostsUnreadable: { reason: "knownHostsUnreadable", file: "f", detail: "denied." },
  authenticationFailed: {
    reason: "authenticationFailed",
    host: "lab1",
    user: "alice",
    tried: ["publickey"],
    accepted: ["password"],
  },
  promptUnavailable: { reason: "promptUnavailable", question: "Password for alice@lab1" },
  cancelled: { reason: "cancelled" },
  systemSshMissing: { reason: "systemSshMissing", host: "lab1", need: "certificate" },
  systemSshFailed: { reason: "systemSshFailed", host: "lab1", detail: "Bad configuration option: nonsense" },
  terminalUnavailable: { reason: "terminalUnavailable", host: "lab1" },
  tooManyLogins: { reason: "tooManyLogins", host: "lab1" },
  noSession: { reason: "noSession", host: "lab1" },
  paused: { reason: "paused", what: "watching the GPUs" },
  noShell: { reason: "noShell", host: "lab1", detail: "This account is not available" },
  silent: { reason: "silent", host: "lab1", seconds: 12 },
  deadline: { reason: "deadline", what: "reading the GPU details", seconds: 60 },
  answerTooLarge: { reason: "answerTooLarge", what: "reading the GPU details", limitBytes: 1048576 },
  commandFailed: { reason: "commandFailed", what: "watching the GPUs", signal: "KILL", detail: "" },
  unreadable: { reason: "unreadable", what: "nvidia-smi XML", detail: "it is empty" },
  noGpuTool: { reason: "noGpuTool", lookedFor: ["nvidia-smi", "rocm-smi"] },
  driverNotLoaded: { reason: "driverNotLoaded", vendor: "NVIDIA" },
  driverLibraryMismatch: { reason: "driverLibraryMismatch", library: "535.161" },
  libraryMissing: { reason: "libraryMissing", tool: "nvidia-smi" },
  noDevices: { reason: "noDevices", vendor: "AMD" },
  gpuLost: { reason: "gpuLost", index: 1 },
  gpuNeedsReset: { reason: "gpuNeedsReset" },
  gpuUnreadable: { reason: "gpuUnreadable", busId: "0000:02:00.0", detail: "Unknown Error" },
  eccErrors: { reason: "eccErrors", index: 0, count: 1 },
  gpuAsleep: { reason: "gpuAsleep", index: 0 },
  insufficientPermissions: { reason: "insufficientPermissions", tool: "rocm-smi" },
  infoRomCorrupted: { reason: "infoRomCorrupted", index: 2 },
  unknownField: { reason: "unknownField", tool: "nvidia-smi", field: "x" },
  toolHangs: { reason: "toolHangs", tool: "nvidia-smi", seconds: 15 },
  toolFailed: { reason: "toolFailed", tool: "nvidia-smi", exitCode: 255, detail: "\u001b[31mboom\u001b[0m!\nmore" },
  cutOff: { reason: "cutOff", what: "nvidia-smi XML" },
  noSuchProcess: { reason: "noSuchProcess", pid: 7 },
  processChanged: { reason: "processChanged", pid: 7 },
  notYourProcess: { reason: "notYourProcess", pid: 7, user: "bob" },
  processSurvived: { reason: "processSurvived", pid: 7, seconds: 5 },
  hostFieldInvalid: { reason: "hostFieldInvalid", field: "port", value: "70000", rule: "a port is a whole number" },
  hostNameTaken: { reason: "hostNameTaken", host: "gpu1" },
  hostsFileChanged: { reason: "hostsFileChanged", file: "/home/a/.ssh/config" },
  hostsFileUnusable: { reason: "hostsFileUnusable", file: "/home/a/.ssh/config", detail: "EACCES" },
  keyFileUnusable: { reason: "keyFileUnusable", file: "/home/a/.ssh/id_ed25519", detail: "EACCES" },
  keyNotInstalled: { reason: "keyNotInstalled", host: "lab1", path: "/home/a/.ssh", detail: "Read-only file system" },
  installedKeyRefused: {
    reason: "installedKeyRefused",
    host: "lab1",
    path: "/home/a/.ssh/authorized_keys",
    loose: { path: "/home/a", mode: "drwxrwxr-x" },
  },
  keysNotAccepted: { reason: "keysNotAccepted", host: "lab1", accepted: ["password"] },
  internal: { reason: "internal", detail: "no such branch" },
};

describe.each(Object.values(examples))("words for $reason", (problem) => {
  test("are whole sentences without codes", () => {
    const { message, remedy } = describeProblem(problem);
    for (const text of remedy === undefined ? [message] : [message, remedy]) {
      expect(text).toMatch(/^[“\p{Lu}\p{L}-].*\.$/su);
      expect(text).not.toMatch(/\.\.$|undefined|\[object|!$|\bplease\b|\boops\b|^Error/i);
      expect(text).not.toContain(
        problem.reason === "cancelled" || problem.reason === "unreachable" ? "\u0000" : problem.reason,
      );
    }
    expect(sentence(problem)).toBe(remedy === undefined ? message : `${message} ${remedy}`);
  });
});

test("what a host says stands in a sentence without control characters, on one line and bounded", () => {
  expect(sentence(examples.toolFailed)).toContain("boom! more");
  expect(boundedText("a\u001b]0;title\u0007b\u0000\u202ec\r\nd")).toBe("ab c d");
  const long = sentence({ reason: "toolFailed", tool: "t", detail: "x".repeat(100_000) });
  expect(long.length).toBeLessThan(500);
});
