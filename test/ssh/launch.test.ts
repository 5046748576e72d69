import { execFileSync } from "node:child_process";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { HostLease } from "../../src/core/connections";
import type { CodePlace, LaunchPlan } from "../../src/core/jobs/launch/launch";
import type { LauncherDeps } from "../../src/core/jobs/launch/ports";
import { bringResults, resultsFolder } from "../../src/core/jobs/launch/results";
import type { HostRef } from "../../src/core/ports";
import type { JobSettings } from "../../src/shared/jobSettings";
import { type JobTestHost, jobHostOf } from "../shell/jobHost";
import { mount, withoutMount } from "../shell/smallDisk";
import { newFolder, readTree, transfers, writeTree } from "../shell/transferHost";
import { noAbort, type TestClient, testClient } from "./client";
import { type LaunchClient, launchClient } from "./launchClient";
import { type Sshd, startSshd, withoutSshd, withoutUsers } from "./sshd";

const options = { signal: noAbort };
const settings: JobSettings = { host: "box", program: "run.sh", gpus: { count: 0 } };

describe.skipIf(withoutSshd !== undefined)(`launching (${withoutSshd ?? "real sshd"})`, () => {
  let server: Sshd;
  let host: HostRef;
  let home: string;
  let watcher: TestClient;
  let lease: HostLease;
  let there: JobTestHost;
  const clients: LaunchClient[] = [];
  beforeAll(async () => {
    home = newFolder();
    server = await startSshd({ environment: { HOME: home, SHELL: "/bin/sh" } });
    host = { name: "box", configFile: server.configFile };
    watcher = testClient();
    lease = watcher.connections.acquire(host);
    there = jobHostOf(await lease.connected(noAbort), home);
  });
  afterEach(() => {
    for (const { client } of clients.splice(0)) client.connections.dispose();
  });
  afterAll(async () => {
    lease.dispose();
    watcher.connections.dispose();
    await server.dispose();
  });

  function newClient(more: Partial<LauncherDeps> = {}): LaunchClient {
    const client = launchClient(host, more);
    clients.push(client);
    return client;
  }

  function project(files: Parameters<typeof writeTree>[1]): Extract<CodePlace, { kind: "client" }> {
    const folder = join(newFolder(), "my project");
    writeTree(folder, files);
    return { kind: "client", folder };
  }

  const trees = () => readdirSync(join(home, ".local/state/tensorline/work"));
  const treeOf = (plan: LaunchPlan) => plan.sync?.to ?? "";
  /** For a job that goes on once somebody opens the gate. */
  function gate(): { readonly path: string; readonly open: () => Promise<void> } {
    const path = join(newFolder(), "gate");
    execFileSync("mkfifo", [path]);
    return { path, open: () => writeFile(path, "go\n") };
  }

  it("sends the code, runs it in a copy of its own, and brings its results", async () => {
    const { launcher, deps } = newClient();
    const place = project({
      "run.sh": {
        text: '#!/bin/sh\necho "$WORD $1 $(cat lib/words)" | tee "$TENSORLINE_OUT/said"\npwd\n',
        mode: 0o755,
      },
      "lib/words": "hello",
      ".gitignore": "secret.txt\n",
      "secret.txt": "stays",
    });
    const wish = { ...settings, arguments: "'a b'", variables: { WORD: "x y" } };
    const plan = await launcher.plan(wish, place, options);
    expect(plan.sync).toMatchObject({ files: 3, deletes: 0 });
    expect(plan.summary).toMatch(/^box · sync 3 files \(\d+ B\)$/);
    expect(plan.command).toBe("./run.sh 'a b'");
    // A plan changes nothing.
    expect(existsSync(join(home, ".local/state/tensorline/work"))).toBe(false);
    const steps: string[] = [];
    const { id } = await launcher.run(plan, {}, { signal: noAbort, onProgress: ({ step }) => steps.push(step) });
    const { job, log } = await there.outcome(id);
    expect(job).toMatchObject({ name: "run.sh", state: "succeeded", exitCode: 0 });
    expect(log).toContain("x y a b hello\n");
    expect(log).toContain("/code\n");
    expect([...new Set(steps)]).toEqual(["connecting", "sending files", "keeping a snapshot"]);
    expect(readTree(treeOf(plan))).not.toHaveProperty("secret.txt");
    const to = resultsFolder(place, job) ?? "";
    expect(await bringResults(deps, host, job, to, options)).toMatchObject({ files: 1 });
    expect(readFileSync(join(to, "said"), "utf8")).toBe("x y a b hello\n");
    // What came back is no code.
    expect((await launcher.plan(settings, place, options)).sync).toMatchObject({ files: 0, deletes: 0 });
    expect(await bringResults(deps, host, job, to, options)).toMatchObject({ files: 0 });
  });

  it("sends nothing a second time, and only what changed a third time", async () => {
    const { launcher } = newClient();
    const place = project({ "run.sh": "cat f", f: "1", "gone/x": "x" });
    await launcher.run(await launcher.plan(settings, place, options), {}, options);
    const again = await launcher.plan(settings, place, options);
    expect(again.sync).toMatchObject({ files: 0, bytes: 0, deletes: 0 });
    expect(again.summary).toBe("box · code unchanged");
    expect((await there.outcome((await launcher.run(again, {}, options)).id)).log).toBe("1");
    writeTree(place.folder, { f: { text: "22", mtime: 1_700_000_100 } });
    rmSync(join(place.folder, "gone"), { recursive: true });
    const third = await launcher.plan(settings, place, options);
    expect(third.sync).toMatchObject({ files: 1, bytes: 2, deletes: 1 });
    expect((await there.outcome((await launcher.run(third, {}, options)).id)).log).toBe("22");
    expect(Object.keys(readTree(treeOf(third)))).toEqual(["f", "run.sh"]);
  });

  it("leaves a job the code that it was submitted with", async () => {
    const { launcher } = newClient();
    const gates = [gate(), gate()] as const;
    const waiting = ({ path }: { readonly path: string }) => ({ ...settings, variables: { GATE: path } });
    const place = project({ "run.sh": 'read -r line <"$GATE"; . ./words; ls', words: "echo old", "pkg/a": "a" });
    const first = await launcher.run(await launcher.plan(waiting(gates[0]), place, options), {}, options);
    writeTree(place.folder, { words: { text: "echo new", mtime: 1_700_000_100 }, more: "m" });
    renameSync(join(place.folder, "pkg"), join(place.folder, "renamed"));
    const second = await launcher.run(await launcher.plan(waiting(gates[1]), place, options), {}, options);
    for (const { open } of gates) await open();
    expect((await there.outcome(first.id)).log).toBe("old\npkg\nrun.sh\nwords\n");
    expect((await there.outcome(second.id)).log).toBe("new\nmore\nrenamed\nrun.sh\nwords\n");
  });

  it("does not let a program change the code of others by mistake, unless it is root", async () => {
    const { launcher } = newClient();
    const place = project({ "run.sh": "ls -l words | cut -c1-10; echo made >beside && cat beside", words: "w" });
    const plan = await launcher.plan(settings, place, options);
    const { log } = await there.outcome((await launcher.run(plan, {}, options)).id);
    expect(log).toBe("-r--r--r--\nmade\n");
    expect(plan.cautions.some((words) => words.startsWith("You are root"))).toBe(process.getuid?.() === 0);
  });

  it("links what the ignore files leave out, where the host has it", async () => {
    const { launcher, submitted } = newClient();
    const place = project({
      "run.sh": "cat data/big; echo kept >data/from-job; [ -e lost ]; echo $?",
      ".gitignore": "data/\nlost/\n__pycache__/\n",
      "data/local": "does not go",
      "lost/x": "x",
    });
    const first = await launcher.plan(settings, place, options);
    await there.outcome((await launcher.run(first, {}, options)).id);
    writeTree(treeOf(first), { "data/big": "big", "__pycache__/x.pyc": "c" });
    const { id } = await launcher.run(await launcher.plan(settings, place, options), {}, options);
    expect((await there.outcome(id)).log).toBe("big1\n");
    expect(submitted.at(-1)?.snapshot?.linked).toEqual(["data"]);
    expect(readTree(treeOf(first))).toMatchObject({ "data/from-job": expect.stringMatching(/^file/) });
    expect(readTree(treeOf(first))).not.toHaveProperty("data/local");
  });

  it("finds what somebody changed in the work tree, and puts it right", async () => {
    const { launcher } = newClient();
    const place = project({ "run.sh": "cat f g", f: "f", g: "g" });
    const plan = await launcher.plan(settings, place, options);
    await there.outcome((await launcher.run(plan, {}, options)).id);
    const tree = treeOf(plan);
    rmSync(join(tree, "f"));
    rmSync(join(tree, "g"));
    writeFileSync(join(tree, "g"), "tampered");
    mkdirSync(join(tree, "extra"));
    writeFileSync(join(tree, "extra/file"), "x");
    // The first plan is still young; that it is no longer true must not matter to a job whose plan is made now.
    const next = await launcher.plan(settings, place, options);
    expect(next.sync).toMatchObject({ files: 2, deletes: 1 });
    expect((await there.outcome((await launcher.run(next, {}, options)).id)).log).toBe("fg");
    expect(readdirSync(tree).sort()).toEqual(["f", "g", "run.sh"]);
  });

  it("takes no snapshot of a sync that was cut off; the next launch completes it", async () => {
    const { launcher, deps } = newClient();
    const place = project({ "run.sh": "cat f g", f: "1", g: "1" });
    await there.outcome((await launcher.run(await launcher.plan(settings, place, options), {}, options)).id);
    writeTree(place.folder, { f: { text: "22", mtime: 1_700_000_200 }, g: { text: "22", mtime: 1_700_000_200 } });
    const plan = await launcher.plan(settings, place, options);
    const broken = launchClient(host, {
      clientState: deps.clientState,
      transfers: {
        ...transfers,
        async runUpload(_runner, _plan, _options) {
          // One file of two is in its place when the connection ends.
          writeTree(treeOf(plan), { f: { text: "22", mtime: 1_700_000_200 } });
          throw new Error("cut off");
        },
      },
    });
    clients.push(broken);
    rmSync(join(treeOf(plan), "f"));
    await expect(
      broken.launcher.run(await broken.launcher.plan(settings, place, options), {}, options),
    ).rejects.toThrow("cut off");
    expect(broken.submitted).toEqual([]);
    // Its plan was made before, and is young: it must not be trusted.
    expect((await there.outcome((await launcher.run(plan, {}, options)).id)).log).toBe("2222");
  });

  it("gives each of many launches at once the whole of one state of the code", async () => {
    const one = newClient();
    const others = [newClient({ clientState: one.deps.clientState }), newClient({ clientState: one.deps.clientState })];
    const count = 200;
    const files = (word: string, mtime: number) =>
      Object.fromEntries(
        Array.from({ length: count }, (_, index) => [`d${index % 9}/f${index}`, { text: word, mtime }]),
      );
    const place = project({ "run.sh": "cat d*/f* | fold -w 5 | sort | uniq -c", ...files("first", 1_700_000_000) });
    await one.launcher.run(await one.launcher.plan(settings, place, options), {}, options);
    const ids: string[] = [];
    for (const [turn, word] of ["secon", "third"].entries()) {
      writeTree(place.folder, files(word, 1_700_000_100 + turn));
      const launches = [one, ...others].map(async ({ launcher }) =>
        launcher.run(await launcher.plan(settings, place, options), {}, options),
      );
      ids.push(...(await Promise.all(launches)).map(({ id }) => id));
    }
    for (const [index, id] of ids.entries()) {
      const { log } = await there.outcome(id);
      expect(log.trim()).toBe(`${count} ${index < 3 ? "secon" : "third"}`);
    }
    expect(trees().filter((name) => name.startsWith("my_project-")).length).toBeGreaterThan(0);
  });

  it("keeps the work trees of two clients apart", async () => {
    const place = project({ "run.sh": "true" });
    const plans = await Promise.all(
      [newClient(), newClient()].map(({ launcher }) => launcher.plan(settings, place, options)),
    );
    expect(new Set(plans.map(treeOf)).size).toBe(2);
    expect(treeOf(plans[0] as LaunchPlan)).toMatch(/\/\.local\/state\/tensorline\/work\/my_project-[0-9a-f]{16}$/);
  });

  it("runs several processes, and shows them as one would type them", async () => {
    const { launcher } = newClient();
    const place = project({ "run.sh": { text: '#!/bin/sh\necho "$RANK of $WORLD_SIZE: $1"\n', mode: 0o755 } });
    const wish = { ...settings, launcher: "processes", processes: 2, arguments: "x" } as const;
    const { id } = await launcher.run(await launcher.plan(wish, place, options), {}, options);
    const { job, log } = await there.outcome(id);
    expect(job).toMatchObject({ state: "succeeded", command: "./run.sh x" });
    expect(log.split("\n").sort()).toEqual(["", "0 of 2: x", "1 of 2: x"]);
  });

  it("runs what is on the host where it is", async () => {
    const { launcher, submitted } = newClient();
    const folder = newFolder();
    writeTree(folder, { "run.sh": { text: "#!/bin/sh\npwd; echo $1", mode: 0o755 }, "sub/x": "x" });
    const place: CodePlace = { kind: "host", folder };
    const plan = await launcher.plan(
      { ...settings, program: "./run.sh", folder: "sub", arguments: "1" },
      place,
      options,
    );
    expect(plan).not.toHaveProperty("sync");
    expect((await there.outcome((await launcher.run(plan, {}, options)).id)).log).toBe(`${folder}/sub\n1\n`);
    expect(submitted[0]).not.toHaveProperty("snapshot");
  });

  it("asks for secrets before anything is sent, and gives them to the job alone", async () => {
    const { launcher, submitted } = newClient();
    const place = project({ "run.sh": 'printf %s "$API_KEY" | wc -c' });
    const plan = await launcher.plan({ ...settings, secrets: ["API_KEY"] }, place, options);
    expect(plan.secrets).toEqual(["API_KEY"]);
    await expect(launcher.run(plan, { OTHER: "x" }, options)).rejects.toMatchObject({
      problem: { reason: "secretMissing", name: "API_KEY" },
    });
    expect(submitted).toEqual([]);
    expect(existsSync(treeOf(plan))).toBe(false);
    const { id } = await launcher.run(plan, { API_KEY: "hush-hush" }, options);
    expect((await there.outcome(id)).log).toBe("9\n");
    expect(JSON.stringify(plan)).not.toContain("hush-hush");
  });

  it("is one job however often it is tried", async () => {
    const { launcher } = newClient();
    const plan = await launcher.plan(settings, project({ "run.sh": "echo once" }), options);
    const [first, second] = [await launcher.run(plan, {}, options), await launcher.run(plan, {}, options)];
    expect(second.id).toBe(first.id);
    expect((await there.outcome(first.id)).log).toBe("once\n");
  });

  it("refuses what does not go to the host", async () => {
    const { launcher } = newClient();
    const place = project({ "run.sh": "true", ".gitignore": "out.py\n", "out.py": "", "a.py": "" });
    symlinkSync("run.sh", join(place.folder, "link.sh"));
    for (const program of ["absent.py", "out.py", "../x.py", "sub/../../x.sh"]) {
      await expect(launcher.plan({ ...settings, program }, place, options)).rejects.toMatchObject({
        problem: { reason: "codeUnreachable", path: program },
      });
    }
    await expect(launcher.plan({ ...settings, folder: "nowhere" }, place, options)).rejects.toMatchObject({
      problem: { reason: "codeUnreachable", path: "nowhere" },
    });
  });
});

