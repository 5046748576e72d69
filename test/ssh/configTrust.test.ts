import { existsSync } from "node:fs";
import { chmod, chown, mkdir, mkdtemp, readdir, rm, symlink, writeFile } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { ClientFacts } from "../../src/core/ports";
import { type ConfigReader, effectiveOptions } from "../../src/ssh/config";
import { noAbort } from "./client";

const readers: readonly ConfigReader[] = existsSync("/usr/bin/ssh") ? ["system", "builtin"] : ["builtin"];
const isRoot = process.getuid?.() === 0;

let folder: string;
let workspace: string;
let client: ClientFacts;
beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "tensorline-trust-"));
  workspace = join(folder, "work");
  await mkdir(join(folder, "ran"));
  await mkdir(workspace);
  client = {
    os: process.platform === "darwin" ? "darwin" : "linux",
    home: homedir(),
    user: userInfo().username,
    env: { PATH: "/usr/bin:/bin" },
    workspaceFolders: () => [workspace],
  };
});
afterEach(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

async function write(name: string, text: string, mode = 0o600): Promise<string> {
  const file = join(folder, name);
  await writeFile(file, text.replaceAll("@", folder));
  await chmod(file, mode);
  return file;
}

/** A block that leaves a trace where it is evaluated. */
const running = (trace: string) => `Match exec "touch @/ran/${trace}"\n Port 5\n`;
const traces = () => readdir(join(folder, "ran"));

async function port(configFile: string, reader: ConfigReader): Promise<string | undefined> {
  const values = await effectiveOptions({ name: "lab", configFile }, client, noAbort, reader);
  return values.get("port")?.[0];
}

const refused = (file: string, option: string, doubt: string) => ({
  problem: { reason: "configUntrusted", host: "lab", file, option, doubt },
});

describe.each(readers)("commands in an ssh config, read by %s", (reader) => {
  it("run from a file that only the user may write", async () => {
    const config = await write("config", running("fine"));
    expect(await port(config, reader)).toBe("5");
    expect(await traces()).toEqual(["fine"]);
  });

  it("never run from a file in an open folder, whichever way it is reached", async () => {
    const inside = await write("work/config", running("inside"));
    await expect(port(inside, reader)).rejects.toMatchObject(refused(inside, "Match exec", "workspace"));

    const including = await write("config", "Host *\n Include @/work/conf*\n");
    await expect(port(including, reader)).rejects.toMatchObject(refused(inside, "Match exec", "workspace"));

    const link = join(folder, "link");
    await symlink(inside, link);
    await expect(port(link, reader)).rejects.toMatchObject(refused(link, "Match exec", "workspace"));

    await write("elsewhere", running("linked"));
    const linked = join(workspace, "linked");
    await symlink(join(folder, "elsewhere"), linked);
    await expect(port(linked, reader)).rejects.toMatchObject(refused(linked, "Match exec", "workspace"));

    const way = join(folder, "way");
    await symlink(workspace, way);
    const around = join(way, "config");
    await expect(port(around, reader)).rejects.toMatchObject(refused(around, "Match exec", "workspace"));
    expect(await traces()).toEqual([]);
  });

  it.each([
    'Match "exec" "touch @/ran/x"\n',
    'Match host lab !exec="touch @/ran/x"\n',
    'Match e"xe"c "touch @/ran/x"\n',
    "match\tEXEC touch\n",
    " =Match exec touch\n",
    '""Match exec touch\n',
    "\rMatch exec touch\n",
    "Host other\nMatch user nobody exec touch\n",
  ])("are recognised: %s", async (text) => {
    const config = await write("work/config", text);
    await expect(port(config, reader)).rejects.toMatchObject(refused(config, "Match exec", "workspace"));
    expect(await traces()).toEqual([]);
  });

  it("never run from a file that others may write to", async () => {
    const config = await write("config", running("open"), 0o606);
    await expect(port(config, reader)).rejects.toMatchObject(refused(config, "Match exec", "permissions"));
    expect(await traces()).toEqual([]);
  });

  it("keep no file from being included but one that others may write to, as ssh has it", async () => {
    const open = await write("open", "Port 5\n", 0o606);
    const config = await write("config", "Include @/open\n", 0o606);
    await expect(port(config, reader)).rejects.toMatchObject({ problem: { reason: "configUnreadable" } });
    await chmod(open, 0o604);
    expect(await port(config, reader)).toBe("5");
  });

  it.skipIf(!isRoot)("never run from another user's file (needs root)", async () => {
    const config = await write("config", running("foreign"));
    await chown(config, 65534, 65534);
    await expect(port(config, reader)).rejects.toMatchObject(refused(config, "Match exec", "owner"));
    expect(await traces()).toEqual([]);
  });

  it("do not keep a file in an open folder from being used for the rest", async () => {
    const config = await write("work/config", "Host lab\n Port 5\nHost other\n ProxyCommand nc %h %p\n");
    expect(await port(config, reader)).toBe("5");
  });

  it.each([
    ["ProxyCommand nc %h %p", "proxycommand"],
    ["KnownHostsCommand /bin/keys %H", "knownhostscommand"],
    ["PermitLocalCommand yes\nLocalCommand say", "localcommand"],
    ["PKCS11Provider /lib/p.so", "pkcs11provider"],
  ])("are refused later, too: %s", async (text, option) => {
    const config = await write("work/config", `Port 5\n${text}\n`);
    await expect(port(config, reader)).rejects.toMatchObject(refused(config, option, "workspace"));

    const own = await write("config", `Port 5\n${text}\nInclude @/work/config\n`);
    expect(await port(own, reader)).toBe("5");

    await write("config", `Include @/work/config\n${text}2\n`);
    await expect(port(own, reader)).rejects.toMatchObject(refused(config, option, "workspace"));
  });

  it.each(["%h.conf", "[[:alpha:]]*", "~root/x"])(
    "are not hidden behind an Include that is not followed: %s",
    async (name) => {
      const config = await write("work/config", `Include ${name}\n`);
      await expect(port(config, reader)).rejects.toMatchObject(refused(config, "Include", "workspace"));
    },
  );
});
