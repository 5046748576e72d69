import ssh2, { type ParsedKey } from "ssh2";

/** An ed25519 key pair as files hold it, and its public half as the server compares it. */
export interface Keys {
  readonly privateText: string;
  readonly publicText: string;
  readonly publicKey: ParsedKey;
}

/** A new key pair. */
export function newKeys(): Keys {
  // ssh2 1.17 loses the first byte of a public key that begins with zero, one pair in 256, and cannot read that pair itself.
  for (;;) {
    const pair = ssh2.utils.generateKeyPairSync("ed25519");
    const publicKey = ssh2.utils.parseKey(pair.public);
    if (publicKey instanceof Error || ssh2.utils.parseKey(pair.private) instanceof Error) continue;
    return { privateText: pair.private, publicText: pair.public, publicKey };
  }
}
