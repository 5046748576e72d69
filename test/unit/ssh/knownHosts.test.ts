import { createHmac } from "node:crypto";
import { describe, expect, it } from "vitest";
import { orderAlgorithms } from "../../../src/ssh/hostKeys";
import {
  fingerprint,
  judgeHostKey,
  keyTypeOf,
  knownHostName,
  knownKeyTypes,
  parseKnownHosts,
} from "../../../src/ssh/knownHosts";

/** A key of the right wire form; its number stands for its secret half. */
function key(type: string, number: number): Buffer {
  const body = Buffer.alloc(40, number);
  const name = Buffer.from(type);
  const length = Buffer.alloc(4);
  length.writeUInt32BE(name.length);
  return Buffer.concat([length, name, body]);
}

const ed = key("ssh-ed25519", 1);
const edOther = key("ssh-ed25519", 2);
const rsa = key("ssh-rsa", 3);
const line = (hosts: string, blob: Buffer, marker = "") =>
  `${marker}${hosts} ${keyTypeOf(blob)} ${blob.toString("base64")}`;
const judge = (lines: readonly string[], name: string, offered: Buffer) =>
  judgeHostKey(parseKnownHosts(lines.join("\n"), "known_hosts"), name, offered);

describe("known hosts", () => {
  it("knows a host by name, by one name of a list, and in any letter case", () => {
    expect(judge([line("lab", ed)], "lab", ed)).toEqual({ kind: "known" });
    expect(judge([line("a,Lab,10.0.0.1", ed)], "lab", ed)).toEqual({ kind: "known" });
    expect(judge([line("lab", ed)], "lab2", ed)).toEqual({ kind: "unknown", knownTypes: [] });
  });

  it("keeps ports apart", () => {
    expect(knownHostName("Lab", 22)).toBe("lab");
    expect(knownHostName("Lab", 2222)).toBe("[lab]:2222");
    expect(knownHostName("10.0.0.1", 2222, "Alias")).toBe("alias");
    expect(judge([line("lab", ed)], "[lab]:2222", ed).kind).toBe("unknown");
    expect(judge([line("[lab]:2222", ed)], "[lab]:2222", ed).kind).toBe("known");
    expect(judge([line("[lab]:2222", ed)], "lab", ed).kind).toBe("unknown");
  });

  it("follows wildcards and negation", () => {
    expect(judge([line("*.lab,!bad.lab", ed)], "good.lab", ed).kind).toBe("known");
    expect(judge([line("*.lab,!bad.lab", ed)], "bad.lab", ed).kind).toBe("unknown");
    expect(judge([line("[*]:22?2", ed)], "[x]:2222", ed).kind).toBe("known");
  });

  it("finds hashed names", () => {
    const salt = Buffer.alloc(20, 7);
    const digest = createHmac("sha1", salt).update("[lab]:2222").digest("base64");
    const hashed = `|1|${salt.toString("base64")}|${digest}`;
    expect(judge([line(hashed, ed)], "[lab]:2222", ed).kind).toBe("known");
    expect(judge([line(hashed, ed)], "lab", ed).kind).toBe("unknown");
  });

  it("calls the same type with another key changed, and another type alone unknown", () => {
    expect(judge(["", line("lab", edOther)], "lab", ed)).toMatchObject({
      kind: "changed",
      known: { file: "known_hosts", line: 2 },
    });
    expect(judge([line("lab", rsa)], "lab", ed)).toEqual({ kind: "unknown", knownTypes: ["ssh-rsa"] });
    expect(judge([line("lab", edOther), line("lab", ed)], "lab", ed).kind).toBe("known");
  });

  it("lets a revocation beat every other line", () => {
    expect(judge([line("lab", ed), line("*", ed, "@revoked ")], "lab", ed)).toMatchObject({
      kind: "revoked",
      known: { line: 2 },
    });
    expect(judge([line("lab", ed), line("*", edOther, "@revoked ")], "lab", ed).kind).toBe("known");
  });

  it("never takes an authority's line for the host's own key", () => {
    expect(judge([line("*", ed, "@cert-authority ")], "lab", ed)).toEqual({ kind: "unknown", knownTypes: [] });
    expect(judge([line("*", edOther, "@cert-authority ")], "lab", ed).kind).toBe("unknown");
  });

  it("leaves out what it cannot read and reads the rest, with Windows line ends and a byte order mark too", () => {
    const text = [
      "\uFEFF# comment",
      "lab",
      "lab ssh-ed25519",
      "lab ssh-ed25519 not*base64",
      `lab ssh-rsa ${ed.toString("base64")}`,
      "@strange lab ssh-ed25519 AAAA",
      `${line("lab", ed)} a comment`,
    ].join("\r\n");
    expect(parseKnownHosts(text, "f")).toMatchObject([{ hosts: "lab", keyType: "ssh-ed25519", line: 7 }]);
  });

  it("shows a fingerprint as ssh does", () => {
    expect(fingerprint(Buffer.from("abc"))).toBe("SHA256:ungWv48Bz+pBQUDeXa4iI7ADYaOWF3qctBD/YfIAFa0");
  });

  it("survives keys that are none", () => {
    expect(keyTypeOf(Buffer.alloc(0))).toBe("");
    expect(keyTypeOf(Buffer.from([255, 255, 255, 255, 1]))).toBe("");
    expect(judge([line("lab", ed)], "lab", Buffer.from("junk"))).toEqual({
      kind: "unknown",
      knownTypes: ["ssh-ed25519"],
    });
  });
});

describe("the order of host key algorithms", () => {
  it("puts known types first", () => {
    const lines = parseKnownHosts([line("lab", key("ecdsa-sha2-nistp256", 4)), line("lab", rsa)].join("\n"), "f");
    expect(orderAlgorithms(knownKeyTypes(lines, "lab")).slice(0, 3)).toEqual([
      "ecdsa-sha2-nistp256",
      "rsa-sha2-512",
      "rsa-sha2-256",
    ]);
  });

  it("offers SHA-1 only to a host known by an RSA key alone", () => {
    expect(orderAlgorithms([])).not.toContain("ssh-rsa");
    expect(orderAlgorithms(["ssh-rsa", "ssh-ed25519"])).not.toContain("ssh-rsa");
    expect(orderAlgorithms(["ssh-rsa"]).slice(0, 3)).toEqual(["rsa-sha2-512", "rsa-sha2-256", "ssh-rsa"]);
  });
});
