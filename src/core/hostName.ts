import { isIPv6 } from "node:net";
import { Failure } from "./failure";

/** What a person typed for a host, taken apart: `[user@]name[:port]` or `[user@][v6]:port`. */
export interface HostName {
  readonly name: string;
  readonly user?: string;
  readonly port?: number;
}

// ssh refuses these so that a name can never become an option or shell text of a ProxyCommand.
const forbiddenInHost = /['`"$\\;&<>|(){}\s\p{Cc}]/u;
const forbiddenInUser = /['`";&<>|(){}\p{Cc}]/u;

/**
 * Reads a host as `ssh` would, by OpenSSH's character rules.
 * @throws Failure `badHostName`
 */
export function parseHostName(text: string): HostName {
  const bad = () => new Failure({ reason: "badHostName", host: text });
  const at = text.lastIndexOf("@");
  const user = at < 0 ? undefined : text.slice(0, at);
  if (user !== undefined && !isUserName(user)) throw bad();
  const address = splitPort(text.slice(at + 1));
  if (!address || !isHostName(address.name)) throw bad();
  return user === undefined ? address : { ...address, user };
}

/** Whether ssh would take this as a host; also for what a config file gives as `HostName`. */
export function isHostName(name: string): boolean {
  return name !== "" && !name.startsWith("-") && !forbiddenInHost.test(name);
}

/** Whether ssh would take this as a remote user. */
export function isUserName(user: string): boolean {
  return user !== "" && !/^-|\s-|\\$/.test(user) && !forbiddenInUser.test(user);
}

function splitPort(text: string): HostName | undefined {
  const bracketed = /^\[([^[\]]+)\](?::(\d+))?$/.exec(text);
  const plain = bracketed ?? /^([^:[\]]*)(?::(\d+))?$/.exec(text);
  if (!plain) return isIPv6(text) ? { name: text } : undefined;
  const [, name = "", digits] = plain;
  if (digits === undefined) return { name };
  const port = Number(digits);
  return port >= 1 && port <= 65535 ? { name, port } : undefined;
}
