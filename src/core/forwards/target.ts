import type { TcpTarget } from "../remote";

/** What people run on GPU machines and look at in a browser, by its usual port. */
export const knownServices: ReadonlyMap<number, string> = new Map([
  [6006, "TensorBoard"],
  [8888, "Jupyter"],
  [8265, "Ray dashboard"],
  [8000, "web server"],
  [8080, "web server"],
  [5000, "MLflow"],
  [7860, "Gradio"],
  [8501, "Streamlit"],
  [8787, "Dask dashboard"],
]);

/**
 * Reads `PORT`, `host:port` or `[address]:port`, and a web address such as Jupyter prints; without a host it is the
 * host's own `localhost`. Undefined where it is none of these.
 */
export function parseTarget(text: string): TcpTarget | undefined {
  const bare = text.trim().replace(/^https?:\/\/([^/?#]+).*$/i, "$1");
  const [, bracketed, plain, digits] = /^(?:(?:\[([0-9a-fA-F:.]+)\]|([A-Za-z0-9_.-]+)):)?(\d{1,5})$/.exec(bare) ?? [];
  const port = Number(digits);
  const host = bracketed ?? plain ?? "localhost";
  if (!(port >= 1 && port <= 65_535) || host.startsWith("-") || host.length > 255) return undefined;
  return { host: host === "127.0.0.1" ? "localhost" : host, port };
}

/** `6006` for a port of the host itself, else `host:port`. */
export function targetName({ host, port }: TcpTarget): string {
  if (host === "localhost") return String(port);
  return host.includes(":") ? `[${host}]:${port}` : `${host}:${port}`;
}

export function sameTarget(a: TcpTarget, b: TcpTarget): boolean {
  return a.host === b.host && a.port === b.port;
}
