/** What "Copy diagnostics" gathers. */
export interface Diagnostics {
  readonly versions: Readonly<Record<string, string>>;
  readonly hosts: readonly { name: string; state: string; tools: string }[];
  readonly figures: Readonly<Record<string, string>>;
  readonly log: readonly string[];
}

/** Names that must not leave the machine: replaced by what they are. */
export interface Private {
  readonly hosts: readonly string[];
  readonly users: readonly string[];
  readonly home: string;
}

/** Diagnostics as text for a bug report, without host names, user names, addresses and home folders. */
export function diagnosticsText(diagnostics: Diagnostics, secret: Private): string {
  const lines = [
    "Tensorline diagnostics (host, user and folder names removed)",
    "",
    ...Object.entries(diagnostics.versions).map(([name, version]) => `${name}: ${version}`),
    "",
    ...diagnostics.hosts.map((host) => `${host.name}: ${host.state}; ${host.tools}`),
    "",
    ...Object.entries(diagnostics.figures).map(([name, figure]) => `${name}: ${figure}`),
    "",
    ...diagnostics.log,
  ];
  return redact(lines.join("\n"), secret);
}

/** Replaces private names and addresses. Longer names first, so that no part of one survives. */
export function redact(text: string, secret: Private): string {
  const numbered = (names: readonly string[], word: string) =>
    [...new Set(names)].filter((name) => name.length > 1).map((name, index) => [name, `${word}${index + 1}`] as const);
  const replacements = [
    [secret.home, "~"] as const,
    ...numbered(secret.hosts, "host"),
    ...numbered(secret.users, "user"),
  ].sort((a, b) => b[0].length - a[0].length);
  let redacted = text;
  for (const [name, word] of replacements) if (name) redacted = redacted.replaceAll(name, word);
  return redacted
    .replace(/\b\d{1,3}(\.\d{1,3}){3}\b/g, "address")
    .replace(/\b(?:[0-9a-f]{1,4}:){3,7}[0-9a-f]{1,4}\b/gi, "address")
    .replace(/\bGPU-[0-9a-f-]{8,}\b/gi, "GPU-uuid");
}
