import { spawn } from "node:child_process";
import { writeFile } from "node:fs/promises";
import { connect as connectTcp } from "node:net";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { silentLogger } from "../../src/core/logger";
import { resolveHost } from "../../src/ssh/config";
import { createCredentials } from "../../src/ssh/credentials";
import type { HostOptions } from "../../src/ssh/hostOptions";
import { knownHostsStore } from "../../src/ssh/knownHostsStore";
import type { Channel, Link } from "../../src/ssh/link";
import { logIn } from "../../src/ssh/login";
import { createManualClock } from "../mocks/manualClock";
import { hostOf, noAbort, person, secretsInMemory } from "./client";
import { startRelay } from "./relay";
import { makeKey, type Sshd, startSshd, stopProcess, withoutSshd } from "./sshd";

const size = { columns: 80, rows: 24 };

describe.skipIf(withoutSshd)(`what sessions are opened with${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let strict: Sshd;
  let agent: string;
  let stopAgent: () => Promise<void>;

  beforeAll(async () => {
    server = await startSshd({ config: ["AcceptEnv TL_*"] });
    strict = await startSshd({ config: ["AllowAgentForwarding no"] });
    agent = join(server.folder, "agent");
    const child = spawn("ssh-agent", ["-D", "-a", agent], { stdio: ["ignore", "pipe", "ignore"] });
    await new Promise((resolve) => child.stdout.once("data", resolve));
    stopAgent = () => stopProcess(child);
  });
  afterAll(async () => {
    await stopAgent();
    await server.dispose();
    await strict.dispose();
  });

  async function link(at: Sshd, options: Partial<HostOptions>, port = at.port, clock = systemClock): Promise<Link> {
    const host = hostOf(at);
    const client = { os: "linux", home: "/nonexistent", user: "nobody", env: { PATH: process.env.PATH } } as const;
    const resolved = await resolveHost(host, client, noAbort);
    return logIn({
      stop: { host, options: { ...resolved, ...options } },
      onTheWayTo: undefined,
      openStream: async () => connectTcp(port, "127.0.0.1"),
      carrier: undefined,
      deps: {
        clock,
        log: silentLogger,
        settings: { identityFiles: () => [], acceptNewHostKeys: () => false, connectTimeoutMs: () => 30_000 },
      },
      prompts: person(),
      credentials: createCredentials(secretsInMemory()),
      store: knownHostsStore(join(at.folder, "own_known_hosts")),
      withoutKeys: false,
      onStep: () => {},
      onHeard: () => {},
      signal: noAbort,
    });
  }

  function textOf(channel: Channel): Promise<string> {
    let text = "";
    channel.stderr.resume();
    channel.on("data", (chunk: Buffer) => {
      text += chunk.toString("utf8");
    });
    return new Promise((resolve) => channel.once("close", () => resolve(text)));
  }

  const report = "echo agent=$(test -z $SSH_AUTH_SOCK || echo yes) env=$TL_ONE,$OTHER";

  async function inTerminal(open: Link): Promise<string> {
    const terminal = await open.terminal(size);
    const text = textOf(terminal);
    terminal.write(`${report}; exit\n`);
    return (await text).replace(report, "");
  }

  it("is no agent where the config does not ask for one, and none outside terminals where it does", async () => {
    const without = await link(server, {});
    expect(await inTerminal(without)).toContain("agent= ");
    without.close();
    const forwarding = await link(server, { forwardAgent: agent });
    expect(await textOf(await forwarding.exec(report))).toContain("agent= ");
    expect(await inTerminal(forwarding)).toContain("agent=yes");
    forwarding.close();
  });

  it("is a terminal without the agent where the server forbids forwarding it", async () => {
    const open = await link(strict, { forwardAgent: agent });
    expect(await inTerminal(open)).toContain("agent= ");
    expect(await inTerminal(open)).toContain("agent= ");
    open.close();
  });

  it("lets the host use the forwarded agent", async () => {
    const key = makeKey(join(server.folder, "lent"), "ed25519");
    const added = spawn("ssh-add", ["-q", key.file], { env: { ...process.env, SSH_AUTH_SOCK: agent } });
    await new Promise((resolve) => added.once("exit", resolve));
    const open = await link(server, { forwardAgent: agent, remoteCommand: "ssh-add -L" });
    expect(await textOf(await open.terminal(size))).toContain(key.publicKey);
    open.close();
  });

  it("is the environment of the config, as far as the server takes it", async () => {
    const open = await link(server, { environment: { TL_ONE: "one two", OTHER: "refused" } });
    expect(await textOf(await open.exec(report))).toBe("agent= env=one two,\n");
    expect(await inTerminal(open)).toContain("env=one two,\r\n");
    open.close();
  });

  it("is the RemoteCommand instead of the login shell, with a terminal, and only there", async () => {
    const file = join(server.folder, "ran");
    await writeFile(file, "");
    const open = await link(server, { remoteCommand: "tty; stty size; exit 7" });
    const terminal = await open.terminal(size);
    const code = new Promise((resolve) => terminal.once("close", resolve));
    expect(await textOf(terminal)).toMatch(/^\/dev\/pts\/\d+\r\n24 80\r\n$/);
    expect(await code).toBe(7);
    expect(await textOf(await open.exec("echo plain"))).toBe("plain\n");
    open.close();
  });

  it("is a connection that is given up as soon as the config wishes", async () => {
    const relay = await startRelay(server.port);
    const clock = createManualClock();
    const strict = { serverAliveIntervalMs: 2_000, serverAliveCountMax: 1 };
    const open = await link(server, strict, relay.port, clock);
    relay.freeze();
    clock.advance(3_999);
    expect(open.failure()).toBeUndefined();
    clock.advance(1);
    expect((await open.ended).problem).toEqual({ reason: "connectionLost", host: "box" });
    await relay.dispose();
  });

  it("is a connection with the user's algorithms, AES-GCM first", async () => {
    const wished = {
      ciphers: ["chacha20-poly1305@openssh.com", "aes256-ctr", "aes256-gcm@openssh.com"],
      kex: ["mlkem768x25519-sha256", "diffie-hellman-group16-sha512"],
      macs: ["hmac-sha2-512"],
      hostKeys: ["ssh-ed25519-cert-v01@openssh.com", "ssh-ed25519"],
    };
    (await link(server, { algorithms: wished })).close();
    const none = { reason: "noCommonAlgorithm", host: "box", what: "key exchange" };
    await expect(link(server, { algorithms: { kex: ["mlkem768x25519-sha256"] } })).rejects.toMatchObject({
      problem: none,
    });
  });
});
