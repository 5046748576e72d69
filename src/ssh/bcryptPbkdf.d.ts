/** The package that ssh2 itself uses, which tells nothing of its types. */
declare module "bcrypt-pbkdf" {
  const bcrypt: {
    /** Writes 32 bytes to `out`; both inputs are SHA-512 digests. */
    hash(secret: Uint8Array, salt: Uint8Array, out: Uint8Array): void;
  };
  export default bcrypt;
}