describe.skipIf(withoutSshd !== undefined || withoutMount !== undefined)(
  `launching on a full disk (${withoutSshd ?? withoutMount ?? "real sshd, a small disk"})`,
  () => {
    it("leaves no job where its snapshot has no room, and says so", async () => {
      const home = mount("size=8m,nr_inodes=260");
      const server = await startSshd({ environment: { HOME: home, SHELL: "/bin/sh" } });
      const { launcher, client } = launchClient({ name: "box", configFile: server.configFile });
      try {
        const folder = newFolder();
        writeTree(folder, Object.fromEntries(Array.from({ length: 100 }, (_, index) => [`d${index}/f`, "x"])));
        writeTree(folder, { "run.sh": "true" });
        const place: CodePlace = { kind: "client", folder };
        const plan = await launcher.plan(settings, place, options);
        await expect(launcher.run(plan, {}, options)).rejects.toMatchObject({ problem: { reason: "hostDiskFull" } });
        const jobs = await client.connections.acquire(plan.host).connected(noAbort);
        expect(await jobHostOf(jobs, home).list()).toEqual([]);
        expect(
          Object.keys(readTree(join(home, ".local/state/tensorline/hosts"))).filter((path) => /code/.test(path)),
        ).toEqual([]);
        expect(readTree(plan.sync?.to ?? "")).toHaveProperty("d99/f");
      } finally {
        client.connections.dispose();
        await server.dispose();
      }
    });
  },
);

