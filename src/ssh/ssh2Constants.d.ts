/** ssh2 exports these only by their file; the lists depend on what the crypto library of the running program can do. */
declare module "ssh2/lib/protocol/constants.js" {
  import type { CipherAlgorithm, KexAlgorithm, MacAlgorithm } from "ssh2";

  const constants: {
    readonly SUPPORTED_CIPHER: readonly CipherAlgorithm[];
    readonly SUPPORTED_KEX: readonly KexAlgorithm[];
    readonly SUPPORTED_MAC: readonly MacAlgorithm[];
  };
  export default constants;
}
