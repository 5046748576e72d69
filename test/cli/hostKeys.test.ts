import { execFileSync } from "node:child_process";
import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeKey, type Sshd, startSshd, withoutSshd } from "../ssh/sshd";
import { askBoth, complaint, tensorline } from "./cli";
import { gpuEnvironment, type HostBlock, loginTo, scratch } from "./hosts";

describe.skipIf(withoutSshd)(`keys of hosts${withoutSshd ? `: ${withoutSshd}` : ""}`, () => {
  const files = scratch();
  let server: Sshd;
  let fingerprint: string;

  beforeAll(async () => {
    server = await startSshd({ environment: gpuEnvironment(files.folder) });
    const listed = execFileSync("ssh-keygen", ["-lf", `${server.hostKeys[0]?.file}.pub`], { encoding: "utf8" });
    fingerprint = listed.split(" ")[1] ?? "";
  });
  afterAll(async () => {
    await server.dispose();
    await files.dispose();
  });

  const beside = (bad: HostBlock) => files.config({ good: loginTo(server), bad: loginTo(server, bad) });

  function knownHosts(name: string, line: string): string {
    const file = join(files.folder, name);
    writeFileSync(file, `${line}\n`);
    return file;
  }

  const unknown = { UserKnownHostsFile: "/nonexistent/known_hosts" };

  it("an unknown one is refused where nobody can be asked, with its fingerprint and the way out", async () => {
    const from = server.log().length;
    const { reason, message } = await askBoth(beside(unknown));
    expect(reason).toBe("hostKeyUnknown");
    expect(message).toContain(fingerprint);
    expect(message).toContain("--accept-new-host-key");
    expect(
      server
        .log()
        .slice(from)
        .match(/Accepted publickey/g),
    ).toHaveLength(1);
  });

  it("--accept-new-host-key trusts it and remembers it in our own store", async () => {
    const config = beside(unknown);
    const home = join(files.folder, "home");
    const ask = (...words: string[]) => tensorline(["gpus", "bad", "--json", "-F", config, ...words], { home });
    expect(await ask()).toMatchObject({ code: 1 });
    expect(await ask("--accept-new-host-key")).toMatchObject({ code: 0, stderr: "" });
    expect(await ask()).toMatchObject({ code: 0, stderr: "" });
    const key = server.hostKeys[0]?.publicKey.split(" ")[1];
    expect(readFileSync(join(home, "known_hosts"), "utf8")).toContain(key);
  });

  it("a changed one is refused even with --accept-new-host-key, and both fingerprints and the way out are told", async () => {
    const other = makeKey(join(files.folder, "other_key"), "ed25519");
    const file = knownHosts("changed", `[127.0.0.1]:${server.port} ${other.publicKey}`);
    const { reason, message } = await askBoth(beside({ UserKnownHostsFile: file }), ["--accept-new-host-key"]);
    expect(reason).toBe("hostKeyChanged");
    expect(message).toContain(fingerprint);
    expect(message.match(/SHA256:/g)).toHaveLength(2);
    expect(message).toContain(`ssh-keygen -R [127.0.0.1]:${server.port} -f ${file}`);
  });

  it("a changed one in our own store can be forgotten by the line that is shown", async () => {
    const other = makeKey(join(files.folder, "store_key"), "ed25519");
    const home = join(files.folder, "store");
    execFileSync("mkdir", ["-p", home]);
    const file = knownHosts("store/known_hosts", `[127.0.0.1]:${server.port} ${other.publicKey}`);
    const outcome = await tensorline(["gpus", "bad", "-F", beside(unknown), "--accept-new-host-key"], { home });
    expect(outcome).toMatchObject({ code: 1, stdout: "" });
    const message = complaint(outcome);
    expect(message).toContain(`${fingerprint} instead of SHA256:`);
    const [program = "", ...words] = (/run: (.*)\.$/.exec(message)?.[1] ?? "").split(" ");
    execFileSync(program, words, { stdio: "ignore" });
    expect(readFileSync(file, "utf8")).not.toContain(other.publicKey);
  });

  it("a revoked one is refused even with --accept-new-host-key", async () => {
    const line = `@revoked * ${server.hostKeys[0]?.publicKey}`;
    const file = knownHosts("revoked", line);
    const { reason, message } = await askBoth(beside({ UserKnownHostsFile: file }), ["--accept-new-host-key"]);
    expect(reason).toBe("hostKeyRevoked");
    expect(message).toContain(`${file}, line 1`);
  });
});