describe.skipIf(withoutUsers !== undefined)(`launching as an ordinary user (${withoutUsers ?? "real sshd"})`, () => {
  it("keeps a program from changing the code that it shares with other jobs", async () => {
    const server = await startSshd({ users: [{}] });
    const { launcher, client } = launchClient({ name: "box0", configFile: server.configFile });
    try {
      const folder = newFolder();
      writeTree(folder, { "run.sh": "echo changed >words; cat words; echo more >beside; cat beside", words: "w\n" });
      const place: CodePlace = { kind: "client", folder };
      const plan = await launcher.plan(settings, place, options);
      expect(plan.cautions).toEqual([]);
      const there = jobHostOf(
        await client.connections.acquire(plan.host).connected(noAbort),
        server.users[0]?.home ?? "",
      );
      const { log } = await there.outcome((await launcher.run(plan, {}, options)).id);
      expect(log).toMatch(/Permission denied[\s\S]*^w\nmore\n$/m);
      // The next sync replaces a file that is read-only by now.
      writeTree(folder, { words: { text: "new\n", mtime: 1_700_000_500 } });
      const next = await launcher.plan(settings, place, options);
      expect((await there.outcome((await launcher.run(next, {}, options)).id)).log).toMatch(/^new\nmore\n$/m);
    } finally {
      client.connections.dispose();
      await server.dispose();
    }
  });
});
