import { execFileSync } from "node:child_process";
import { existsSync, symlinkSync } from "node:fs";
import { join } from "node:path";
import { afterEach, describe, expect, it } from "vitest";
import type { HostRef } from "../../src/core/ports";
import type { Runner } from "../../src/core/remote";
import { collector, command, echoScript, hostOf, noAbort, person, type TestClient, testClient } from "./client";
import { startDropbear, withoutDropbear } from "./dropbear";
import { startTwoFactorSshd, verificationCode, withoutSecondFactor } from "./secondFactor";
import {
  type Sshd,
  type SshdRequest,
  startSshd,
  type TestUserRequest,
  withoutMounts,
  withoutSshd,
  withoutUsers,
} from "./sshd";

const clients: TestClient[] = [];
const stops: (() => Promise<void>)[] = [];
afterEach(async () => {
  for (const client of clients.splice(0)) client.connections.dispose();
  for (const stop of stops.splice(0).reverse()) await stop();
});

/** A server that goes away after the test. */
async function started(server: Promise<Sshd>): Promise<Sshd> {
  const { dispose } = await server;
  stops.push(dispose);
  return server;
}

interface Scenario {
  readonly name: string;
  /** Why it cannot be tried here. */
  readonly without?: string | undefined;
  start(): Promise<HostRef>;
  /** What the person says when asked; made late, because codes are good for a while only. */
  readonly answers?: () => readonly string[];
  /** The titles of what is asked, up to the name of the user. */
  readonly asked?: readonly string[];
  readonly forwards?: false;
  readonly parallel?: false;
  /** Whatever else is true of this host. */
  also?(runner: Runner): Promise<void>;
}

const onSshd =
  (request: SshdRequest = {}, name = request.users ? "box0" : "box") =>
  async () =>
    hostOf(await started(startSshd(request)), name);

const onTwoFactors = (config: readonly string[]) => async () =>
  hostOf(await started(startTwoFactorSshd({ config })), "box0");

const asUser = (user: TestUserRequest) => onSshd({ users: [user] });

/** Resolves with what a command line of a POSIX shell printed and its exit code. */
const shell = async (runner: Runner, line: string) => {
  const { stdout, exitCode } = await runner.run(command(["sh", "-c", line]), noAbort);
  return { stdout: stdout.trim(), exitCode };
};

const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));

/** A login shell that is BusyBox under the name by which it is a shell. */
async function onBusyboxAsh(): Promise<HostRef> {
  const folder = (await started(startSshd())).folder;
  symlinkSync(busybox ?? "", join(folder, "ash"));
  return asUser({ shell: join(folder, "ash") })();
}

async function onDropbear(): Promise<HostRef> {
  const server = await started(startSshd({ users: [{ password: "right" }] }));
  const { port, stop } = await startDropbear(server.folder);
  stops.push(stop);
  return { name: `${server.users[0]?.name}@127.0.0.1:${port}`, configFile: "/dev/null" };
}

const loginShell = (path: string, files: Readonly<Record<string, string>> = {}): Scenario => ({
  name: `login shell ${path}`,
  without: withoutUsers ?? (existsSync(path) ? undefined : `no ${path} on this machine`),
  start: asUser({ shell: path, files }),
});

const scenarios: readonly Scenario[] = [
  { name: "OpenSSH with a key", without: withoutSshd, start: onSshd() },
  {
    name: "password only",
    without: withoutUsers,
    start: onSshd({
      config: ["PasswordAuthentication yes", "PubkeyAuthentication no"],
      users: [{ password: "right" }],
    }),
    answers: () => ["right"],
    asked: ["Password for"],
  },
  {
    name: "keyboard-interactive with two rounds and one without a question",
    without: withoutSecondFactor,
    start: onTwoFactors(["PubkeyAuthentication no"]),
    answers: () => ["right", verificationCode()],
    asked: ["Password for", "Verification code for"],
  },
  {
    name: "a key and then two rounds",
    without: withoutSecondFactor,
    start: onTwoFactors(["AuthenticationMethods publickey,keyboard-interactive"]),
    answers: () => ["right", verificationCode()],
    asked: ["Password for", "Verification code for"],
  },
  {
    name: "a key and then a password",
    without: withoutUsers,
    start: onSshd({
      config: ["PasswordAuthentication yes", "AuthenticationMethods publickey,password"],
      users: [{ password: "right" }],
    }),
    answers: () => ["right"],
    asked: ["Password for"],
  },
  {
    name: "AllowTcpForwarding no",
    without: withoutSshd,
    start: onSshd({ config: ["AllowTcpForwarding no"] }),
    forwards: false,
  },
  { name: "MaxSessions 1", without: withoutSshd, start: onSshd({ config: ["MaxSessions 1"] }), parallel: false },
  { name: "only an RSA host key", without: withoutSshd, start: onSshd({ hostKeyTypes: ["rsa"] }) },
  {
    name: "dropbear",
    without: withoutDropbear,
    start: onDropbear,
    answers: () => ["right"],
    asked: ["Password for"],
  },
  loginShell("/usr/bin/fish"),
  loginShell("/usr/bin/tcsh"),
  // Without a start-up file zsh asks a new user about one.
  loginShell("/usr/bin/zsh", { ".zshrc": "\n" }),
  {
    name: "login shell BusyBox ash",
    without: withoutUsers ?? (busybox ? undefined : "no BusyBox on this machine"),
    start: onBusyboxAsh,
  },
  {
    ...loginShell("/bin/bash", { ".bashrc": "echo welcome; echo careful >&2\n", ".profile": ". ~/.bashrc\n" }),
    name: "start-up files that print",
  },
  {
    name: "a home that cannot be written to",
    without: withoutMounts,
    start: onSshd({
      users: [{}],
      mounts: (_folder, [user]) => [
        `mount --bind ${user?.home} ${user?.home}`,
        `mount -o remount,bind,ro ${user?.home}`,
      ],
    }),
    also: async (runner) => {
      expect((await shell(runner, 'touch "$HOME/x"')).exitCode).not.toBe(0);
    },
  },
  {
    name: "a /tmp that runs nothing",
    without: withoutMounts,
    start: onSshd({ users: [{}], mounts: () => ["mount --bind /tmp /tmp", "mount -o remount,bind,noexec /tmp"] }),
    also: async (runner) => {
      const line = 'f=$(mktemp /tmp/tlXXXXXX); echo "exit 3" >"$f"; chmod +x "$f"; "$f"; echo $?; rm "$f"';
      expect((await shell(runner, line)).stdout).toBe("126");
    },
  },
];

