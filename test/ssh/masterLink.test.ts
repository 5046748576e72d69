import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { silentLogger } from "../../src/core/logger";
import { findSsh, resolveHost } from "../../src/ssh/config";
import { createCredentials } from "../../src/ssh/credentials";
import { knownHostsStore } from "../../src/ssh/knownHostsStore";
import type { Link } from "../../src/ssh/link";
import { createLoginGate } from "../../src/ssh/loginGate";
import { connectSystem } from "../../src/ssh/system/connectSystem";
import { prepareLogin } from "../../src/ssh/system/login";
import { createMasterLink } from "../../src/ssh/system/masterLink";
import { startMaster } from "../../src/ssh/system/masterProcess";
import { createManualClock } from "../mocks/manualClock";
import { gone, isRunning } from "../processes";
import { noAbort, person, secretsInMemory } from "./client";
import { type Relay, startRelay } from "./relay";
import { type Sshd, startSshd, withoutSshd } from "./sshd";
import { type BuiltSystemSsh, buildSystemSsh } from "./systemSsh";

describe.skipIf(withoutSshd)(`an ssh process that others go through${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let systemSsh: BuiltSystemSsh;
  let server: Sshd;
  let relay: Relay;
  let storageDir: string;
  const links: Link[] = [];
  beforeAll(async () => {
    systemSsh = await buildSystemSsh();
    server = await startSshd({ config: ["AcceptEnv *"] });
    relay = await startRelay(server.port);
    storageDir = mkdtempSync(join(tmpdir(), "tensorline-master-"));
    writeFileSync(join(storageDir, "known"), `box ${server.hostKeys[0]?.publicKey}\n`);
    const lines = ["Host box", "HostName 127.0.0.1", `Port ${relay.port}`, "HostKeyAlias box", `User ${server.user}`];
    const login = [`IdentityFile ${server.userKeyFile}`, "IdentityAgent none", "SendEnv *"];
    const known = [`UserKnownHostsFile ${join(storageDir, "known")}`, "GlobalKnownHostsFile none"];
    writeFileSync(join(storageDir, "config"), `${[...lines, ...login, ...known].join("\n")}\n`);
  });
  afterEach(() => {
    for (const link of links.splice(0)) link.close();
  });
  afterAll(async () => {
    systemSsh.dispose();
    await relay.dispose();
    await server.dispose();
    rmSync(storageDir, { recursive: true, force: true, maxRetries: 10 });
  });

  async function loginRequest() {
    const client = { os: "linux", home: homedir(), user: userInfo().username, env: process.env } as const;
    const settings = { identityFiles: () => [], acceptNewHostKeys: () => false, connectTimeoutMs: () => 30_000 };
    const ports = { prompts: person(), secrets: secretsInMemory(), settings, clock: systemClock, log: silentLogger };
    const host = { name: "box", configFile: join(storageDir, "config") };
    const options = await resolveHost(host, client, noAbort);
    return {
      host,
      deps: { client, storageDir, systemSsh, ...ports, random: () => 0 },
      prompts: ports.prompts,
      credentials: createCredentials(ports.secrets),
      store: knownHostsStore(join(storageDir, "known_hosts")),
      gate: createLoginGate(),
      onStep: () => {},
      signal: noAbort,
      route: [{ host, options }],
      options,
      ssh: (await findSsh(client)) ?? "ssh",
    };
  }

  /** A link whose watch over the connection goes by a clock that the test turns. */
  async function watchedLink() {
    const request = await loginRequest();
    const login = await prepareLogin(request);
    const master = await startMaster(request.ssh, login, systemClock, noAbort);
    const clock = createManualClock();
    const link = await createMasterLink({
      host: "box",
      need: "setting",
      server: login.output.facts.server ?? "other",
      controlPath: master.controlPath,
      environment: {},
      forwardAgent: false,
      remoteCommand: undefined,
      clock,
      signal: noAbort,
      stop: master.stop,
    });
    links.push(link);
    return { link, clock, master, folder: login.folder, dispose: login.dispose };
  }

  async function output(link: Link, command: string): Promise<string> {
    const channel = await link.exec(command);
    channel.stderr.resume();
    let text = "";
    channel.on("data", (chunk: Buffer) => {
      text += chunk.toString();
    });
    await new Promise((resolve) => channel.once("close", resolve));
    return text;
  }

  it("knows the server, and tells when it has ended", async () => {
    const { link, master, folder, dispose } = await watchedLink();
    expect(link).toMatchObject({ server: "openssh", systemSsh: "setting" });
    expect(await output(link, "echo there")).toBe("there\n");
    link.close();
    expect((await link.ended).problem).toEqual({ reason: "connectionLost", host: "box" });
    await master.ended;
    expect(existsSync(master.controlPath)).toBe(false);
    await dispose();
    expect(existsSync(folder)).toBe(false);
    await expect(link.exec("true")).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
  });

  it("gives up a connection that is silent for 20 seconds", async () => {
    const { link, clock, master, dispose } = await watchedLink();
    relay.freeze();
    for (let seconds = 0; seconds < 25; seconds += 5) clock.advance(5_000);
    expect((await link.ended).problem.reason).toBe("connectionLost");
    await master.ended;
    await dispose();
  });

  it("asks for a sign of life after sleep, and keeps a connection that gives one", async () => {
    const { link, clock, master, dispose } = await watchedLink();
    clock.jump(3_600_000);
    clock.advance(5_000);
    // The answer to this comes after the answer to that.
    expect(await output(link, "echo awake")).toBe("awake\n");
    clock.advance(5_000);
    expect(link.failure()).toBeUndefined();
    clock.jump(3_600_000);
    relay.freeze();
    clock.advance(5_000);
    clock.advance(5_000);
    expect((await link.ended).problem.reason).toBe("connectionLost");
    await master.ended;
    await dispose();
  });

  it("ends when the ssh process does", async () => {
    const { link, master, dispose } = await watchedLink();
    master.stop();
    expect((await link.ended).problem.reason).toBe("connectionLost");
    await master.ended;
    await dispose();
  });

  it("ends with the program that started it, however that ends", async () => {
    const script = join(storageDir, "holder.cjs");
    const entry = fileURLToPath(new URL("masterHolder.ts", import.meta.url));
    const plugins = [{ name: "text", setup: (it: import("esbuild").PluginBuild) => textLoader(it) }];
    const external = ["cpu-features", "*.node"];
    await build({
      entryPoints: [entry],
      outfile: script,
      bundle: true,
      platform: "node",
      format: "cjs",
      plugins,
      external,
    });
    const holder = spawn(process.execPath, [script, storageDir], { stdio: ["ignore", "pipe", "inherit"] });
    const pid = Number(await new Promise((resolve) => holder.stdout.once("data", resolve)));
    expect(isRunning(pid)).toBe(true);
    holder.kill("SIGKILL");
    await gone(pid);
  });

  it.each([true, false])(
    "sends nothing of its own to the host with `SendEnv *` (multiplexing: %s)",
    async (multiplexing) => {
      const { route, ...request } = await loginRequest();
      const link = await connectSystem(request, route, "setting", multiplexing);
      links.push(link);
      const environment = await output(link, "env");
      expect(environment).not.toMatch(/TENSORLINE_(ASKPASS|TOKEN)|ELECTRON_RUN_AS_NODE/);
      expect(readdirSync(storageDir).filter((name) => name.startsWith("askpass"))).toEqual([]);
    },
  );
});

/** Scripts for hosts are bundled as text. */
function textLoader(builder: import("esbuild").PluginBuild): void {
  builder.onLoad({ filter: /\.sh$/ }, ({ path }) => ({ contents: readFileSync(path, "utf8"), loader: "text" }));
}
