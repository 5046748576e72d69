/** Does asynchronous work for items in order, `width` of them begun before their turn. */
export async function* ahead<T, R>(
  items: Iterable<T>,
  width: number,
  work: (item: T) => Promise<R>,
): AsyncGenerator<R> {
  const begun: Promise<R>[] = [];
  for (const item of items) {
    const next = work(item);
    // Who fails later than another is heard by nobody.
    next.catch(() => {});
    begun.push(next);
    const first = begun.length > width ? begun.shift() : undefined;
    if (first) yield await first;
  }
  for (const next of begun) yield await next;
}
