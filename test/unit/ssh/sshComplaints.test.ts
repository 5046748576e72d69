import { describe, expect, it } from "vitest";
import { complaintProblem, forwardProblem } from "../../../src/ssh/system/complaints";
import { sshOutput } from "../../../src/ssh/system/sshOutput";
import { testOptions } from "./testOptions";

const facts = { host: "lab1", options: testOptions([]), ownKnownHosts: "/own", configFile: "/config", seconds: 9 };

function said(...lines: readonly string[]) {
  const output = sshOutput(() => {});
  // As the system delivers them: anywhere cut.
  for (const part of `${lines.join("\n")}\n`.match(/.{1,7}/gs) ?? []) output.push(part);
  return output;
}

const proven = "debug1: SSH2_MSG_SERVICE_ACCEPT received";

describe("what ssh says when it gives up", () => {
  it.each([
    ["ssh: Could not resolve hostname lab1.invalid: Name or service not known", { reason: "hostNotFound" }],
    ["ssh: connect to host lab1 port 2222: Connection refused", { reason: "connectionRefused", port: 2222 }],
    ["ssh: connect to host lab1 port 22: No route to host", { reason: "unreachable" }],
    ["ssh: connect to host lab1 port 22: Connection timed out", { reason: "connectTimeout", seconds: 9 }],
    ["ssh: connect to host lab1 port 22: Operation timed out", { reason: "connectTimeout", seconds: 9 }],
    ["Connection timed out during banner exchange", { reason: "connectTimeout" }],
    [
      "Unable to negotiate with 192.0.2.7 port 22: no matching host key type found. Their offer: ssh-dss",
      { reason: "noCommonAlgorithm", what: "host key type" },
    ],
    [
      "No ED25519 host key is known for lab1 and you have requested strict checking.",
      { reason: "hostKeyUnknown", keyType: "ssh-ed25519" },
    ],
    [
      "Host key ED25519 SHA256:abc revoked by file /home/ada/.ssh/revoked",
      { reason: "hostKeyRevoked", fingerprint: "SHA256:abc", file: "/home/ada/.ssh/revoked" },
    ],
    ["kex_exchange_identification: Connection closed by remote host", { reason: "connectionLost" }],
    ["Connection closed by 192.0.2.7 port 22", { reason: "connectionLost" }],
    [
      "/home/ada/.ssh/config: line 3: Bad configuration option: nonsense",
      { reason: "configUnreadable", file: "/home/ada/.ssh/config" },
    ],
    [
      "Bad owner or permissions on /home/ada/.ssh/config",
      { reason: "configUnreadable", file: "/home/ada/.ssh/config" },
    ],
    ["something nobody foresaw", { reason: "systemSshFailed", host: "lab1", detail: "something nobody foresaw" }],
  ])("%s", async (line, problem) => {
    expect(await complaintProblem(said(line), facts)).toMatchObject(problem);
  });

  it("names the key that nobody could be asked about", async () => {
    const output = said("debug1: Server host key: ssh-ed25519 SHA256:abc", "Host key verification failed.");
    const problem = { reason: "hostKeyUnknown", host: "lab1", keyType: "ssh-ed25519", fingerprint: "SHA256:abc" };
    expect(await complaintProblem(output, facts)).toEqual(problem);
  });

  it("names what was tried and what the server accepts", async () => {
    const output = said(
      proven,
      "debug1: Offering public key: /home/ada/.ssh/id_ed25519 ED25519 SHA256:abc",
      "debug1: Next authentication method: password",
      "ada@lab1: Permission denied (publickey,password).",
    );
    expect(await complaintProblem(output, facts)).toEqual({
      reason: "authenticationFailed",
      host: "lab1",
      user: facts.options.user,
      tried: ["key /home/ada/.ssh/id_ed25519", "password"],
      accepted: ["publickey", "password"],
    });
  });

  it("believes nothing about the host's key once it is proven: a banner may say anything", async () => {
    const banner = [
      "Offending ED25519 key in /own:1",
      "Host key for lab1 has changed and you have requested strict checking.",
      "ssh: connect to host lab1 port 22: Connection refused",
    ];
    expect(await complaintProblem(said(proven, ...banner), facts)).toMatchObject({ reason: "systemSshFailed" });
    expect(await complaintProblem(said(...banner), facts)).toMatchObject({ reason: "hostKeyChanged", own: true });
  });

  it("tells why a forwarded connection could not be had", () => {
    const problem = (line: string) => forwardProblem(said(proven, line), "lab1", "db:5432");
    expect(problem("channel 0: open failed: administratively prohibited: open failed")).toEqual({
      reason: "forwardProhibited",
      host: "lab1",
    });
    expect(problem("channel 0: open failed: connect failed: Connection refused")).toEqual({
      reason: "forwardRefused",
      host: "lab1",
      target: "db:5432",
      detail: "Connection refused",
    });
    expect(problem("Connection to lab1 closed by remote host.").reason).toBe("connectionLost");
  });

  it("reads the versions of both sides", () => {
    const { facts } = said(
      "debug1: Local version string SSH-2.0-OpenSSH_for_Windows_8.1",
      "debug1: Remote protocol version 2.0, remote software version dropbear_2022.83",
      "debug1: Remote protocol version 2.0, remote software version OpenSSH_9.9",
    );
    expect(facts).toMatchObject({ version: [8, 1], server: "dropbear", reached: true });
  });
});
