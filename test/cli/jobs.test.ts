import { execFileSync, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as v from "valibot";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { JobSchema } from "../../src/shared/jobs";
import { aliveWith, until } from "../shell/operationHost";
import { freePort, type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { type CliOptions, complaint, expectPlain, start, tensorline, valid } from "./cli";
import { loginTo, scratch } from "./hosts";

const ListSchema = v.object({ jobs: v.array(JobSchema) });

describe.skipIf(withoutSshd)(`jobs on the command line${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  const home = join(files.folder, "home");
  let server: Sshd;
  let config: string;

  beforeAll(async () => {
    mkdirSync(home);
    server = await startSshd({ environment: { HOME: home } });
    config = files.config({ box: loginTo(server), far: loginTo(server, { Port: await freePort() }) });
  });
  afterAll(async () => {
    await endAll();
    await server.dispose();
    await files.dispose();
  });

  const run = (words: readonly string[], options?: CliOptions) =>
    tensorline(["run", "box", "-F", config, ...words], options);
  const list = async () => {
    const { code, stdout, stderr } = await tensorline(["jobs", "box", "--json", "-F", config]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return valid(ListSchema, stdout).jobs;
  };
  const detached = async (...words: string[]) => {
    const { code, stdout, stderr } = await run(["--detach", "--json", "--", ...words]);
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    return JSON.parse(stdout).id as string;
  };
  const jobsFolder = () => {
    const hosts = join(home, ".local/state/tensorline/hosts");
    return join(hosts, readdirSync(hosts)[0] ?? "", "jobs");
  };
  const folderOf = (id: string) => join(jobsFolder(), id);
  const fifo = () => {
    const path = join(files.folder, `fifo${fifos++}`);
    execFileSync("mkfifo", [path]);
    return path;
  };
  let fifos = 0;
  /** Resolves once nothing runs any more that came through the server, whose environment names the home. */
  const hostIsIdle = () => until(() => onHost().length === 0);
  const onHost = () => aliveWith(`HOME=${home}`);
  /** Ends whatever runs there. */
  const endAll = () =>
    until(() => {
      for (const pid of onHost()) spawnSync("kill", ["-s", "KILL", String(pid)], { stdio: "ignore" });
      return onHost().length === 0;
    });

  it("print their log alone and lend their exit code", async () => {
    expect(await run(["--", "sh", "-c", "echo out; echo err >&2; exit 7"])).toMatchObject({
      code: 7,
      stdout: "out\nerr\n",
      stderr: "",
    });
    expect(await run(["--", "printf", "%s|", "a b", "$HOME", "-x", "--json", "'", ""])).toMatchObject({
      code: 0,
      stdout: "a b|$HOME|-x|--json|'||",
      stderr: "",
    });
    const killed = await run(["--", "sh", "-c", "kill -s KILL $$"]);
    expect(killed.code).toBe(137);
    expect(complaint(killed)).toMatch(/^sh: The program was ended by SIGKILL /);
  });

  it("run in their folder, with variables and secrets of this command", async () => {
    mkdirSync(join(home, "a project"));
    const text = 'pwd; echo "$GREETING"; echo "$TOKEN"; echo "$PYTHONUNBUFFERED"; [ -d "$TENSORLINE_OUT" ] && echo out';
    const words = ["--folder", "a project", "--env-var", "GREETING=a=b c", "--secret", "TOKEN", "--name", "my run"];
    const { code, stdout, stderr } = await run([...words, "--", "sh", "-c", text], { env: { TOKEN: "s3 cret'" } });
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    expect(stdout).toBe(`${home}/a project\na=b c\ns3 cret'\n1\nout\n`);
    const [job] = await list();
    expect(job).toMatchObject({ name: "my run", state: "succeeded", exitCode: 0, backend: "process" });
    expect(JSON.stringify(job)).not.toContain("cret");
  });

  it("use an environment by its name", async () => {
    execFileSync("python3", ["-m", "venv", "--without-pip", join(home, "torch-env")]);
    const { code, stdout } = await run(["--env", "torch-env", "--", "python", "-c", "import sys; print(sys.prefix)"]);
    expect({ code, stdout }).toEqual({ code: 0, stdout: `${home}/torch-env\n` });
    const missing = await run(["--env", "nowhere", "--", "true"]);
    expect(missing.code).toBe(255);
    expect(complaint(missing)).toMatch(/nowhere/);
  });

  it("go on without this command; others list, read, await and stop them by the beginning of their id", async () => {
    const gate = fifo();
    const id = await detached("sh", "-c", `echo begun; exec 3<>'${gate}'; read line <&3; echo "$line"; exit 5`);
    expect((await list()).find((job) => job.id === id)).toMatchObject({ state: "running", name: "sh" });
    const table = await tensorline(["jobs", "box", "-F", config]);
    expect(table.stdout).toMatch(/^ID +NAME +STATE +EXIT +GPUS +SUBMITTED +RAN/);
    expect(table.stdout).toContain(id.slice(0, 8));
    expectPlain(table.stdout);
    const following = start(["logs", "box", id.slice(0, 10), "-f", "-F", config]);
    await following.until((text) => text === "begun\n");
    const now = await tensorline(["logs", "box", id, "-F", config]);
    expect(now).toMatchObject({ code: 0, stdout: "begun\n", stderr: "" });
    const waiting = tensorline(["wait", "box", id, "-F", config]);
    await writeFile(gate, "two\n");
    expect(await following.ended).toMatchObject({ code: 0, stdout: "begun\ntwo\n", stderr: "" });
    expect(await waiting).toMatchObject({ code: 5, stdout: "" });
    const lasting = await detached("sh", "-c", "sleep 1000 & sleep 1000");
    expect(await tensorline(["stop", "box", lasting.slice(0, 12), "-F", config])).toMatchObject({
      code: 0,
      stderr: "",
    });
    await until(() => aliveWith(lasting).length === 0);
    expect((await list()).find((job) => job.id === lasting)).toMatchObject({ state: "stopped" });
    expect((await tensorline(["wait", "box", lasting, "-F", config])).code).toBeGreaterThan(128);
    // A dozen programs one after the other.
  }, 120_000);

  it("that print anything at all are passed on unchanged", async () => {
    const bytes = Buffer.concat([
      Buffer.from("\u001b]0;title\u0007\u001b[2J\0\r\n"),
      Buffer.from(Array.from({ length: 300_000 }, (_, at) => (at * at * 7) % 256)),
      Buffer.alloc(2_000_000, "no line break "),
    ]);
    writeFileSync(join(home, "bytes"), bytes);
    const id = await detached("cat", "bytes");
    const hash = createHash("sha256");
    const child = start(["logs", "box", id, "-f", "-F", config]).child;
    // Text would have been read by now; these are bytes.
    const raw = start(["wait", "box", id, "-F", config]);
    child.kill();
    expect((await raw.ended).code).toBe(0);
    const out = execFileSync(process.execPath, [...bundleWords(), "logs", "box", id, "-F", config], {
      env: { ...process.env, TENSORLINE_HOME: "/nonexistent/tensorline" },
      maxBuffer: 2 ** 24,
    });
    expect(hash.update(out).digest("hex")).toBe(createHash("sha256").update(bytes).digest("hex"));
    expect(readFileSync(join(folderOf(id), "log")).equals(bytes)).toBe(true);
  });

  it("stop at the first Ctrl-C, and are left be at the second", async () => {
    const stopped = start(["run", "box", "-F", config, "--", "sh", "-c", "echo up; sleep 1000"]);
    await stopped.until((text) => text === "up\n");
    stopped.child.kill("SIGINT");
    const { code, stderr } = await stopped.ended;
    expect(code).toBe(143);
    const [, id = "unknown"] = /Stopping the job (\S+);/.exec(stderr) ?? [];
    expect(id).toMatch(/-/);
    await until(() => aliveWith(id).length === 0);
    const left = start([
      "run",
      "box",
      "-F",
      config,
      "--",
      "sh",
      "-c",
      "trap '' TERM; echo up; sleep 1000 & wait; sleep 1000",
    ]);
    await left.until((text) => text === "up\n");
    left.child.kill("SIGINT");
    await once(left.child.stderr, "data");
    left.child.kill("SIGINT");
    expect((await left.ended).code).toBe(130);
    await endAll();
  });

  /** What the host has on its disk of a job when the client is killed. */
  const moments: readonly (readonly [string, (names: readonly string[]) => boolean])[] = [
    ["while its folder is being made", (names) => names.length > 0],
    ["when its folder has its name", (names) => names.some((name) => !name.startsWith("."))],
    ["when it is supervised", (names) => names.some((name) => existsSync(join(jobsFolder(), name, "out", "runs")))],
  ];

  it.each(moments)("never run twice for a client that is killed %s", async (_when, come) => {
    await detached("true");
    await hostIsIdle();
    const before = new Set(readdirSync(jobsFolder()));
    const news = () => readdirSync(jobsFolder()).filter((name) => !before.has(name));
    const { child } = start(["run", "box", "-F", config, "--", "sh", "-c", 'echo run >>"$TENSORLINE_OUT/runs"']);
    await until(() => come(news()));
    child.kill("SIGKILL");
    const [name = ""] = news();
    const id = name.replace(/^\.new-(.*)-\d+$/, "$1");
    await hostIsIdle();
    const listed = (await list()).filter((job) => job.id === id);
    const runs = join(jobsFolder(), id, "out", "runs");
    // It is there whole and ran once, or it is not there at all.
    expect(listed.map(({ state }) => state)).toEqual(existsSync(runs) ? ["succeeded"] : []);
    if (existsSync(runs)) expect(readFileSync(runs, "utf8")).toBe("run\n");
  });

  it("are lost with 254 when nothing supervises them any more", async () => {
    const id = await detached("sh", "-c", "echo up; exec sleep 1000");
    const log = join(folderOf(id), "log");
    await until(() => existsSync(log) && readFileSync(log, "utf8") === "up\n");
    const [, pid] = execFileSync("readlink", [join(folderOf(id), "holder.1")], { encoding: "utf8" }).split(":");
    process.kill(Number(pid), "SIGKILL");
    const outcome = await tensorline(["wait", "box", id, "-F", config]);
    expect(outcome.code).toBe(254);
    expect(complaint(outcome)).toMatch(
      /^sh: What watched over the job was killed.* These processes of sh still run: \d+\.$/,
    );
    await endAll();
  });

  it("fail with a sentence: 255 for run and wait, 1 for the others, 2 for wrong usage", async () => {
    for (const words of [
      ["run", "far", "-F", config, "--", "true"],
      ["run", "box", "-F", config, "--secret", "NOT_SET_ANYWHERE", "--", "true"],
      ["run", "box", "-F", config, "--backend", "nothing", "--", "true"],
      ["wait", "box", "nothing", "-F", config],
    ]) {
      const outcome = await tensorline(words);
      expect(outcome).toMatchObject({ code: 255, stdout: "" });
      expectPlain(complaint(outcome));
    }
    for (const command of ["logs", "stop"]) {
      const outcome = await tensorline([command, "box", "nothing", "-F", config]);
      expect(outcome).toMatchObject({ code: 1, stdout: "" });
      expect(complaint(outcome)).toBe(
        "box knows no job nothing. It may have been removed there, or belong to another machine.",
      );
    }
    for (const words of [
      ["run", "box"],
      ["run", "box", "python", "train.py"],
      ["run", "box", "--json", "--", "true"],
      ["run", "box", "--gpus", "two", "--", "true"],
      ["run", "box", "--env-var", "=x", "--", "true"],
      ["run", "box", "--secret", "A=s3cret", "--", "true"],
      ["run", "box", "--time-limit", "soon", "--", "true"],
      ["logs", "box"],
      ["jobs"],
      ["jobs", "box", "--", "more"],
    ]) {
      const outcome = await tensorline(words);
      expect(outcome, words.join(" ")).toMatchObject({ code: 2, stdout: "" });
      expect(complaint(outcome)).not.toContain("s3cret");
    }
  }, 120_000);
});

function bundleWords(): readonly string[] {
  return [new URL("../../dist/cli.cjs", import.meta.url).pathname];
}
