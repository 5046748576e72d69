/** Ports of this machine that a program said it serves, the newest first, each once: `http://localhost:6006/`. */
export function portsInLog(text: string): readonly number[] {
  const found = [
    ...text.matchAll(/\bhttps?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]|[\w.-]{1,253}):(\d{1,5})\b/g),
  ]
    .map((match) => Number(match[1]))
    .filter((port) => port > 0 && port < 65_536);
  return [...new Set(found.reverse())];
}
