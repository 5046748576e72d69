/**
 * Reports when a sample reached the screen: after the next frame's drawing, in a task of its own.
 * A sample replaced before its frame is not reported; it was never painted.
 */
export function paintReporter(report: (time: number) => void): (time: number) => void {
  let waiting: number | undefined;
  const afterPaint = new MessageChannel();
  afterPaint.port1.onmessage = () => {
    if (waiting === undefined) return;
    const time = waiting;
    waiting = undefined;
    report(time);
  };
  return (time) => {
    if (waiting === undefined) requestAnimationFrame(() => afterPaint.port2.postMessage(undefined));
    waiting = time;
  };
}
