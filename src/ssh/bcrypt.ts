import { createHash } from "node:crypto";
import bcrypt from "bcrypt-pbkdf";

/** One key of a key file may cost seconds; what asks for more than this is no key file anybody waits for. */
const mostRounds = 4096;
const hashSize = 32;

/**
 * The key derivation of OpenSSH's key files (bcrypt_pbkdf). Each round takes some ten milliseconds in JavaScript, sixteen and
 * more of them are usual: between rounds everything else goes on.
 * @returns undefined where the parameters make no sense
 */
export async function deriveKey(
  passphrase: string,
  salt: Buffer,
  rounds: number,
  length: number,
): Promise<Buffer | undefined> {
  const secret = sha512(Buffer.from(passphrase, "utf8"));
  const blocks = Math.ceil(length / hashSize);
  if (passphrase === "" || salt.length === 0 || rounds < 1 || rounds > mostRounds || blocks > hashSize)
    return undefined;
  const key = Buffer.alloc(blocks * hashSize);
  for (let block = 0; block < blocks; block++) {
    const counter = Buffer.alloc(4);
    counter.writeUInt32BE(block + 1);
    const sum = Buffer.alloc(hashSize);
    let last: Buffer = Buffer.concat([salt, counter]);
    for (let round = 0; round < rounds; round++) {
      await new Promise((resolve) => setImmediate(resolve));
      const out = Buffer.alloc(hashSize);
      bcrypt.hash(secret, sha512(last), out);
      for (let at = 0; at < hashSize; at++) sum[at] = (sum[at] ?? 0) ^ (out[at] ?? 0);
      last = out;
    }
    // The blocks are interleaved, so that none of the key comes from fewer rounds.
    for (let at = 0; at < hashSize; at++) key[at * blocks + block] = sum[at] ?? 0;
  }
  return key.subarray(0, length);
}

function sha512(data: Buffer): Buffer {
  return createHash("sha512").update(data).digest();
}
