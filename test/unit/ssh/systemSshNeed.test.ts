import { generateKeyPairSync } from "node:crypto";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { Failure } from "../../../src/core/failure";
import { needAfter, needBefore } from "../../../src/ssh/system/need";
import { string } from "../../../src/ssh/system/wire";
import { testOptions } from "./testOptions";

const folder = mkdtempSync(join(tmpdir(), "tensorline-need-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

let written = 0;
function file(text: string, name = `file${written++}`): string {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
}

const blob = (type: string) => Buffer.concat([string(type), string(Buffer.alloc(32, 7))]).toString("base64");
const publicLine = (type: string) => `${type} ${blob(type)} comment\n`;

/** A private key in OpenSSH's format, of which only the public half is real. */
function privateKey(type: string): string {
  const text = (value: string | Uint8Array) => string(value);
  const body = Buffer.concat([
    Buffer.from("openssh-key-v1\0"),
    text("none"),
    text("none"),
    text(""),
    Buffer.from([0, 0, 0, 1]),
    text(Buffer.from(blob(type), "base64")),
    text(Buffer.alloc(64)),
  ]);
  return `-----BEGIN OPENSSH PRIVATE KEY-----\n${body.toString("base64")}\n-----END OPENSSH PRIVATE KEY-----\n`;
}

const plainKey = () =>
  generateKeyPairSync("ec", { namedCurve: "P-256" }).privateKey.export({ type: "sec1", format: "pem" }).toString();
const plainFile = () => file(plainKey());
const securityKeyFile = () => file(privateKey("sk-ssh-ed25519@openssh.com"));
function certifiedFile(): string {
  const key = plainFile();
  writeFileSync(`${key}-cert.pub`, publicLine("ssh-ed25519-cert-v01@openssh.com"));
  return key;
}

/** The files that `ssh -G` names where the config names none; these are there. */
function defaults(files: Readonly<Record<string, string>>): string[] {
  const home = mkdtempSync(join(folder, "home-"));
  for (const [name, text] of Object.entries(files)) writeFileSync(join(home, name), text);
  const names = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa"];
  return names.map((name) => `identityfile ${join(home, name)}`);
}

function facts(lines: readonly string[], transport: "auto" | "ssh2" | "system" = "auto", identityFiles: string[] = []) {
  const client = { os: "linux", home: "/home/ada", user: "ada", env: { PATH: "/nonexistent" } } as const;
  const route = [{ host: { name: "lab1" }, options: testOptions(lines) }];
  const settings = { sshTransport: () => transport, identityFiles: () => identityFiles };
  const { signal } = new AbortController();
  return { route, client, settings, ownKnownHosts: join(folder, "own"), signal };
}

const refused = (accepted: readonly string[]) =>
  new Failure({ reason: "authenticationFailed", host: "lab1", user: "ada", tried: [], accepted });

describe("what needs the system's ssh before the first attempt", () => {
  const authority = () => file(`@cert-authority *.lab,lab1 ${publicLine("ssh-ed25519")}`);
  const authorityAndKey = () => file(`@cert-authority lab1 ${publicLine("ssh-rsa")}lab1 ${publicLine("ssh-ed25519")}`);
  it.each([
    ["nothing special", [], undefined],
    ["a smart card", ["pkcs11provider /usr/lib/opensc-pkcs11.so"], "smart card"],
    ["a command that knows hosts", ["knownhostscommand /usr/bin/knows %H"], "known hosts command"],
    ["a list of revoked keys", ["revokedhostkeys /etc/ssh/revoked"], "revoked host keys"],
    ["an authority for the host", [`userknownhostsfile ${authority()}`], "host certificate"],
    [
      "an authority for another host",
      [`userknownhostsfile ${file(`@cert-authority other ${publicLine("ssh-ed25519")}`)}`],
      undefined,
    ],
    ["a host that is known by a key as well", [`userknownhostsfile ${authorityAndKey()}`], undefined],
    ["a certificate of the config's", ["certificatefile /home/ada/cert.pub"], "certificate"],
    ["a certificate beside a key of the config's", [`identityfile ${certifiedFile()}`], "certificate"],
    ["a security key of the config's", [`identityfile ${securityKeyFile()}`], "security key"],
    ["a plain key of the config's", [`identityfile ${plainFile()}`], undefined],
    ["GSSAPI, which distributions ask for everywhere", ["gssapiauthentication yes"], undefined],
    [
      "a security key among plain ones, none named",
      defaults({ id_ecdsa: plainKey(), id_ed25519_sk: privateKey("sk-ssh-ed25519@openssh.com") }),
      undefined,
    ],
    [
      "a security key alone, not named",
      defaults({ id_ed25519_sk: privateKey("sk-ssh-ed25519@openssh.com") }),
      "security key",
    ],
  ])("%s", async (_what, lines, need) => {
    expect(await needBefore(facts(lines))).toBe(need);
    expect(await needBefore(facts(lines, "ssh2"))).toBeUndefined();
    expect(await needBefore(facts(lines, "system"))).toBe("setting");
  });

  it("takes a key file of the settings for named", async () => {
    expect(await needBefore(facts(defaults({}), "auto", [securityKeyFile()]))).toBe("security key");
  });
});

describe("what needs the system's ssh after ssh2 was refused", () => {
  const both = () => defaults({ id_ecdsa: plainKey(), id_ed25519_sk: privateKey("sk-ssh-ed25519@openssh.com") });

  it("tries the keys that ssh2 cannot use, where keys are taken", async () => {
    expect(await needAfter(refused(["publickey"]), true, facts(both()))).toBe("security key");
    expect(await needAfter(refused(["password"]), true, facts(both()))).toBeUndefined();
    expect(await needAfter(refused(["publickey"]), true, facts(both(), "ssh2"))).toBeUndefined();
  });

  it("tries Kerberos where config and server want it; before any question only with a ticket for sure", async () => {
    const lines = ["gssapiauthentication yes"];
    const server = refused(["gssapi-with-mic", "password"]);
    expect(await needAfter(server, true, facts(lines))).toBe("Kerberos");
    expect(await needAfter(server, false, facts(lines))).toBeUndefined();
    expect(await needAfter(refused(["password"]), true, facts(lines))).toBeUndefined();
    expect(await needAfter(server, true, facts([]))).toBeUndefined();
  });

  it("tries another exchange of keys, and nothing after any other failure", async () => {
    const failure = new Failure({ reason: "noCommonAlgorithm", host: "lab1", what: "key exchange" });
    expect(await needAfter(failure, true, facts([]))).toBe("key exchange");
    expect(
      await needAfter(new Failure({ reason: "connectionLost", host: "lab1" }), true, facts(both())),
    ).toBeUndefined();
    expect(await needAfter(new Error("a bug"), true, facts(both()))).toBeUndefined();
  });
});
