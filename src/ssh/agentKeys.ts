import type { Duplex } from "node:stream";
import { type BaseAgent, createAgent, type ParsedKey, utils } from "ssh2";
import { foreignKind } from "./keyFile";
import { keyTypeOf } from "./knownHosts";
import { readStrings } from "./wireStrings";

/** What an agent holds. */
export interface AgentKeys {
  readonly agent: BaseAgent;
  /** In the agent's order. */
  readonly keys: readonly ParsedKey[];
  /** Types of keys that ssh2 cannot use: certificates, security keys. */
  readonly foreignTypes: readonly string[];
}

const requestIdentities = Buffer.from([0, 0, 0, 1, 11]);
const identitiesAnswer = 12;
/** No agent of OpenSSH sends more. */
const longestAnswer = 256 * 1024;

/**
 * Asks an agent for its keys. ssh2's own question would not tell of keys it cannot use.
 * @throws Error in the agent's or the system's words
 */
export async function listAgentKeys(path: string, signal: AbortSignal): Promise<AgentKeys> {
  const agent = createAgent(path);
  const answer = await ask(agent, signal);
  if (answer[0] !== identitiesAnswer) throw new Error("it does not list its keys");
  const strings = readStrings(answer.subarray(5), 2 * answer.readUInt32BE(1));
  const keys: ParsedKey[] = [];
  const foreignTypes: string[] = [];
  for (let at = 0; at + 1 < strings.length; at += 2) {
    const [blob, comment] = strings.slice(at, at + 2);
    if (!blob || !comment) continue;
    const type = keyTypeOf(blob);
    // ssh2 takes the beginning of a certificate for a key.
    const key = foreignKind(type) ?? utils.parseKey(`${type} ${blob.toString("base64")} ${comment.toString("utf8")}`);
    if (typeof key === "string" || key instanceof Error) foreignTypes.push(type);
    else keys.push(...[key].flat());
  }
  return { agent, keys, foreignTypes };
}

/** The agent's answer without its length. */
function ask(agent: BaseAgent, signal: AbortSignal): Promise<Buffer> {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    if (!agent.getStream) return reject(new Error("it cannot be asked"));
    agent.getStream((error, stream?: Duplex) => {
      if (error || !stream) return reject(error ?? new Error("no connection"));
      let bytes = Buffer.alloc(0);
      const done = (act: () => void) => {
        signal.removeEventListener("abort", onAbort);
        act();
        stream.destroy();
      };
      const onAbort = () => done(() => reject(signal.reason));
      signal.addEventListener("abort", onAbort, { once: true });
      stream.on("error", (cause: Error) => done(() => reject(cause)));
      stream.on("close", () => done(() => reject(new Error("it hung up"))));
      stream.on("data", (chunk: Buffer) => {
        bytes = Buffer.concat([bytes, chunk]);
        const length = bytes.length < 4 ? undefined : bytes.readUInt32BE(0);
        if (length === undefined) return;
        if (length < 5 || length > longestAnswer) done(() => reject(new Error("its answer cannot be understood")));
        else if (bytes.length >= 4 + length) done(() => resolve(bytes.subarray(4, 4 + length)));
      });
      stream.write(requestIdentities);
    });
  });
}
