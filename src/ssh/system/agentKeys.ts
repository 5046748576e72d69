import { connect } from "node:net";
import { byte, messageCutter, string, wireReader } from "./wire";

// The agent's protocol: draft-ietf-sshm-ssh-agent, sections 4.5 and 7.
const requestIdentities = 11;
const identitiesAnswer = 12;
const maxAnswerBytes = 256 * 1024;
const deadlineMs = 3_000;

/** Key types of all identities an agent holds, also of those that ssh2 leaves out; empty where there is no agent. */
export function agentKeyTypes(path: string): Promise<string[]> {
  return new Promise((resolve) => {
    const socket = connect({ path });
    const finish = (types: string[]) => {
      resolve(types);
      socket.destroy();
    };
    socket.setTimeout(deadlineMs, () => finish([]));
    socket.on("connect", () => socket.write(string(byte(requestIdentities))));
    const cut = messageCutter(maxAnswerBytes, (message) => finish(typesOf(message)));
    socket.on("data", (chunk) => {
      try {
        cut(chunk);
      } catch {
        finish([]);
      }
    });
    socket.on("error", () => finish([]));
    socket.on("close", () => finish([]));
  });
}

function typesOf(message: Buffer): string[] {
  const reader = wireReader(message);
  if (reader.byte() !== identitiesAnswer) return [];
  const count = reader.uint32();
  const types: string[] = [];
  while (types.length < count) {
    types.push(wireReader(reader.bytes()).string());
    reader.bytes();
  }
  return types;
}
