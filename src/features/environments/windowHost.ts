/** The host that a window of Remote-SSH is on, from the authority of its folders (`ssh-remote+lab1`); undefined elsewhere. */
export function windowHost(authority: string | undefined): string | undefined {
  const encoded = authority === undefined ? undefined : /^ssh-remote\+(.+)$/.exec(authority)?.[1];
  if (encoded === undefined) return undefined;
  const name = decodeURIComponent(encoded);
  // Names with capitals or unusual characters travel as the hexadecimal digits of JSON.
  if (!/^(?:[0-9a-f]{2})+$/i.test(name)) return name;
  try {
    const text = new TextDecoder().decode(
      Uint8Array.from(name.match(/../g) ?? [], (digits) => Number.parseInt(digits, 16)),
    );
    const { hostName } = JSON.parse(text) as { hostName?: unknown };
    return typeof hostName === "string" ? hostName : name;
  } catch {
    return name;
  }
}
