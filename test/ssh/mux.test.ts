import { execFileSync, spawn, spawnSync } from "node:child_process";
import { createHash, randomBytes } from "node:crypto";
import { existsSync } from "node:fs";
import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { text } from "node:stream/consumers";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { systemClock } from "../../src/core/clock";
import { Failure } from "../../src/core/failure";
import { createProbeReader, gpuProbe } from "../../src/core/gpu/probe";
import { vendors } from "../../src/core/gpu/vendors";
import { createLanes, type Lanes } from "../../src/ssh/lanes";
import type { Link } from "../../src/ssh/link";
import { createMuxLink } from "../../src/ssh/mux/muxLink";
import { muxCommand } from "../../src/ssh/mux/muxWire";
import { until } from "../processes";
import { hostEnvironment, processesMarked } from "../shell/probeHost";
import { collector, command, echoScript, noAbort } from "./client";
import { freePort, type Sshd, startSshd, stopProcess, withoutSshd, withoutUsers } from "./sshd";

const withoutSsh =
  withoutSshd ?? (spawnSync("ssh", ["-V"]).error ? "no ssh on this machine (Debian: openssh-client)" : undefined);

interface Muxed {
  readonly link: Link;
  readonly lanes: Lanes;
  readonly ended: Promise<Failure>;
  readonly kill: () => void;
}

const running: Muxed[] = [];
afterEach(async () => {
  for (const { link, ended } of running.splice(0)) {
    link.close();
    await ended;
  }
});

/** The lanes over one ssh process that must not share its connection, as on Windows. */
async function muxed({ configFile }: Pick<Sshd, "configFile">, host = "box"): Promise<Muxed> {
  const options = ["-F", configFile, "-o", "ControlMaster=no", "-o", "ControlPath=none", "-o", "BatchMode=yes", "-T"];
  const ssh = spawn("ssh", [...options, "--", host, muxCommand], { stdio: "pipe" });
  ssh.stderr.resume();
  const ended = new Promise<Failure>((resolve) => {
    ssh.once("close", () => resolve(new Failure({ reason: "connectionLost", host })));
  });
  const never = () => Promise.reject(new Failure({ reason: "internal", detail: "not tried here" }));
  const link = await createMuxLink({
    process: { host, stdin: ssh.stdin, stdout: ssh.stdout, ended, close: () => void ssh.kill() },
    anotherLogin: { terminal: never, dial: never },
    capabilities: { pty: true, forward: false },
    clock: systemClock,
    signal: noAbort,
    deadlineMs: 30_000,
  });
  const lanes = createLanes(link, { clock: systemClock, connectAgain: never });
  const one = { link, lanes, ended, kill: () => void ssh.kill("SIGKILL") };
  running.push(one);
  return one;
}

const copyScript = `{
printf '\\036tensorline ready\\037'
IFS= read -r count || exit
exec cat
exit
}`;

