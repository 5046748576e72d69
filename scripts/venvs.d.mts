export function ensureVenv(
  python: string,
  requirements: readonly string[],
  log?: (line: string) => void,
): Promise<string>;
