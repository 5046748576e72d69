import type { Algorithms, ServerHostKeyAlgorithm } from "ssh2";
import constants from "ssh2/lib/protocol/constants.js";
import { Failure } from "../core/failure";
import type { HostOptions } from "./hostOptions";

/**
 * What is offered to a server: the user's lists, as far as ssh2 knows what they name, in the user's order. Where the user
 * allows AES-GCM it goes first: Node does it natively, which ssh2's ChaCha20 is not without its native part.
 * @param hostKeys the types for this host, known ones first; the user's list only narrows them
 * @throws Failure `noCommonAlgorithm` where nothing remains of a list
 */
export function offeredAlgorithms(
  host: string,
  wished: HostOptions["algorithms"],
  hostKeys: readonly ServerHostKeyAlgorithm[],
): Algorithms {
  const choose = <T extends string>(what: string, list: readonly string[], known: readonly T[]): T[] => {
    const rest = list.flatMap((name) => known.find((algorithm) => algorithm === name) ?? []);
    if (rest.length === 0) throw new Failure({ reason: "noCommonAlgorithm", host, what });
    return rest;
  };
  const { ciphers, macs, kex, hostKeys: types } = wished;
  const offered: Algorithms = { serverHostKey: [...hostKeys] };
  if (types)
    offered.serverHostKey = choose(
      "host key type",
      hostKeys.filter((type) => types.includes(type)),
      hostKeys,
    );
  if (kex) offered.kex = choose("key exchange", kex, constants.SUPPORTED_KEX);
  if (macs) offered.hmac = choose("MAC", macs, constants.SUPPORTED_MAC);
  if (ciphers) {
    const allowed = choose("cipher", ciphers, constants.SUPPORTED_CIPHER);
    const isGcm = (name: string) => name.includes("-gcm");
    offered.cipher = [...allowed.filter(isGcm), ...allowed.filter((name) => !isGcm(name))];
  }
  return offered;
}
