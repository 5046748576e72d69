import { describe, expect, it } from "vitest";
import { readQuestion } from "../../../src/ssh/system/questions";

const read = (words: string, hint?: "none" | "confirm") => readQuestion({ words, hint });

describe("questions of ssh", () => {
  it("tells a host key's name, type and fingerprint", () => {
    const words = (name: string, type: string, extra: string) =>
      `The authenticity of host '${name}' can't be established.\n${type} key fingerprint is SHA256:0Pgc3Wp3VYtIfWqBnzXyTLvsYmeQ9kQ6kBvHYpSTvSk.\n${extra}Are you sure you want to continue connecting (yes/no/[fingerprint])? `;
    const fingerprint = "SHA256:0Pgc3Wp3VYtIfWqBnzXyTLvsYmeQ9kQ6kBvHYpSTvSk";
    expect(read(words("lab1 (192.0.2.7)", "ED25519", "This key is not known by any other names.\n"))).toEqual({
      kind: "hostKey",
      name: "lab1",
      keyType: "ssh-ed25519",
      fingerprint,
    });
    expect(read(words("[lab1]:2222 ([192.0.2.7]:2222)", "ECDSA", ""))).toMatchObject({
      name: "[lab1]:2222",
      keyType: "ecdsa-sha2-nistp256",
    });
    const warned =
      "The authenticity of host 'lab1 (192.0.2.7)' can't be established\nbut keys of different type are already known for this host.\nRSA key fingerprint is SHA256:abc.\nAre you sure you want to continue connecting (yes/no/[fingerprint])? ";
    expect(read(warned)).toMatchObject({ kind: "hostKey", keyType: "ssh-rsa", fingerprint: "SHA256:abc" });
  });

  it("tells passphrases, passwords, PINs and notices apart", () => {
    expect(read("Enter passphrase for key '/home/ada/my keys/id': ")).toEqual({
      kind: "passphrase",
      file: "/home/ada/my keys/id",
    });
    expect(read("ada@lab1's password: ")).toEqual({ kind: "password", account: "ada@lab1" });
    expect(read("Enter PIN for ED25519-SK key /home/ada/.ssh/id_ed25519_sk: ").kind).toBe("pin");
    expect(read("Enter PIN for 'Smart card': ").kind).toBe("pin");
    const touch = "Confirm user presence for key ED25519-SK SHA256:abc";
    expect(read(touch, "none")).toEqual({ kind: "notice", words: touch });
    expect(read("Add key /home/ada/.ssh/id (comment) to agent?", "confirm")).toEqual({ kind: "consent" });
    expect(read("Enter ada@lab1's old password: ").kind).toBe("other");
  });

  it("takes nothing that a server says for a question of ssh's own", () => {
    expect(read("(ada@lab1) Verification code: ")).toEqual({
      kind: "server",
      account: "ada@lab1",
      words: "Verification code: ",
    });
    expect(read("(ada@lab1) Enter passphrase for key '/home/ada/.ssh/id': ").kind).toBe("server");
    expect(read("(ada@lab1) \nThe authenticity of host 'x' can't be established.\n").kind).toBe("server");
  });
});
