/** Reads again until the text is accepted; the last text says what was there when the spec's time is up. */
export async function textUntil(
  read: () => Promise<string>,
  accept: (text: string) => boolean,
  signal: AbortSignal,
): Promise<string> {
  for (;;) {
    const text = await read();
    if (accept(text)) return text;
    if (signal.aborted) throw new Error(`Still waiting; the last text was:\n${text}`);
  }
}
