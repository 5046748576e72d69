import { access } from "node:fs/promises";
import type { ClientFacts } from "../core/ports";
import type { TcpTarget } from "../core/remote";
import { envOf, pathsOf } from "./clientPaths";

/** What a well-known proxy program was asked to do. */
export interface ProxyUse {
  readonly program: string;
  readonly protocol: "http" | "socks4" | "socks5" | "none";
  /** The proxy; where there is none, the target. */
  readonly server: TcpTarget;
  readonly target: TcpTarget;
}

/** A command of which the shell would make more than words. */
const needsShell = /[|&;<>()$`*?{}!^\n]/;

/**
 * The proxy a command means, where Tensorline can speak to it by itself and has to: the program is one of `nc`, `ncat`,
 * `connect` and `corkscrew`, used in a simple way, and it does not exist on the client.
 */
export async function builtInProxy(command: string, client: ClientFacts): Promise<ProxyUse | undefined> {
  const proxy = parseProxyCommand(command);
  return proxy && !(await isProgram(proxy.program, client)) ? proxy : undefined;
}

/** Reads the simple uses of the well-known proxy programs; undefined: anything else. */
export function parseProxyCommand(command: string): ProxyUse | undefined {
  if (needsShell.test(command)) return undefined;
  const [first, ...args] = [...command.matchAll(/"([^"]*)"|'([^']*)'|(\S+)/g)].map(
    ([, double, single, bare]) => double ?? single ?? bare ?? "",
  );
  const [program, ...rest] = first === "exec" ? args : [first ?? "", ...args];
  if (program === undefined) return undefined;
  const name = (program.split(/[\\/]/).pop() ?? "").toLowerCase().replace(/\.exe$/, "");
  const read = dialects[name];
  const found = read?.(rest);
  return found && { program, ...found };
}

type Found = Omit<ProxyUse, "program">;

const netcat = (args: readonly string[]): Found | undefined => {
  const read = readOptions(args, { values: "Xxw", flags: "v46" });
  if (!read) return undefined;
  const target = addressOf(read.words);
  const through = read.options.get("x");
  if (!target) return undefined;
  if (through === undefined) return { protocol: "none", server: target, target };
  const protocol = ({ "4": "socks4", "5": "socks5", connect: "http" } as const)[read.options.get("X") ?? "5"];
  const server = splitAddress(through, protocol === "http" ? 3128 : 1080);
  return protocol && server && { protocol, server, target };
};

const ncat = (args: readonly string[]): Found | undefined => {
  const spread = args.flatMap((arg) => /^(--[a-z-]+)=(.*)$/.exec(arg)?.slice(1, 3) ?? [arg]);
  const words: string[] = [];
  let through: string | undefined;
  let type = "http";
  for (let at = 0; at < spread.length; at++) {
    const arg = spread[at] ?? "";
    if (arg === "--proxy") through = spread[++at];
    else if (arg === "--proxy-type") type = spread[++at] ?? "";
    else if (arg.startsWith("-") && !/^-[v46]+$|^--verbose$/.test(arg)) return undefined;
    else if (!arg.startsWith("-")) words.push(arg);
  }
  const target = addressOf(words);
  if (!target) return undefined;
  if (through === undefined) return { protocol: "none", server: target, target };
  if (type !== "http" && type !== "socks4" && type !== "socks5") return undefined;
  const server = splitAddress(through, type === "http" ? 3128 : 1080);
  return server && { protocol: type, server, target };
};

const connectProxy = (args: readonly string[]): Found | undefined => {
  const read = readOptions(args, { values: "HSRw", flags: "d45n" });
  const target = read && addressOf(read.words);
  if (!read || !target) return undefined;
  const [http, socks] = [read.options.get("H"), read.options.get("S")];
  if (http !== undefined) {
    const server = splitAddress(http, 80);
    return server && { protocol: "http", server, target };
  }
  if (socks === undefined) return { protocol: "none", server: target, target };
  const server = splitAddress(socks, 1080);
  return server && { protocol: read.options.has("4") ? "socks4" : "socks5", server, target };
};

const corkscrew = (args: readonly string[]): Found | undefined => {
  const server = addressOf(args.slice(0, 2));
  const target = addressOf(args.slice(2));
  return server && target && { protocol: "http", server, target };
};

const dialects: Readonly<Record<string, (args: readonly string[]) => Found | undefined>> = {
  nc: netcat,
  netcat,
  ncat,
  connect: connectProxy,
  "connect-proxy": connectProxy,
  corkscrew,
};

/** One-letter options, with their values beside or behind them; undefined where there is another one. */
function readOptions(args: readonly string[], known: { values: string; flags: string }) {
  const options = new Map<string, string>();
  const words: string[] = [];
  for (let at = 0; at < args.length; at++) {
    const arg = args[at] ?? "";
    if (!arg.startsWith("-")) {
      words.push(arg);
      continue;
    }
    for (let letter = 1; letter < arg.length; letter++) {
      const option = arg.charAt(letter);
      if (known.values.includes(option)) {
        options.set(option, arg.slice(letter + 1) || (args[++at] ?? ""));
        break;
      }
      if (!known.flags.includes(option)) return undefined;
      options.set(option, "");
    }
  }
  return { options, words };
}

function addressOf([host, port, ...more]: readonly string[]): TcpTarget | undefined {
  return host !== undefined && port !== undefined && more.length === 0 ? addressAt(host, Number(port)) : undefined;
}

/** `name:port`, `[v6]:port` or `name`; a name with a user asks for a password and is left to the program. */
function splitAddress(text: string, defaultPort: number): TcpTarget | undefined {
  const [, bracketed, plain, port] = /^(?:\[([^\]]+)\]|([^:@]+))(?::(\d+))?$/.exec(text) ?? [];
  const host = bracketed ?? plain;
  return host === undefined ? undefined : addressAt(host, port === undefined ? defaultPort : Number(port));
}

function addressAt(host: string, port: number): TcpTarget | undefined {
  return host !== "" && Number.isInteger(port) && port > 0 && port <= 65535 ? { host, port } : undefined;
}

async function isProgram(program: string, client: ClientFacts): Promise<boolean> {
  const paths = pathsOf(client);
  const windows = client.os === "win32";
  const folders = /[\\/]/.test(program) ? [""] : (envOf(client, "PATH") ?? "").split(paths.delimiter);
  const endings = windows ? ["", ".exe", ".com", ".cmd", ".bat"] : [""];
  const files = folders.flatMap((folder) => endings.map((ending) => paths.join(folder, `${program}${ending}`)));
  const found = await Promise.all(
    files.map((file) =>
      access(file).then(
        () => true,
        () => false,
      ),
    ),
  );
  return found.includes(true);
}
