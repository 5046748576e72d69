import { execFileSync } from "node:child_process";
import { existsSync } from "node:fs";
import { chmod, mkdir, mkdtemp, readdir, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import type { HostDraft } from "../../../src/core/hostsFile/hostFields";
import { createHostsFile, type HostsFile } from "../../../src/core/hostsFile/hostsFile";
import type { ClientFacts } from "../../../src/core/ports";

let home: string;
let hosts: HostsFile;
const ssh = (name: string) => join(home, ".ssh", name);
const facts = (): ClientFacts => ({ os: "linux", home, user: "ada", env: {} });

beforeEach(async () => {
  home = await mkdtemp(join(tmpdir(), "tensorline-hosts-file-"));
  hosts = createHostsFile(undefined, facts());
});
afterEach(() => rm(home, { recursive: true, force: true }));

const draft = (alias: string, port = "2222"): HostDraft => ({ alias, values: { hostName: "10.0.0.1", port } });
const save = async (host: HostDraft, replaces?: string, file = hosts) => file.write(await file.planPut(host, replaces));
const mode = async (file: string) => (await stat(file)).mode & 0o777;

it("the first host makes folder, file and Include, private to the user; the second changes one file", async () => {
  await save(draft("gpu1"));
  expect(await mode(ssh("."))).toBe(0o700);
  expect(await mode(ssh("config"))).toBe(0o600);
  expect(await mode(ssh("tensorline.conf"))).toBe(0o600);
  expect(await readFile(ssh("config"), "utf8")).toBe("Include tensorline.conf\n");
  const plan = await hosts.planPut(draft("gpu2"), undefined);
  expect(plan.map((change) => change.file)).toEqual([ssh("tensorline.conf")]);
  await hosts.write(plan);
  expect(await readdir(ssh("."))).toEqual([
    "config",
    "tensorline.conf",
    "tensorline.conf.tensorline-backup",
    "tensorline.conf.tensorline-original",
  ]);
  expect(await hosts.standing("gpu2")).toEqual({ kind: "managed", values: draft("gpu2").values });
});

it("the user's file keeps its mode, its link and its first text for ever", async () => {
  await mkdir(join(home, "dotfiles"));
  await mkdir(ssh("."), { mode: 0o700 });
  const real = join(home, "dotfiles", "ssh_config");
  await writeFile(real, "Host own\n  User bob\n");
  await chmod(real, 0o640);
  await symlink(real, ssh("config"));
  await save(draft("gpu1"));
  expect((await stat(real)).isFile()).toBe(true);
  expect(await readFile(real, "utf8")).toBe("Include tensorline.conf\nHost own\n  User bob\n");
  expect(await mode(real)).toBe(0o640);
  expect(await readdir(join(home, "dotfiles"))).toEqual(["ssh_config"]);
  await writeFile(real, "Host later\n");
  await save(draft("gpu2"));
  expect(await readFile(ssh("config.tensorline-original"), "utf8")).toBe("Host own\n  User bob\n");
  expect(await readFile(ssh("config.tensorline-backup"), "utf8")).toBe("Host later\n");
});

it("nothing is written where a file changed since it was read", async () => {
  await save(draft("gpu1"));
  const plan = await hosts.planPut(draft("gpu1", "22"), "gpu1");
  await writeFile(ssh("tensorline.conf"), "Host gpu1\n  Port 7\n");
  await expect(hosts.write(plan)).rejects.toMatchObject({ problem: { reason: "hostsFileChanged" } });
  expect(await readFile(ssh("tensorline.conf"), "utf8")).toBe("Host gpu1\n  Port 7\n");
});

it("two windows that save at the same time lose no host: one of them plans anew", async () => {
  const windows = Array.from({ length: 8 }, (_, index) => index);
  await Promise.all(
    windows.map(async (index) => {
      const own = createHostsFile(undefined, facts());
      for (;;) {
        const done = await save(draft(`gpu${index}`), undefined, own).then(
          () => true,
          (error) => {
            expect(error.problem).toMatchObject({ reason: "hostsFileChanged" });
            return false;
          },
        );
        if (done) return;
      }
    }),
  );
  for (const index of windows) expect((await hosts.standing(`gpu${index}`)).kind).toBe("managed");
  expect((await readFile(ssh("config"), "utf8")).match(/Include/g)).toHaveLength(1);
});

it("what is not UTF-8 is refused instead of being damaged", async () => {
  await mkdir(ssh("."));
  await writeFile(ssh("config"), Buffer.from("# Gr\xfc\xdfe\nHost a\n", "latin1"));
  await expect(hosts.planPut(draft("gpu1"), undefined)).rejects.toMatchObject({
    problem: { reason: "hostsFileUnusable", file: ssh("config") },
  });
});

it("a host of the user's own is found where it stands, through its includes", async () => {
  await mkdir(ssh("config.d"), { recursive: true });
  await writeFile(ssh("config"), "# top\nInclude config.d/*.conf\nHost near other\n  Port 7\n");
  await writeFile(ssh("config.d/lab.conf"), "\nHost far\n  User bob\n");
  expect(await hosts.standing("near")).toMatchObject({ kind: "own", location: { file: ssh("config"), line: 2 } });
  expect(await hosts.standing("far")).toMatchObject({
    kind: "own",
    location: { file: ssh("config.d/lab.conf"), line: 1 },
    values: { user: "bob" },
  });
  expect(await hosts.standing("none")).toEqual({ kind: "nowhere" });
});

it("removing names the change and leaves the other hosts", async () => {
  await save(draft("gpu1"));
  await save(draft("gpu2"));
  await hosts.write(await hosts.planRemove("gpu1"));
  expect((await hosts.standing("gpu1")).kind).toBe("nowhere");
  expect((await hosts.standing("gpu2")).kind).toBe("managed");
  expect(await hosts.planRemove("gpu1")).toEqual([]);
});

const withoutSsh = existsSync("/usr/bin/ssh") ? "" : " (no ssh here)";
it.skipIf(withoutSsh !== "")(`ssh reads back what was written, and the managed file wins${withoutSsh}`, async () => {
  const config = join(home, "config");
  await writeFile(config, "User global\nHost gpu1\n  Port 7\n  User bob\n  Compression yes\n");
  await chmod(config, 0o600);
  // ssh takes the home folder from the system's list of users.
  const file = createHostsFile(config, { ...facts(), home: homedir() });
  const values = {
    hostName: "fe80::1%%eth0",
    user: "DOM\\ada l",
    port: "2222",
    identityFile: "~/my keys #1/id",
    proxyJump: "ada@bastion:22,hop2",
    forwardAgent: "yes",
  };
  const show = (configFile: string) =>
    execFileSync("ssh", ["-G", "-F", configFile, "gpu1"], { encoding: "utf8" }).split("\n");
  const expected = [
    "hostname fe80::1%eth0",
    "user DOM\\ada l",
    "port 2222",
    "identityfile ~/my keys #1/id",
    "proxyjump ada@bastion:22,hop2",
    "forwardagent yes",
    "compression yes",
  ];
  const proposed = join(home, "proposed");
  await writeFile(proposed, await file.draftConfig({ alias: "gpu1", values }, undefined, undefined), { mode: 0o600 });
  expect(show(proposed)).toEqual(expect.arrayContaining(expected));
  await save({ alias: "gpu1", values }, undefined, file);
  expect(show(config)).toEqual(expect.arrayContaining(expected));
  await writeFile(proposed, await file.draftConfig({ alias: "gpu1", values: {} }, "gpu1", undefined), { mode: 0o600 });
  expect(show(proposed)).toEqual(expect.arrayContaining(["user global", "port 7", "compression yes"]));
});
