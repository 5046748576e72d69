/** An address on the host's loopback that a job said it serves: TensorBoard, a notebook, a dashboard. */
export interface ServedUrl {
  readonly port: number;
  /** As printed, without what is not part of it. */
  readonly url: string;
}

export interface UrlReader {
  feed(chunk: Uint8Array): void;
  current(): readonly ServedUrl[];
}

const served = /https?:\/\/(?:localhost|127\.0\.0\.1|0\.0\.0\.0|\[::1?\]):(\d{1,5})(?:\/[\w./?=&%#~+-]{0,500})?/g;
const most = 5;
/** An address that is cut by two chunks is found by looking again at so much. */
const overlap = 600;

/** Finds addresses such as `http://localhost:6006/`, which TensorBoard 2 and Jupyter print; the newest of a port counts. */
export function createUrlReader(): UrlReader {
  const decoder = new TextDecoder("latin1");
  let rest = "";
  let found: readonly ServedUrl[] = [];
  return {
    feed(chunk) {
      const text = rest + decoder.decode(chunk);
      for (const [url, digits] of text.matchAll(served)) {
        const port = Number(digits);
        if (port < 1 || port > 65_535) continue;
        found = [...found.filter((one) => one.port !== port), { port, url }].slice(-most);
      }
      rest = text.slice(-overlap);
    },
    current: () => found,
  };
}