const echo = { what: "echoing", script: echoScript, deadlineMs: 30_000 };

describe("what works where", () => {
  for (const scenario of scenarios) {
    const { name, without } = scenario;
    it.skipIf(without)(`${name}${without ? `: ${without}` : ""}`, async () => {
      const host = await scenario.start();
      const user = person(scenario.answers?.() ?? []);
      const client = testClient({ prompts: user, acceptNew: host.configFile === "/dev/null" });
      clients.push(client);
      const runner = await client.connections.acquire(host).connected(noAbort);
      expect(user.questions.map((question) => "title" in question && question.title.replace(/ \S+$/, ""))).toEqual(
        scenario.asked ?? [],
      );

      const words = ["it's", "two\nlines", "$HOME", "ü"];
      expect(await runner.run(command(["printf", "%s|", ...words]), noAbort)).toEqual({
        stdout: "it's|two\nlines|$HOME|ü|",
        stderr: "",
        exitCode: 0,
      });

      const sink = collector();
      const stream = await runner.stream({ ...echo, parameters: ["a b"] }, sink, noAbort);
      stream.writeLine("c d");
      await sink.says("line <c d>");
      expect(sink.text()).toBe("parameter <a b>\nline <c d>\n");

      const screen = collector();
      const terminal = await runner.terminal({ columns: 80, rows: 24 }, screen, noAbort);
      terminal.write('echo ter""minal\r');
      await screen.says("terminal");
      terminal.write("exit\r");
      await screen.ended;
      stream.dispose();

      const dialled = runner.dial({ host: "127.0.0.1", port: await portOf(host) }, noAbort);
      if (scenario.forwards === false) {
        await expect(dialled).rejects.toMatchObject({ problem: { reason: "forwardProhibited", host: host.name } });
      } else {
        const socket = await dialled;
        // What the end of the connection does to it is its owner's business.
        socket.on("error", () => {});
        const greeting = await new Promise<Buffer>((resolve) => socket.once("data", resolve));
        expect(greeting.toString()).toMatch(/^SSH-2\.0-/);
        socket.destroy();
      }
      expect(runner.capabilities).toMatchObject({
        pty: true,
        forward: scenario.forwards ?? true,
        parallel: scenario.parallel ?? true,
      });
      await scenario.also?.(runner);
      expect(user.questions).toHaveLength(scenario.asked?.length ?? 0);
    });
  }
});

/** Where the host's own SSH server listens, as `ssh` sees it. */
async function portOf({ name, configFile }: HostRef): Promise<number> {
  const [, target = name, port] = /^(.*?):(\d+)$/.exec(name) ?? [];
  if (port !== undefined) return Number(port);
  const options = execFileSync("ssh", ["-G", "-F", configFile ?? "", target], {
    encoding: "utf8",
    stdio: ["ignore", "pipe", "ignore"],
  });
  return Number(/^port (\d+)$/m.exec(options)?.[1]);
}

const nologin = ["/usr/sbin/nologin", "/sbin/nologin"].find((path) => existsSync(path));
const withoutNologin = withoutUsers ?? (nologin ? undefined : "no nologin on this machine");

describe.skipIf(withoutNologin)(`accounts that may not log in${withoutNologin ? `: ${withoutNologin}` : ""}`, () => {
  it("say so in the reason, and in the terminal", async () => {
    const host = await asUser({ shell: nologin ?? "" })();
    const client = testClient();
    clients.push(client);
    const runner = await client.connections.acquire(host).connected(noAbort);
    const said = /account is currently not available/;
    const noShell = { problem: { reason: "noShell", host: "box0", detail: expect.stringMatching(said) } };
    await expect(runner.run(command(["true"]), noAbort)).rejects.toMatchObject(noShell);
    const stream = runner.stream({ ...echo, parameters: [] }, collector(), noAbort);
    await expect(stream).rejects.toMatchObject(noShell);
    const screen = collector();
    await runner.terminal({ columns: 80, rows: 24 }, screen, noAbort);
    expect(await screen.ended).toEqual({ kind: "exit", exitCode: 1 });
    expect(screen.text()).toMatch(said);
  });
});
