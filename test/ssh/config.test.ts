import { existsSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { homedir, tmpdir, userInfo } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { ClientFacts } from "../../src/core/ports";
import { resolveHost } from "../../src/ssh/config";
import { noAbort } from "./client";

const withoutSsh = existsSync("/usr/bin/ssh") ? undefined : "no system ssh on this machine";

// ssh takes the home folder from the account, not from the environment.
const withSsh: ClientFacts = { os: "linux", home: homedir(), user: userInfo().username, env: { PATH: "/usr/bin" } };
const builtin: ClientFacts = { ...withSsh, env: { PATH: "/nonexistent" } };

describe.skipIf(withoutSsh)(
  `our own reading agrees with the system's ssh${withoutSsh ? `: ${withoutSsh}` : ""}`,
  () => {
    let folder: string;
    beforeAll(async () => {
      folder = await mkdtemp(join(tmpdir(), "tensorline-config-"));
      await writeFile(join(folder, "more.conf"), "Host late*\n  Port 4400\nHost *\n  User included\n");
      await writeFile(
        join(folder, "config"),
        `
# A file as people write them.
Host lab? !lab9
  HostName %h.example.org
  Port = 2200
  IdentityFile ~/.ssh/%r_key
  IdentityFile "${folder}/a key"
  IdentitiesOnly yes
Host lab1 other
  User first
  User second
  HostKeyAlias shared-%h
  StrictHostKeyChecking accept-new
  UserKnownHostsFile ${folder}/one ${folder}/two
  GlobalKnownHostsFile none
  PreferredAuthentications password,publickey
  NumberOfPasswordPrompts 1
  ConnectTimeout 7
  AddressFamily inet6
Host late1
  Include ${folder}/*.conf
  Port 5500
Host none
  IdentityFile none
  IdentityAgent none
  PasswordAuthentication no
Host *
  User fallback
  ServerAliveInterval 5
`,
      );
    });
    afterAll(() => rm(folder, { recursive: true, force: true, maxRetries: 5 }));

    it.each([
      "lab1",
      "lab2",
      "lab9",
      "other",
      "late1",
      "late2",
      "none",
      "unheard.of",
      "eve@lab1",
      "lab1:2222",
      "eve@[::1]:99",
    ])("on %s", async (name) => {
      const host = { name, configFile: join(folder, "config") };
      const own = await resolveHost(host, builtin, noAbort);
      const theirs = await resolveHost(host, withSsh, noAbort);
      expect(own).toEqual(theirs);
    });
  },
);
