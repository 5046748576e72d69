/**
 * The hops of a `ProxyJump`, the first one to reach first, each as `[user@]name[:port]`; undefined where ssh would not
 * take it. The last one is written as ssh writes it: an address in brackets, no scheme.
 */
export function splitJumps(text: string): string[] | undefined {
  if (text.toLowerCase() === "none") return ["none"];
  const hops = text.split(",");
  const read = hops.map(readHop);
  const last = read.at(-1);
  if (last === undefined || read.includes(undefined)) return undefined;
  return [...hops.slice(0, -1), printHop(last)];
}

interface Hop {
  readonly user?: string;
  readonly name: string;
  readonly port?: number;
}

/** Reads `[user@]name[:port]` or `ssh://[user@]name[:port]`. */
export function readHop(text: string): Hop | undefined {
  const plain = text.replace(/^ssh:\/\//i, "").replace(/\/$/, "");
  const [, user, bracketed, bare = "", digits] = /^(?:(.*)@)?(?:\[([^\]]*)\]|([^:]*))(?::(\d*))?$/.exec(plain) ?? [];
  const name = bracketed ?? bare;
  const port = digits === undefined ? undefined : Number(digits);
  if (name === "" || user === "" || port === 0 || (port ?? 1) > 65535) return undefined;
  return { name, ...(user === undefined ? {} : { user }), ...(port === undefined ? {} : { port }) };
}

/** Writes a hop as ssh does: an address stands in brackets. */
export function printHop({ user, name, port }: Hop): string {
  const isAddress = name.includes(":") || /^[\d.]+$/.test(name);
  return `${user === undefined ? "" : `${user}@`}${isAddress ? `[${name}]` : name}${port === undefined ? "" : `:${port}`}`;
}
