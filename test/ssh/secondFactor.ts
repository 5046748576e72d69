import { createHmac } from "node:crypto";
import { existsSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { type Sshd, type SshdRequest, startSshd, withoutMounts } from "./sshd";

const modules = ["/lib", "/usr/lib"].flatMap((root) =>
  ["x86_64-linux-gnu/security", "aarch64-linux-gnu/security", "security"].map((folder) => join(root, folder)),
);
const verifier = modules.map((folder) => join(folder, "pam_google_authenticator.so")).find((file) => existsSync(file));

/** Why a server that asks for a verification code cannot be started here, or undefined when it can. */
export const withoutSecondFactor =
  withoutMounts ??
  (verifier === undefined ? "no PAM module for verification codes (Debian: libpam-google-authenticator)" : undefined);

/** 20 bytes; in base32 what the PAM module reads. */
const secret = { bytes: Buffer.alloc(20), base32: "A".repeat(32) };

/** A real sshd whose PAM asks for the password and, in a second round, for a verification code. */
export function startTwoFactorSshd(request: SshdRequest = {}): Promise<Sshd> {
  return startSshd({
    users: [{ password: "right" }],
    ...request,
    config: ["UsePAM yes", "KbdInteractiveAuthentication yes", ...(request.config ?? ["PubkeyAuthentication no"])],
    mounts(folder) {
      const [pam, codes] = [join(folder, "pam"), join(folder, "codes")];
      writeFileSync(codes, `${secret.base32}\n" WINDOW_SIZE 5\n" TOTP_AUTH\n`, { mode: 0o600 });
      writeFileSync(join(folder, "notice"), "Logged in with two factors.\n");
      const lines = [
        "auth required pam_unix.so",
        `auth required ${verifier} secret=${codes} user=root`,
        // What PAM says after the last question makes a round without one.
        `auth optional pam_echo.so file=${join(folder, "notice")}`,
        "account required pam_permit.so",
        "session required pam_permit.so",
      ];
      writeFileSync(pam, `${lines.join("\n")}\n`);
      return [`mount --bind ${pam} /etc/pam.d/sshd`];
    },
  });
}

/** The code of this half minute, by RFC 6238. */
export function verificationCode(): string {
  const counter = Buffer.alloc(8);
  counter.writeBigUInt64BE(BigInt(Math.floor(Date.now() / 30_000)));
  const digest = createHmac("sha1", secret.bytes).update(counter).digest();
  const offset = (digest.at(-1) ?? 0) & 15;
  return String((digest.readUInt32BE(offset) & 0x7fffffff) % 1_000_000).padStart(6, "0");
}
