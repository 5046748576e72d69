/** How long samples take from their arrival in the extension to the paint in a page, for the diagnostics and the bench. */
export interface PaintTimes {
  arrived(time: number): void;
  painted(time: number, paintedAt: number): void;
  /** Milliseconds, in the order of arrival; the last thousand. */
  latencies(): readonly number[];
}

const kept = 1000;

export function createPaintTimes(now: () => number): PaintTimes {
  const arrivals = new Map<number, number>();
  const latencies: number[] = [];
  return {
    arrived(time) {
      arrivals.set(time, now());
      if (arrivals.size > kept) arrivals.delete(arrivals.keys().next().value as number);
    },
    painted(time, paintedAt) {
      const arrived = arrivals.get(time);
      if (arrived === undefined) return;
      arrivals.delete(time);
      latencies.push(Math.max(0, paintedAt - arrived));
      if (latencies.length > kept) latencies.shift();
    },
    latencies: () => latencies,
  };
}
