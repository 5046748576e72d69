import type { Clock } from "../../clock";
import type { Disposable } from "../../lifecycle";

/** Output on its way to a screen that cannot say when it has had enough. */
export interface Flow extends Disposable {
  /** In their order; at once where there is room. */
  push(text: string): void;
  /** Characters that have not gone to the screen yet. */
  waiting(): number;
  /** Resolves once nothing waits; at once after `dispose`. */
  drained(): Promise<void>;
}

/** Characters a millisecond: 5 MB/s of the text that programs print. */
const PACE = 5_000;
/** What goes at once after a pause, and at each beat. */
const BURST = 80_000;
const beatMs = 16;

/** Lets text through at the pace of VS Code's terminal. `moved` is called whenever less waits than before. */
export function createFlow(clock: Clock, write: (text: string) => void, moved: () => void): Flow {
  let queue: string[] = [];
  let waiting = 0;
  let credit = BURST;
  let creditAt = clock.monotonic();
  let beat: Disposable | undefined;
  let isOver = false;
  let whenDrained: (() => void)[] = [];

  const earn = () => {
    const now = clock.monotonic();
    credit = Math.min(BURST, credit + (now - creditAt) * PACE);
    creditAt = now;
  };

  const send = (text: string) => {
    credit -= text.length;
    write(text);
  };

  const pump = () => {
    beat = undefined;
    earn();
    const parts: string[] = [];
    let room = Math.floor(credit);
    let used = 0;
    for (; used < queue.length && room > 0; used++) {
      const text = queue[used] ?? "";
      const cut = text.length <= room ? text.length : wholeCharacters(text, room);
      parts.push(text.slice(0, cut));
      room -= cut;
      if (cut === text.length) continue;
      queue[used] = text.slice(cut);
      break;
    }
    queue = queue.slice(used);
    const text = parts.join("");
    waiting -= text.length;
    if (text) send(text);
    if (waiting > 0) beat = clock.after(beatMs, pump);
    else settle();
    moved();
  };

  const settle = () => {
    const all = whenDrained;
    whenDrained = [];
    for (const resolve of all) resolve();
  };

  return {
    push(text) {
      if (isOver || text === "") return;
      earn();
      if (waiting === 0 && text.length <= credit) return send(text);
      queue.push(text);
      waiting += text.length;
      beat ??= clock.after(beatMs, pump);
    },
    waiting: () => waiting,
    drained: () => (waiting === 0 ? Promise.resolve() : new Promise((resolve) => whenDrained.push(resolve))),
    dispose() {
      isOver = true;
      beat?.dispose();
      queue = [];
      waiting = 0;
      settle();
    },
  };
}

/** No more than `most` of the text, and no half of a pair of surrogates; at least one character. */
function wholeCharacters(text: string, most: number): number {
  const last = text.charCodeAt(most - 1);
  const isHalf = last >= 0xd800 && last < 0xdc00;
  return isHalf ? (most > 1 ? most - 1 : 2) : most;
}
