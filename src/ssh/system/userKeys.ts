import { listAgentKeys } from "../agentKeys";
import type { HostOptions } from "../hostOptions";
import { foreignKind, readKeyFile } from "../keyFile";

/** What only the system's ssh can use. */
export type ForeignKind = "certificate" | "security key";

/** What kinds of keys the user has for a host. */
export interface UserKeys {
  /** Named for this host by its config or by a setting. */
  readonly named: readonly ForeignKind[];
  readonly all: readonly ForeignKind[];
  /** There is a key that ssh2 can use. */
  readonly plain: boolean;
}

/** The files ssh tries where the config names none. */
const defaultNames = ["id_rsa", "id_ecdsa", "id_ecdsa_sk", "id_ed25519", "id_ed25519_sk", "id_xmss", "id_dsa"];

/** Looks at the files and the agent; nothing is decrypted or asked. `firstFiles`: named by a setting. */
export async function readUserKeys(
  options: HostOptions,
  firstFiles: readonly string[],
  signal: AbortSignal,
): Promise<UserKeys> {
  const files = [...new Set([...firstFiles, ...options.identityFiles])];
  const fromConfig = namesKeys(options.identityFiles);
  // `IdentitiesOnly` keeps the agent to what the files name, which is seen there.
  const agent = options.identitiesOnly ? undefined : options.agent;
  const [found, inAgent] = await Promise.all([
    Promise.all(files.map(readKeyFile)),
    agent === undefined ? undefined : listAgentKeys(agent, signal).catch(() => undefined),
  ]);
  const kinds = found.map((key): ForeignKind | undefined => {
    if (!("why" in key)) return key.certificate ? "certificate" : undefined;
    return key.why === "certificate" || key.why === "security key" ? key.why : undefined;
  });
  const configured: ForeignKind[] = options.certificateFiles.length > 0 ? ["certificate"] : [];
  const isNamed = (index: number) => fromConfig || firstFiles.includes(files[index] ?? "");
  const agentKinds = (inAgent?.foreignTypes ?? []).map(foreignKind);
  return {
    named: [...configured, ...kinds.filter((_kind, index) => isNamed(index))].filter((kind) => kind !== undefined),
    all: [...configured, ...kinds, ...agentKinds].filter((kind) => kind !== undefined),
    plain: found.some((key) => !("why" in key)) || (inAgent?.keys.length ?? 0) > 0,
  };
}

/** `ssh -G` prints the whole list of defaults where the config names no file. */
function namesKeys(files: readonly string[]): boolean {
  const names = files.map((file) => file.split(/[\\/]/).at(-1) ?? "");
  return !(names.length > 2 && names.every((name) => defaultNames.includes(name)));
}
