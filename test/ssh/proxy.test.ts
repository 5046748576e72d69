import { existsSync } from "node:fs";
import { mkdir, symlink, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import { createManualClock } from "../mocks/manualClock";
import { gone, isRunning } from "../processes";
import { attempts } from "./attempts";
import { type ClientOptions, noAbort, type TestClient } from "./client";
import { type ProxyServer, startProxy } from "./proxyServer";
import { freePort, readText, type Sshd, startSshd, withoutSshd } from "./sshd";

const withoutNetcat =
  withoutSshd ?? (existsSync("/usr/bin/nc") || existsSync("/bin/nc") ? undefined : "no nc (Debian: netcat-openbsd)");

const { newClient: newUser, outcome } = attempts();

describe.skipIf(withoutSshd)(`proxy commands${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  let proxy: ProxyServer;
  let number = 0;
  /** A PATH with a shell and ssh, and no proxy program. */
  let bare: string;

  beforeAll(async () => {
    server = await startSshd();
    proxy = await startProxy();
    bare = join(server.folder, "bin");
    await mkdir(bare);
    for (const name of ["sh", "cat"]) await symlink(`/bin/${name}`, join(bare, name));
    await symlink("/usr/bin/ssh", join(bare, "ssh"));
  });
  afterAll(async () => {
    await proxy.dispose();
    await server.dispose();
  });

  async function hostBehind(line: string): Promise<HostRef> {
    const file = join(server.folder, `proxied${number++}`);
    await writeFile(file, `Host box\n  ProxyCommand ${line}\n${await readText(server.configFile)}`);
    return { name: "box", configFile: file };
  }

  function newClient(path: string | undefined, options: ClientOptions = {}): TestClient {
    const env = { PATH: path };
    return newUser({ client: { os: "linux", home: "/nonexistent", user: "nobody", env }, ...options });
  }

  const uses = () =>
    [
      ["http", `nc -X connect -x 127.0.0.1:${proxy.port} %h %p`],
      ["socks5", `nc -X 5 -x 127.0.0.1:${proxy.port} %h %p`],
      ["socks4", `nc -X 4 -x 127.0.0.1:${proxy.port} %h %p`],
    ] as const;

  it.skipIf(withoutNetcat)(
    `run a real nc, directly and through proxies${withoutNetcat ? `: ${withoutNetcat}` : ""}`,
    async () => {
      expect(await outcome(await hostBehind("nc %h %p"), newClient(process.env.PATH))).toBe("there");
      for (const [protocol, line] of uses()) {
        const client = newClient(process.env.PATH);
        expect(await outcome(await hostBehind(line), client)).toBe("there");
        expect(proxy.asked.splice(0)).toEqual([`${protocol} 127.0.0.1:${server.port}`]);
        expect(client.logged.join("\n")).not.toContain("not installed");
      }
    },
  );

  it("may be another ssh", async () => {
    const line = `ssh -F ${server.configFile} -W %h:%p box`;
    expect(await outcome(await hostBehind(line), newClient(process.env.PATH))).toBe("there");
  });

  it("do without the program where the client has none, and say so in the log", async () => {
    const more = [
      ...uses(),
      ["http", `ncat --proxy 127.0.0.1:${proxy.port} %h %p`],
      ["socks5", `connect -S 127.0.0.1:${proxy.port} %h %p`],
      ["http", `corkscrew 127.0.0.1 ${proxy.port} %h %p`],
    ] as const;
    for (const [protocol, line] of more) {
      const client = newClient(bare);
      expect(await outcome(await hostBehind(line), client)).toBe("there");
      expect(proxy.asked.splice(0)).toEqual([`${protocol.replace("socks4", "socks4a")} 127.0.0.1:${server.port}`]);
      expect(client.logged.join("\n")).toContain("is not installed here, so Tensorline speaks to the proxy itself");
    }
  });

  it("say what the proxy said when it refuses", async () => {
    proxy.refuse(true);
    const details: unknown[] = [];
    for (const [, line] of uses()) {
      const problem = await outcome(await hostBehind(line), newClient(bare));
      expect(problem).toMatchObject({ reason: "proxyCommandFailed", host: "box" });
      details.push((problem as { detail: string }).detail);
    }
    proxy.refuse(false);
    const at = `127.0.0.1:${proxy.port}`;
    expect(details).toEqual([
      `${at}: the proxy answered 403 Forbidden by rule`,
      `${at}: the proxy refused: not allowed by its rules`,
      `${at}: the proxy refused with code 91`,
    ]);
    const nobody = await hostBehind(`nc -X connect -x 127.0.0.1:${await freePort()} %h %p`);
    expect(await outcome(nobody, newClient(bare))).toMatchObject({
      reason: "proxyCommandFailed",
      detail: expect.stringContaining("ECONNREFUSED"),
    });
  });

  it("fail with their exit code and their own complaint, which the log has too", async () => {
    const client = newClient(process.env.PATH);
    expect(await outcome(await hostBehind("sh -c 'echo no route today >&2; exit 3'"), client)).toEqual({
      reason: "proxyCommandFailed",
      host: "box",
      detail: "no route today",
      exitCode: 3,
    });
    expect(client.logged.join("\n")).toContain("box: proxy command: no route today");
    expect(await outcome(await hostBehind("true"), newClient(process.env.PATH))).toMatchObject({
      reason: "proxyCommandFailed",
      exitCode: 0,
    });
  });

  it("end with the connection, and their end is the connection's", async () => {
    const pids = join(server.folder, "pids");
    const relay = join(server.folder, "relay.sh");
    await writeFile(relay, `echo $$ >>${pids}\nexec ${process.execPath} -e '${passOn}' "$1" "$2"\n`);
    const host = await hostBehind(`sh ${relay} %h %p`);
    const clock = createManualClock();
    const client = newClient(process.env.PATH, { clock });
    const lease = client.connections.acquire(host);
    await lease.connected(noAbort);
    const pid = Number((await readText(pids)).trim());
    process.kill(pid, "SIGKILL");
    await client.stateIs(({ kind }) => kind === "reconnecting");
    clock.advance(60_000);
    await lease.connected(noAbort);
    const second = Number((await readText(pids)).trim().split("\n")[1]);
    expect(isRunning(second)).toBe(true);
    const mark = server.log().length;
    client.connections.disconnect(host);
    await server.says(/Disconnected|closed/, mark);
    await gone(second);
  });

  it("that say nothing run into the time limit", async () => {
    const clock = createManualClock();
    const client = newClient(process.env.PATH, { clock, timeoutMs: 30_000 });
    const result = outcome(await hostBehind("cat >/dev/null"), client);
    await client.stateIs((state) => state.kind === "connecting" && state.step === "verifying host key");
    clock.advance(30_000);
    expect(await result).toEqual({ reason: "connectTimeout", host: "box", seconds: 30 });
  });
});

/** Joins standard input and output to a TCP connection. */
const passOn =
  "const s=require(`net`).connect(+process.argv[2],process.argv[1]);process.stdin.pipe(s).pipe(process.stdout)";
