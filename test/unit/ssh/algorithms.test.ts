import { describe, expect, it } from "vitest";
import { offeredAlgorithms } from "../../../src/ssh/algorithms";

const known = ["rsa-sha2-512", "ssh-ed25519"] as const;

describe("offered algorithms", () => {
  it("are ssh2's own where the config names none, with the host keys in the order given", () => {
    expect(offeredAlgorithms("lab", {}, known)).toEqual({ serverHostKey: ["rsa-sha2-512", "ssh-ed25519"] });
  });

  it("are what ssh2 knows of the user's lists, in the user's order, AES-GCM first", () => {
    const wished = {
      ciphers: ["aes256-ctr", "aes256-gcm@openssh.com", "aes128-ctr", "unheard-of"],
      macs: ["hmac-sha2-512", "umac-64@openssh.com"],
      kex: ["sntrup761x25519-sha512@openssh.com", "curve25519-sha256"],
    };
    expect(offeredAlgorithms("lab", wished, known)).toMatchObject({
      cipher: ["aes256-gcm@openssh.com", "aes256-ctr", "aes128-ctr"],
      hmac: ["hmac-sha2-512"],
      kex: ["curve25519-sha256"],
    });
  });

  it("never hold a host key type by the user's list alone: SHA-1 stays out", () => {
    const hostKeys = ["ssh-rsa", "ssh-ed25519", "rsa-sha2-512"];
    expect(offeredAlgorithms("lab", { hostKeys }, known).serverHostKey).toEqual(["rsa-sha2-512", "ssh-ed25519"]);
    expect(() => offeredAlgorithms("lab", { hostKeys: ["ssh-rsa"] }, known)).toThrow("noCommonAlgorithm");
  });

  it.each(["ciphers", "macs", "kex"])("of which nothing remains are a failure: %s", (list) => {
    expect(() => offeredAlgorithms("lab", { [list]: ["unheard-of"] }, known)).toThrow("noCommonAlgorithm");
  });
});
