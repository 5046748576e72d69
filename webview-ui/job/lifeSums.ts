type Values = readonly (number | null)[];

/** The mean, each reading weighed by how long it stood; where nobody looked counts for nothing. Undefined without readings. */
export function meanOverTime(times: readonly number[], values: Values): number | undefined {
  let sum = 0;
  let length = 0;
  for (let at = 0; at + 1 < times.length; at++) {
    const value = values[at];
    if (value === null || value === undefined || (values[at + 1] ?? null) === null) continue;
    const stood = (times[at + 1] ?? 0) - (times[at] ?? 0);
    sum += value * stood;
    length += stood;
  }
  return length > 0 ? sum / length : (values.find((value) => value !== null) ?? undefined);
}

/** The largest reading; undefined without readings. */
export function peakOf(values: Values): number | undefined {
  const known = values.filter((value) => value !== null);
  return known.length === 0 ? undefined : known.reduce((most, value) => Math.max(most, value));
}
