import { spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, readText, type Sshd, startSshd, withoutSshd, withoutUsers } from "../ssh/sshd";
import { askBoth, cliEnvironment, expectPlain, follow, hostsOf, program, type RunningCli } from "./cli";
import { gpuEnvironment, type HostBlock, loginTo, scratch } from "./hosts";

const withoutTerminal =
  withoutSshd ?? (existsSync("/usr/bin/script") ? undefined : "no script (util-linux) on this machine");
const reason = withoutUsers ?? withoutTerminal;

/** Starts the command line with a pseudo-terminal as its input and standard error, and a file as its output. */
function inTerminal(words: readonly string[], output: string): RunningCli {
  const command = [...program, ...words].map((word) => `'${word}'`).join(" ");
  return follow(spawn("script", ["-qec", `${command} >'${output}'`, "/dev/null"], { env: cliEnvironment() }));
}

describe.skipIf(reason)(`passwords and passphrases${reason ? `: ${reason}` : ""}`, () => {
  const files = scratch();
  let server: Sshd;
  let account: string;

  beforeAll(async () => {
    server = await startSshd({
      config: ["PasswordAuthentication yes"],
      environment: gpuEnvironment(files.folder),
      users: [{ password: "right one" }],
    });
    account = server.users[0]?.name ?? "";
  });
  afterAll(async () => {
    await server.dispose();
    await files.dispose();
  });

  const noKey = () => ({ IdentityFile: join(files.folder, "no_key"), User: account });
  const beside = (bad: HostBlock) => files.config({ good: loginTo(server), bad: loginTo(server, bad) });

  it("a password that nobody can be asked for fails with the question", async () => {
    const { reason, message } = await askBoth(beside(noKey()));
    expect(reason).toBe("promptUnavailable");
    expect(message).toContain(`Password for ${account}@bad`);
  });

  it("so does a passphrase, which names its file", async () => {
    const key = makeKey(join(files.folder, "locked"), "ed25519", "open sesame");
    await appendFile(join(server.folder, "authorized_keys"), `${key.publicKey}\n`);
    const { reason, message } = await askBoth(
      beside({ IdentityFile: key.file, PreferredAuthentications: "publickey" }),
    );
    expect(reason).toBe("promptUnavailable");
    expect(message).toContain(`Passphrase for ${key.file}`);
  });

  it("asks on the terminal without echo; the right password lets in, and the other host is there as well", async () => {
    const output = join(files.folder, "right.json");
    const cli = inTerminal(["gpus", "good", "bad", "--json", "-F", beside(noKey())], output);
    await cli.until((shown) => shown.includes(`Password for ${account}@bad: `));
    cli.child.stdin.write("right one\n");
    const { code, stdout } = await cli.ended;
    expect(stdout).not.toContain("right one");
    expect(code).toBe(0);
    const { good, bad } = hostsOf(await readText(output));
    expect([good?.gpus.length, bad?.gpus.length, bad?.system?.user]).toEqual([2, 2, account]);
  });

  it("gives up after three wrong ones", async () => {
    const output = join(files.folder, "wrong.json");
    const cli = inTerminal(["gpus", "good", "bad", "--json", "-F", beside(noKey())], output);
    for (const time of [1, 2, 3]) {
      await cli.until((shown) => shown.split(`Password for ${account}@bad: `).length > time);
      cli.child.stdin.write("wrong one\n");
    }
    const { code, stdout } = await cli.ended;
    expect(stdout).not.toContain("wrong one");
    const { good, bad } = hostsOf(await readText(output));
    expect(good?.gpus).toHaveLength(2);
    expect(bad?.error?.reason).toBe("authenticationFailed");
    expect(stdout.trimEnd().split(/\r?\n/).at(-1)).toBe(bad?.error?.message);
    expectPlain(bad?.error?.message ?? "");
    expect(code).toBe(1);
  });

  it("asks for one host after the other", async () => {
    const output = join(files.folder, "both.json");
    const config = files.config({ one: loginTo(server, noKey()), two: loginTo(server, noKey()) });
    const cli = inTerminal(["gpus", "one", "two", "--json", "-F", config], output);
    const asked = /Password for \S+@(one|two): /g;
    for (const count of [1, 2]) {
      const shown = await cli.until((text) => text.match(asked)?.length === count);
      expect(shown.match(asked)).toHaveLength(count);
      cli.child.stdin.write("right one\n");
    }
    expect((await cli.ended).code).toBe(0);
    const { one, two } = hostsOf(await readText(output));
    expect([one?.gpus.length, two?.gpus.length]).toEqual([2, 2]);
  });

  it("Ctrl-C at the question ends it", async () => {
    const cli = inTerminal(["gpus", "bad", "-F", beside(noKey())], join(files.folder, "cancelled"));
    await cli.until((shown) => shown.includes("Password for"));
    cli.child.stdin.write("\u0003");
    const { code, stdout } = await cli.ended;
    expect(code).toBe(1);
    expect(stdout).toContain("Cancelled.");
  });

  it("asks about an unknown host key with its fingerprint, and takes no for an answer", async () => {
    const config = beside({ UserKnownHostsFile: "/nonexistent/known_hosts" });
    const cli = inTerminal(["gpus", "bad", "-F", config], join(files.folder, "declined"));
    const asked = await cli.until((shown) => shown.includes("(yes/no) "));
    expect(asked).toMatch(/bad is not known yet\. Its ssh-ed25519 key is SHA256:\S+\.\r?\n/);
    cli.child.stdin.write("no\n");
    expect(await cli.ended).toMatchObject({ code: 1, stdout: expect.stringContaining("Cancelled.") });
  });
});
