/** One end of a forwarded port as `ssh -G` prints it: `[address]:port`, `port`, or the path of a socket. */
type End = string;

/**
 * The printed form of a `LocalForward` or `RemoteForward` (`listen target`) or of a dynamic one (`listen`); undefined
 * where the words, their variables expanded, make no sense.
 */
export function forwardOf(words: readonly string[], kind: "local" | "remote" | "dynamic"): string | undefined {
  const fields = fieldsOf(words.join(":").trimStart());
  if (!fields) return undefined;
  const dynamic = kind === "dynamic" || (kind === "remote" && words.length === 1);
  const { listen, target } = dynamic ? { listen: listenOnly(fields), target: socksTarget } : bothEnds(fields);
  if (listen === undefined || target === undefined) return undefined;
  // Only the server may choose a port to listen on.
  if ((kind !== "remote" && hasPortZero(listen)) || (!dynamic && hasPortZero(target))) return undefined;
  return kind === "dynamic" ? listen : `${listen} ${target}`;
}

/** Expands the tokens of those ends of a printed forward that are sockets. */
export function withExpandedSockets(printed: string, expand: (path: string) => string): string {
  return printed.replace(/\S+/g, (end) => (/^(?:\[[^\]]*\]:)?\d+$/.test(end) ? end : expand(end)));
}

function hasPortZero(end: End): boolean {
  return /(?:^|:)0$/.test(end);
}

/** What ssh prints where a SOCKS proxy stands in place of a target. */
const socksTarget = "[socks]:0";

interface Field {
  readonly text: string;
  readonly isPath: boolean;
}

function listenOnly([first, second, ...more]: readonly Field[]): End | undefined {
  if (more.length > 0) return undefined;
  if (second) return address(first, second);
  return first?.isPath ? first.text : port(first);
}

function bothEnds(fields: readonly Field[]): { listen?: End | undefined; target?: End | undefined } {
  const [a, b, c, d] = fields;
  switch (fields.length) {
    case 2:
      return b?.isPath ? { listen: a?.isPath ? a.text : port(a), target: b.text } : {};
    case 3:
      if (a?.isPath) return { listen: a.text, target: address(b, c) };
      if (c?.isPath) return { listen: address(a, b), target: c.text };
      return { listen: port(a), target: address(b, c) };
    case 4:
      return { listen: address(a, b), target: address(c, d) };
    default:
      return {};
  }
}

function port(field: Field | undefined): End | undefined {
  return field && /^\d{1,5}$/.test(field.text) && Number(field.text) <= 65535 ? String(Number(field.text)) : undefined;
}

function address(host: Field | undefined, field: Field | undefined): End | undefined {
  const number = port(field);
  return host && number !== undefined ? `[${host.text}]:${number}` : undefined;
}

/** Fields between colons; `[…]` holds colons of its own, `\` takes the next letter as it is. */
function fieldsOf(text: string): Field[] | undefined {
  const fields: Field[] = [];
  let rest = text;
  while (rest !== "") {
    const [whole, bracketed, bare = ""] = /^(?:\[([^\]]*)\](?=:|$)|((?:\\.|[^:\\])*)):?/s.exec(rest) ?? [];
    if (whole === undefined || whole === "" || (bracketed === undefined && bare.startsWith("["))) return undefined;
    const field = bracketed ?? bare.replace(/\\(.)/gs, "$1");
    fields.push({ text: field, isPath: field.includes("/") });
    rest = rest.slice(whole.length);
  }
  return fields.length > 4 ? undefined : fields;
}
