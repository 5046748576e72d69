import { spawn } from "node:child_process";
import { lookup, resolveCname } from "node:dns/promises";
import { networkInterfaces } from "node:os";
import type { ClientFacts } from "../../core/ports";
import { inClientShell } from "../clientShell";

/** What reading a config may ask of the client's system; injected so that tests need no network and start nothing. */
export interface ConfigEffects {
  /** Looks a name up; undefined where it has no address. `alias`: the name that it is another name of. */
  lookup(name: string): Promise<{ readonly alias?: string } | undefined>;
  /** Runs a command of `Match exec` in the user's shell; true when it ends with 0. Ends it at `signal`. */
  succeeds(command: string, signal: AbortSignal): Promise<boolean>;
  /** The client's own addresses. */
  addresses(): readonly string[];
}

/** The client's own resolver, shell and network. */
export function systemEffects(client: ClientFacts): ConfigEffects {
  return {
    lookup: lookUp,
    succeeds: (command, signal) => {
      const { file, args, verbatim } = inClientShell(command, client);
      return new Promise((resolve, reject) => {
        const child = spawn(file, args, {
          stdio: ["ignore", "ignore", "ignore"],
          env: { ...client.env },
          windowsHide: true,
          windowsVerbatimArguments: verbatim,
          signal,
        });
        child.once("error", reject);
        child.once("close", (code) => resolve(code === 0));
      });
    },
    addresses: () => Object.values(networkInterfaces()).flatMap((found) => found?.map(({ address }) => address) ?? []),
  };
}

async function lookUp(name: string): Promise<{ alias?: string } | undefined> {
  try {
    await lookup(name);
  } catch {
    return undefined;
  }
  let alias: string | undefined;
  // An alias may be one of another; more than a few are a loop.
  for (let hops = 0; hops < 8; hops++) {
    const [next] = await resolveCname(alias ?? name).catch((): string[] => []);
    if (next === undefined) break;
    alias = next;
  }
  return alias === undefined ? {} : { alias };
}
