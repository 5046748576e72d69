import { chmodSync, existsSync, mkdtempSync, readFileSync, rmSync, symlinkSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { Failure } from "../../src/core/failure";
import { silentLogger } from "../../src/core/logger";
import type { Runner } from "../../src/core/remote";
import { connect } from "../../src/ssh/connection";
import { createCredentials } from "../../src/ssh/credentials";
import { knownHostsStore } from "../../src/ssh/knownHostsStore";
import { createLanes } from "../../src/ssh/lanes";
import { createLoginGate } from "../../src/ssh/loginGate";
import { createManualClock, type ManualClock } from "../mocks/manualClock";
import { gone, isRunning, until } from "../processes";
import {
  type ClientOptions,
  collector,
  command,
  echoScript,
  hostOf,
  noAbort,
  person,
  secretsInMemory,
  type TestClient,
  testClient,
} from "./client";
import { startDropbear, withoutDropbear } from "./dropbear";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const busybox = ["/usr/bin/busybox", "/bin/busybox"].find((path) => existsSync(path));
const clients: TestClient[] = [];
afterEach(() => {
  for (const client of clients.splice(0)) client.connections.dispose();
});

async function runnerOn(
  server: { readonly configFile: string },
  name = "box",
  options: ClientOptions = {},
): Promise<Runner> {
  const client = testClient(options);
  clients.push(client);
  return client.connections.acquire(hostOf(server, name)).connected(noAbort);
}

/** A command that writes its process id into a file, and then sleeps. */
const sleeper = ["sh", "-c", 'echo "$$" >"$1"; exec sleep 300', "sh"] as const;

/** Resolves with what a sleeper wrote, as soon as it has. */
async function pidIn(file: string): Promise<number> {
  const text = () => (existsSync(file) ? readFileSync(file, "utf8") : "");
  await until(() => text().endsWith("\n"));
  return Number(text());
}

/**
 * Has a sleeper run into its deadline, in no time and not before it runs; resolves once the host has ended it. Where the
 * server does not send the signal on, other ways are tried as time goes by.
 */
async function overrun(runner: Runner, clock: ManualClock, file: string, sendsSignals: boolean): Promise<void> {
  const late = runner.run(command([...sleeper, file], { what: "sleeping", deadlineMs: 700 }), noAbort);
  const told = expect(late).rejects.toMatchObject({ problem: { reason: "deadline", what: "sleeping", seconds: 0.7 } });
  const pid = await pidIn(file);
  clock.advance(700);
  await told;
  await until(() => {
    if (!sendsSignals) clock.advance(100);
    return !isRunning(pid);
  });
}

describe.skipIf(withoutSshd)(`the two lanes${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({
      environment: { PATH: "/usr/local/bin:/usr/bin:/bin", TENSORLINE_TEST: "from the server" },
    });
  });
  afterAll(() => server.dispose());

  it("keeps exit codes, both outputs, standard input and the environment apart", async () => {
    const runner = await runnerOn(server);
    const script = 'printf out; printf err >&2; cat; printf "%s" "$TENSORLINE_TEST"; exit 3';
    const answer = await runner.run(command(["sh", "-c", script], { stdin: "given\n'text'" }), noAbort);
    expect(answer).toEqual({ stdout: "outgiven\n'text'from the server", stderr: "err", exitCode: 3 });
    const missing = await runner.run(command(["no-such-tool-here"]), noAbort);
    expect(missing.exitCode).toBe(127);
    expect((await runner.run(command(["cat"]), noAbort)).stdout).toBe("");
  });

  it("passes hostile words through unchanged", async () => {
    const runner = await runnerOn(server);
    const words = ["$(id)", "`id`", "a\nb\n", "'\n'", "\\", "*", "!x", "%s", "-n", "", "\u001eend\u001f", "ü\t€"];
    const answer = await runner.run(command(["printf", "[%s]", ...words]), noAbort);
    expect(answer.stdout).toBe(words.map((word) => `[${word}]`).join(""));
  });

  it("reads what is not UTF-8 with replacement", async () => {
    const runner = await runnerOn(server);
    const answer = await runner.run(command(["printf", "\\377\\376ok"]), noAbort);
    expect(answer.stdout).toBe("\ufffd\ufffdok");
  });

  it("takes an answer just under the limit and refuses a longer one, then goes on", async () => {
    const runner = await runnerOn(server);
    const long = await runner.run(command(["sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' x"]), noAbort);
    expect(long.stdout).toHaveLength(1024 * 1024);
    const tooLong = runner.run(command(["sh", "-c", "head -c 5000000 /dev/zero"], { what: "reading much" }), noAbort);
    await expect(tooLong).rejects.toMatchObject({
      problem: { reason: "answerTooLarge", what: "reading much", limitBytes: 1048576 },
    });
    expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
  });

  it("kills a command that misses its deadline, and the next one runs", async () => {
    const clock = createManualClock();
    const runner = await runnerOn(server, "box", { clock });
    await overrun(runner, clock, join(server.folder, "deadline.pid"), false);
    expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
  });

  it("kills a command that is aborted, and one in the queue never starts", async () => {
    const runner = await runnerOn(server);
    const file = join(server.folder, "abort.pid");
    const first = new AbortController();
    const second = new AbortController();
    const running = runner.run(command([...sleeper, file]), first.signal);
    const queued = runner.run(command(["touch", join(server.folder, "never")]), second.signal);
    second.abort();
    await expect(queued).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    // The other lane tells when the command has started.
    const watching = collector();
    const script = `{ printf '\\036tensorline ready\\037'; read -r c; read -r f; until [ -s "$f" ]; do :; done; cat "$f"; exit; }`;
    await runner.stream({ what: "watching", script, parameters: [file], deadlineMs: 30_000 }, watching, noAbort);
    await watching.ended;
    first.abort();
    await expect(running).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    await gone(Number(watching.text()));
    expect((await runner.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
    expect(existsSync(join(server.folder, "never"))).toBe(false);
  });

  it("gives a stream's own end with its exit code, once, after the last byte", async () => {
    const runner = await runnerOn(server);
    const sink = collector();
    const script = "{ printf '\\036tensorline ready\\037'; read -r count; printf last; exit 5; }";
    await runner.stream({ what: "ending", script, parameters: [], deadlineMs: 30_000 }, sink, noAbort);
    expect(await sink.ended).toEqual({ kind: "exit", exitCode: 5 });
    expect(sink.text()).toBe("last");
  });

  it("kills a stream's processes when it is disposed", async () => {
    const runner = await runnerOn(server);
    const sink = collector();
    const script = "{ printf '\\036tensorline ready\\037'; read -r c; sleep 300 & echo \"$! \"; wait; exit; }";
    const stream = await runner.stream({ what: "sleeping", script, parameters: [], deadlineMs: 30_000 }, sink, noAbort);
    await sink.says(" ");
    stream.dispose();
    expect(await sink.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "cancelled" } } });
    await gone(Number(sink.text().trim()));
  });

  it("refuses a script that never gets ready", async () => {
    const runner = await runnerOn(server);
    const silent = { what: "waiting", script: "{ cat >/dev/null; exit; }", parameters: [], deadlineMs: 500 };
    await expect(runner.stream(silent, collector(), noAbort)).rejects.toMatchObject({
      problem: { reason: "deadline", what: "waiting" },
    });
    const garbage = { what: "reading", script: "{ cat /dev/zero; exit; }", parameters: [], deadlineMs: 30_000 };
    await expect(runner.stream(garbage, collector(), noAbort)).rejects.toMatchObject({
      problem: { reason: "noShell" },
    });
  });

  it("opens a terminal of the right size and resizes it", async () => {
    const runner = await runnerOn(server);
    const sink = collector();
    const terminal = await runner.terminal({ columns: 91, rows: 23 }, sink, noAbort);
    terminal.write("stty size; echo $TERM; echo schön\n");
    await sink.says("23 91");
    await sink.says("xterm-256color");
    await sink.says("schön");
    terminal.resize({ columns: 40, rows: 10 });
    terminal.write("stty size\n");
    await sink.says("10 40");
    terminal.write("exit 4\n");
    expect(await sink.ended).toEqual({ kind: "exit", exitCode: 4 });
  });
});

describe.skipIf(withoutSshd)(`one session at a time${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  let server: Sshd;
  beforeAll(async () => {
    server = await startSshd({ config: ["MaxSessions 1"] });
  });
  afterAll(() => server.dispose());

  it("opens another connection, which needs no prompt with a key, and says that it cannot do several at once", async () => {
    const runner = await runnerOn(server);
    expect(runner.capabilities.parallel).toBe(true);
    const sink = collector();
    const stream = await runner.stream(
      { what: "echo", script: echoScript, parameters: [], deadlineMs: 30_000 },
      sink,
      noAbort,
    );
    expect((await runner.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
    expect(runner.capabilities.parallel).toBe(false);
    stream.writeLine("still here");
    await sink.says("line <still here>");
  });
});

describe.skipIf(withoutSshd)(`sessions that cannot be had${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  it("says that there is none instead of waiting, and leaves no connection behind", async () => {
    const server = await startSshd({ config: ["MaxSessions 0"] });
    const runner = await runnerOn(server);
    for (let round = 0; round < 2; round++) {
      await expect(runner.run(command(["true"]), noAbort)).rejects.toMatchObject({ problem: { reason: "noSession" } });
    }
    await server.says(/(Connection closed|Disconnected)[\s\S]*(Connection closed|Disconnected)/);
    await server.dispose();
  });

  it("gives the warm shell's session to a stream where another connection would need an answer", async () => {
    const server = await startSshd({ config: ["MaxSessions 1"] });
    const { storageDir } = testClient();
    const client = { os: "linux", home: "/nonexistent", user: "nobody", env: { PATH: process.env.PATH } } as const;
    const settings = {
      configFile: () => undefined,
      identityFiles: () => [],
      acceptNewHostKeys: () => false,
      connectTimeoutMs: () => 30_000,
    };
    const secrets = secretsInMemory();
    const prompts = person();
    const link = await connect({
      host: hostOf(server),
      deps: { client, storageDir, prompts, secrets, settings, clock: systemClock, log: silentLogger, random: () => 0 },
      prompts,
      credentials: createCredentials(secrets),
      gate: createLoginGate(),
      store: knownHostsStore(join(storageDir, "known_hosts")),
      onStep: () => {},
      signal: noAbort,
    });
    const refuse = () => Promise.reject(new Failure({ reason: "promptUnavailable", question: "Code" }));
    const lanes = createLanes(link, { clock: systemClock, connectAgain: refuse });
    expect((await lanes.run(command(["echo", "warm"]), noAbort)).stdout).toBe("warm\n");
    const sink = collector();
    const stream = await lanes.stream(
      { what: "echo", script: echoScript, parameters: [], deadlineMs: 30_000 },
      sink,
      noAbort,
    );
    await expect(lanes.run(command(["true"]), noAbort)).rejects.toMatchObject({ problem: { reason: "noSession" } });
    expect(lanes.capabilities.parallel).toBe(false);
    stream.writeLine("undisturbed");
    await sink.says("line <undisturbed>");
    link.close();
    await server.dispose();
  });
});

const standIns = [
  ["bash", "/bin/bash"],
  ["zsh", "/usr/bin/zsh"],
  ["BusyBox", busybox ?? ""],
] as const;

describe.skipIf(withoutSshd)(`hosts where sh is another shell${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  for (const [name, path] of standIns.filter(([, path]) => existsSync(path))) {
    it(`sh is ${name}`, async () => {
      const folder = mkdtempSync(join(tmpdir(), "tensorline-sh-"));
      symlinkSync(path, join(folder, "sh"));
      const server = await startSshd({ environment: { PATH: `${folder}:/usr/bin:/bin` } });
      const client = testClient();
      const runner = await client.connections.acquire(hostOf(server)).connected(noAbort);
      expect(await runner.run(command(["printf", "%s", "a\nb"]), noAbort)).toEqual({
        stdout: "a\nb",
        stderr: "",
        exitCode: 0,
      });
      const sink = collector();
      const echo = { what: "echo", script: `${echoScript}\n\n`, parameters: ["", "two"], deadlineMs: 30_000 };
      const stream = await runner.stream(echo, sink, noAbort);
      stream.writeLine("last");
      await sink.says("line <last>");
      expect(sink.text()).toBe("parameter <>\nparameter <two>\nline <last>\n");
      client.connections.dispose();
      await server.dispose();
      rmSync(folder, { recursive: true });
    });
  }
});

const fortune = "Thought for the day:\\n  \\033[31mnothing is\\033[0m what it seems";
const noisy = [
  ["/bin/bash", { ".bashrc": `printf '${fortune}'; echo complaint >&2\n`, ".bash_profile": "echo never\n" }],
  ["/usr/bin/zsh", { ".zshenv": `printf '${fortune}'; echo complaint >&2\n` }],
  ["/usr/bin/fish", { ".config/fish/config.fish": `printf '${fortune}'; echo complaint >&2\n` }],
  ["/usr/bin/tcsh", { ".tcshrc": `printf '${fortune}'\nsh -c 'echo complaint >&2'\n` }],
  ["/usr/bin/dash", {}],
] as const;
const present = noisy.filter(([shell]) => existsSync(shell));

describe.skipIf(withoutUsers)(`login shells${withoutUsers ? `: ${withoutUsers}` : ""}`, () => {
  let server: Sshd;
  let folder: string;
  beforeAll(async () => {
    folder = mkdtempSync(join(tmpdir(), "tensorline-shells-"));
    chmodSync(folder, 0o755);
    if (busybox) symlinkSync(busybox, join(folder, "ash"));
    const users = present.map(([shell, files]) => ({ shell, files }));
    const odd = [
      { shell: "/bin/bash", files: { ".bashrc": "echo closed for repair; exit 9\n" } },
      { shell: "/bin/bash", files: { ".bashrc": "head -c 300000 /dev/urandom\n" } },
      { shell: "/bin/bash", files: { ".bashrc": "head -c 3000 /dev/urandom\n" } },
      ...(busybox ? [{ shell: join(folder, "ash") }] : []),
    ];
    server = await startSshd({ users: [...users, ...odd] });
  });
  afterAll(async () => {
    await server.dispose();
    rmSync(folder, { recursive: true, force: true, maxRetries: 5 });
  });

  const all: [string, number][] = present.map(([shell], index) => [shell, index]);
  if (busybox) all.push(["BusyBox ash", present.length + 3]);
  for (const [shell, index] of all) {
    it(`${shell} with noisy start-up files`, async () => {
      const runner = await runnerOn(server, `box${index}`);
      const answer = await runner.run(command(["printf", "%s", "it's\nhere"]), noAbort);
      expect(answer).toEqual({ stdout: "it's\nhere", stderr: "", exitCode: 0 });
      const sink = collector();
      const script = "{ printf '\\036tensorline ready\\037'; read -r n; read -r a; printf '%s' \"$a\"; exit 2; }";
      await runner.stream({ what: "echo", script, parameters: ["$HOME !x"], deadlineMs: 30_000 }, sink, noAbort);
      expect(await sink.ended).toEqual({ kind: "exit", exitCode: 2 });
      expect(sink.text()).toBe("$HOME !x");
    });
  }

  it("has a late command killed by the server's own signal", async () => {
    const clock = createManualClock();
    const runner = await runnerOn(server, "box0", { clock });
    await overrun(runner, clock, join(server.users[0]?.home ?? "", "pid"), true);
  });

  it("tells what a .bashrc that exits has said", async () => {
    const runner = await runnerOn(server, `box${present.length}`);
    await expect(runner.run(command(["true"]), noAbort)).rejects.toMatchObject({
      problem: {
        reason: "noShell",
        detail: "the login shell ended before it was ready (exit code 9); it said: closed for repair",
      },
    });
  });

  it("gives up on binary garbage without end, and bears some", async () => {
    const endless = await runnerOn(server, `box${present.length + 1}`);
    await expect(endless.run(command(["true"]), noAbort)).rejects.toMatchObject({ problem: { reason: "noShell" } });
    const some = await runnerOn(server, `box${present.length + 2}`);
    expect((await some.run(command(["echo", "fine"]), noAbort)).stdout).toBe("fine\n");
  });
});

describe.skipIf(withoutDropbear)(`dropbear${withoutDropbear ? `: ${withoutDropbear}` : ""}`, () => {
  it("connects, runs commands, kills them and streams", async () => {
    const server = await startSshd({ users: [{ password: "pw" }] });
    const name = server.users[0]?.name ?? "";
    const { port, stop } = await startDropbear(server.folder);
    const clock = createManualClock();
    const client = testClient({ acceptNew: true, prompts: person(["pw"]), clock });
    clients.push(client);
    try {
      const runner = await client.connections
        .acquire({ name: `${name}@127.0.0.1:${port}`, configFile: "/dev/null" })
        .connected(noAbort);
      expect((await runner.run(command(["echo", "hello"]), noAbort)).stdout).toBe("hello\n");
      const sink = collector();
      const stream = await runner.stream(
        { what: "echo", script: echoScript, parameters: ["p"], deadlineMs: 30_000 },
        sink,
        noAbort,
      );
      stream.writeLine("q");
      await sink.says("line <q>");
      await overrun(runner, clock, join(server.users[0]?.home ?? "", "dropbear.pid"), false);
    } finally {
      client.connections.dispose();
      await stop();
      await server.dispose();
    }
  });
});