describe.skipIf(withoutSsh)(`lanes over one process of the system's ssh${withoutSsh ? `: ${withoutSsh}` : ""}`, () => {
  let server: Sshd;
  const mark = `mux-ssh-${process.pid}`;
  beforeAll(async () => {
    server = await startSshd({
      config: ["MaxSessions 1"],
      environment: { PATH: "/usr/local/bin:/usr/bin:/bin", TENSORLINE_MARK: mark },
    });
  });
  afterAll(() => server.dispose());

  it("runs commands, one after another and beside streams, over a single session", async () => {
    const { lanes, link } = await muxed(server);
    const script = 'printf out; printf err >&2; cat; printf " %s" "$TENSORLINE_MARK"; exit 3';
    const answer = await lanes.run(command(["sh", "-c", script], { stdin: "given\n'text' \\ ü" }), noAbort);
    expect(answer).toEqual({ stdout: `outgiven\n'text' \\ ü ${mark}`, stderr: "err", exitCode: 3 });
    const streams = await Promise.all(
      Array.from({ length: 5 }, async (_, index) => {
        const sink = collector();
        const parameters = ["", `of ${index}`, "  spaces  "];
        const stream = await lanes.stream(
          { what: "echo", script: echoScript, parameters, deadlineMs: 30_000 },
          sink,
          noAbort,
        );
        return { sink, stream };
      }),
    );
    for (const [index, { sink, stream }] of streams.entries()) {
      stream.writeLine(`hello ${index}`);
      await sink.says(`line <hello ${index}>\n`);
      expect(sink.text()).toBe(
        `parameter <>\nparameter <of ${index}>\nparameter <  spaces  >\nline <hello ${index}>\n`,
      );
    }
    expect((await lanes.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
    expect(lanes.capabilities).toMatchObject({ pty: true, forward: false, sftp: false, parallel: true });
    expect(link.openChannels()).toBe(6);
    for (const { stream } of streams) stream.dispose();
  });

  it("takes an answer just under the limit, and goes on after one that is longer", async () => {
    const { lanes } = await muxed(server);
    const long = await lanes.run(command(["sh", "-c", "head -c 1048576 /dev/zero | tr '\\0' x"]), noAbort);
    expect(long.stdout).toHaveLength(1024 * 1024);
    const tooLong = lanes.run(command(["sh", "-c", "head -c 5000000 /dev/zero"]), noAbort);
    await expect(tooLong).rejects.toMatchObject({ problem: { reason: "answerTooLarge" } });
    expect((await lanes.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
  });

  it("kills a command that misses its deadline, and the next one runs", async () => {
    const { lanes } = await muxed(server);
    const late = lanes.run(command(["sleep", "311"], { deadlineMs: 700 }), noAbort);
    await expect(late).rejects.toMatchObject({ problem: { reason: "deadline" } });
    expect((await lanes.run(command(["echo", "on"]), noAbort)).stdout).toBe("on\n");
    await until(() => !processesMarked(mark).includes("sleep 311 "));
  });

  it("pipes bytes both ways with back-pressure, and ends with the script", async () => {
    const { lanes } = await muxed(server);
    const pipe = await lanes.pipe({ what: "copying", script: copyScript, parameters: [], deadlineMs: 30_000 }, noAbort);
    const bytes = randomBytes(3 * 1024 * 1024);
    const hash = createHash("sha256");
    const all = (async () => {
      for await (const chunk of pipe.output) hash.update(chunk);
    })();
    const errors = text(pipe.errors);
    pipe.input.end(bytes);
    await all;
    expect(hash.digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(await errors).toBe("");
    expect(await pipe.ended).toEqual({ kind: "exit", exitCode: 0 });
  });

  it("kills a disposed pipe whose output nobody reads", async () => {
    const { lanes, link } = await muxed(server);
    const script = "{ printf '\\036tensorline ready\\037'; read -r count; cat /dev/zero; exit; }";
    const pipe = await lanes.pipe({ what: "flooding", script, parameters: [], deadlineMs: 30_000 }, noAbort);
    expect((await lanes.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
    pipe.dispose();
    expect(await pipe.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "cancelled" } } });
    await until(() => link.openChannels() === 1);
  });

  it("fails with the connection's reason when ssh is killed, and leaves nothing on the host", async () => {
    const { lanes, link, kill } = await muxed(server);
    const sink = collector();
    await lanes.stream({ what: "echo", script: echoScript, parameters: [], deadlineMs: 30_000 }, sink, noAbort);
    const waiting = lanes.run(command(["sleep", "312"]), noAbort);
    kill();
    await expect(waiting).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
    expect(await sink.ended).toMatchObject({ kind: "failure", error: { problem: { reason: "connectionLost" } } });
    expect(await link.ended).toMatchObject({ problem: { reason: "connectionLost" } });
    await expect(link.exec("true")).rejects.toMatchObject({ problem: { reason: "connectionLost" } });
    await until(() => processesMarked(mark).length === 0);
  });
});

describe.skipIf(withoutSsh)(
  `the probe over one process of the system's ssh${withoutSsh ? `: ${withoutSsh}` : ""}`,
  () => {
    it("brings each tick of the GPUs, and ends when it is disposed", async () => {
      const mark = `mux-probe-${process.pid}`;
      const server = await startSshd({ environment: { ...hostEnvironment("normal"), TENSORLINE_MARK: mark } });
      const { lanes, link, ended } = await muxed(server);
      const probe = gpuProbe({ beatMs: 200, vendors, nonce: "0123456789abcdef" });
      let lines = 0;
      let enough = () => {};
      const thirdTick = new Promise<void>((resolve) => {
        enough = resolve;
      });
      const reader = createProbeReader("0123456789abcdef", ({ kind }) => {
        if (kind === "line" && ++lines === 30) enough();
      });
      const stream = await lanes.stream(probe, { data: (chunk) => reader.push(chunk), end: () => {} }, noAbort);
      await thirdTick;
      stream.dispose();
      expect((await lanes.run(command(["echo", "beside"]), noAbort)).stdout).toBe("beside\n");
      link.close();
      await ended;
      await until(() => processesMarked(mark).length === 0);
      await server.dispose();
    });
  },
);

const fortune = "Thought for the day:\\n  \\033[31mnothing is\\033[0m what it seems";
const loginShells = [
  ["/bin/bash", ".bashrc"],
  ["/usr/bin/zsh", ".zshenv"],
  ["/usr/bin/fish", ".config/fish/config.fish"],
  ["/usr/bin/tcsh", ".tcshrc"],
].flatMap(([shell = "", file = ""]) =>
  existsSync(shell) ? [{ shell, files: { [file]: `printf '${fortune}'\n` } }] : [],
);

describe.skipIf(withoutUsers ?? withoutSsh)(
  `login shells behind the one process${(withoutUsers ?? withoutSsh) ? `: ${withoutUsers ?? withoutSsh}` : ""}`,
  () => {
    let server: Sshd;
    beforeAll(async () => {
      server = await startSshd({
        users: [...loginShells, { shell: "/bin/bash", files: { ".bashrc": "echo closed for repair; exit 9\n" } }],
      });
    });
    afterAll(() => server.dispose());

    for (const [index, { shell }] of loginShells.entries()) {
      it(shell, async () => {
        const { lanes } = await muxed(server, `box${index}`);
        expect((await lanes.run(command(["printf", "%s", "it's\nhere"]), noAbort)).stdout).toBe("it's\nhere");
      });
    }

    it("tells what a .bashrc that exits has said", async () => {
      await expect(muxed(server, `box${loginShells.length}`)).rejects.toMatchObject({
        problem: {
          reason: "noShell",
          detail: "the login shell ended before it was ready; it said: closed for repair",
        },
      });
    });
  },
);

const withoutDropbear =
  withoutUsers ?? withoutSsh ?? (existsSync("/usr/sbin/dropbear") ? undefined : "no dropbear on this machine");

describe.skipIf(withoutDropbear)(
  `dropbear behind the one process${withoutDropbear ? `: ${withoutDropbear}` : ""}`,
  () => {
    it("runs commands and streams, and ends nothing but its own processes", async () => {
      const server = await startSshd({ users: [{}] });
      const [user] = server.users;
      if (!user) throw new Error("no user");
      const own = join(user.home, ".ssh");
      await mkdir(own, { mode: 0o700 });
      await writeFile(join(own, "authorized_keys"), await readFile(join(server.folder, "authorized_keys")), {
        mode: 0o600,
      });
      execFileSync("chown", ["-R", user.name, own]);
      const key = join(server.folder, "dropbear_key");
      execFileSync("dropbearkey", ["-t", "ed25519", "-f", key], { stdio: "ignore" });
      const port = await freePort();
      const dropbear = spawn(
        "/usr/sbin/dropbear",
        ["-F", "-E", "-r", key, "-p", `127.0.0.1:${port}`, "-P", join(server.folder, "pid")],
        { stdio: ["ignore", "ignore", "pipe"] },
      );
      await new Promise((resolve) => dropbear.stderr.once("data", resolve));
      const configFile = join(server.folder, "dropbear_config");
      const lines = [`Port ${port}`, `User ${user.name}`, `IdentityFile ${server.userKeyFile}`, "IdentitiesOnly yes"];
      const trust = ["StrictHostKeyChecking no", "UserKnownHostsFile /dev/null", "LogLevel ERROR"];
      await writeFile(configFile, ["Host box", "HostName 127.0.0.1", ...lines, ...trust, ""].join("\n"));
      const [one, other] = await Promise.all([muxed({ configFile }), muxed({ configFile })]);
      expect((await one.lanes.run(command(["echo", "hello"]), noAbort)).stdout).toBe("hello\n");
      one.link.close();
      await one.ended;
      expect((await other.lanes.run(command(["echo", "still here"]), noAbort)).stdout).toBe("still here\n");
      other.link.close();
      await other.ended;
      await stopProcess(dropbear);
      await server.dispose();
    });
  },
);
