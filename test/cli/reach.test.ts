import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { freePort, makeKey, type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { askBoth, complaint, hostsOf, start, tensorline } from "./cli";
import { gpuEnvironment, type HostBlock, loginTo, scratch, tcpServer } from "./hosts";

describe.skipIf(withoutSshd)(`hosts that cannot be reached${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  let server: Sshd;

  beforeAll(async () => {
    server = await startSshd({ environment: gpuEnvironment(files.folder) });
  });
  afterAll(async () => {
    await server.dispose();
    await files.dispose();
  });

  const beside = (bad: HostBlock) => files.config({ good: loginTo(server), bad: loginTo(server, bad) });

  it("a name that does not exist", async () => {
    const { reason, message } = await askBoth(beside({ HostName: "no-such-host.invalid" }));
    expect(reason).toBe("hostNotFound");
    expect(message).toMatch(/^bad cannot be found: the name no-such-host\.invalid does not resolve\. /);
  });

  it("a port where nobody listens", async () => {
    const port = await freePort();
    const { reason, message } = await askBoth(beside({ Port: port }));
    expect(reason).toBe("connectionRefused");
    expect(message).toContain(`port ${port}`);
  });

  it("something that is not an SSH server", async () => {
    const web = await tcpServer((socket) => socket.end("HTTP/1.1 400 Bad Request\r\n\r\n"));
    expect(await askBoth(beside({ Port: web.port }))).toMatchObject({ reason: "notSsh" });
    await web.dispose();
  });

  it("a server that hangs up at once", async () => {
    const rude = await tcpServer((socket) => socket.end());
    expect(await askBoth(beside({ Port: rude.port }))).toMatchObject({ reason: "connectionLost" });
    await rude.dispose();
  });

  it("a server that never says a word", async () => {
    const silent = await tcpServer(() => {});
    const { reason, message } = await askBoth(beside({ Port: silent.port, ConnectTimeout: 2 }));
    expect(reason).toBe("loginTimeout");
    expect(message).toContain("within 2 seconds");
    await silent.dispose();
  });

  it("a log-in that hangs after the greeting", async () => {
    const slow = await tcpServer((socket) => socket.write("SSH-2.0-OpenSSH_9.2\r\n"));
    expect(await askBoth(beside({ Port: slow.port, ConnectTimeout: 2 }))).toMatchObject({ reason: "loginTimeout" });
    await slow.dispose();
  });

  it("a name that is no host name, and a config that cannot be read", async () => {
    const outcome = await tensorline(["gpus", "bad host", "good", "--json", "-F", beside({})]);
    expect(outcome.code).toBe(1);
    expect(hostsOf(outcome.stdout)["bad host"]?.error?.reason).toBe("badHostName");
    expect(hostsOf(outcome.stdout).good?.gpus).toHaveLength(2);
    expect(complaint(outcome)).toContain("“bad host”");
    const nowhere = await tensorline(["gpus", "box", "--json", "-F", `${files.folder}/none`]);
    expect(nowhere.code).toBe(1);
    expect(hostsOf(nowhere.stdout).box?.error?.reason).toBe("configUnreadable");
  });

  it("a key that the server does not want", async () => {
    const key = makeKey(`${files.folder}/wrong_key`, "ed25519");
    const { reason, message } = await askBoth(beside({ IdentityFile: key.file }));
    expect(reason).toBe("authenticationFailed");
    expect(message).toMatch(new RegExp(`^bad did not let ${server.user} in .*accepts publickey`));
  });

  it("-i brings the right key", async () => {
    const config = beside({ IdentityFile: `${files.folder}/no_key` });
    const outcome = await tensorline(["gpus", "bad", "--json", "-F", config, "-i", server.userKeyFile]);
    expect(outcome).toMatchObject({ code: 0, stderr: "" });
  });

  it("people read the table of the good host and a sentence for each bad one", async () => {
    const config = files.config({ good: loginTo(server), "one two": loginTo(server, { Port: await freePort() }) });
    const outcome = await tensorline(["gpus", "one", "good", "two", "-F", config]);
    expect(outcome.code).toBe(1);
    expect(outcome.stdout).toMatch(/^good · /);
    expect(outcome.stderr).toMatch(/^one refused [^\n]+\.\ntwo refused [^\n]+\.\n$/);
    const none = await tensorline(["gpus", "one", "-F", config]);
    expect(none).toMatchObject({ code: 1, stdout: "" });
  });

  it("--watch ends when no host is left to wait for", async () => {
    const outcome = await tensorline([
      "gpus",
      "one",
      "--watch",
      "--json",
      "-F",
      files.config({ one: loginTo(server, { Port: await freePort() }) }),
    ]);
    expect(outcome.code).toBe(1);
    for (const line of outcome.stdout.trimEnd().split("\n"))
      expect(hostsOf(line).one?.error?.reason).toBe("connectionRefused");
    expect(complaint(outcome)).toContain("refused");
  });

  it("--watch goes on with the other hosts", async () => {
    const cli = start([
      "gpus",
      "good",
      "bad",
      "--watch",
      "--json",
      "--interval",
      "0.2",
      "-F",
      beside({ Port: await freePort() }),
    ]);
    await cli.until((stdout) =>
      stdout
        .split("\n")
        .slice(0, -1)
        .some((line) => hostsOf(line).bad?.error && (hostsOf(line).good?.gpus[0]?.utilizationPercent ?? 0) > 1),
    );
    cli.child.kill("SIGINT");
    expect(await cli.ended).toMatchObject({ code: 0, stderr: "" });
  });
});
