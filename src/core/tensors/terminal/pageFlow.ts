import type { Flow } from "./flow";
import { createTail } from "./tail";

/** Output on its way to a page that says how much of it is in the picture, and that comes and goes. */
export interface PageFlow extends Flow {
  /** A page that knows nothing is there: it gets the end of all there was, then what comes. */
  show(): void;
  /** Nobody is there: what comes is kept for the next page, as far as it keeps. */
  hide(): void;
  /** So many characters of a view are in the picture. */
  taken(view: number, characters: number): void;
}

export interface PageFlowPorts {
  /** Begins anew: what is sent from now on belongs to this view. `text` is what was there before; answers to it are nobody's business. */
  begin(view: number, text: string): void;
  send(view: number, text: string): void;
}

/** Characters that a page gets again. */
const KEPT = 1024 * 1024;
/** Characters that a page may owe before it gets more. */
export const WINDOW = 256 * 1024;
/** One message at most so long, so that the page stays answerable between two. */
const MESSAGE = 64 * 1024;

/** Lets text through at the pace of the page. `moved` is called whenever less waits than before. */
export function createPageFlow({ begin, send }: PageFlowPorts, moved: () => void): PageFlow {
  const past = createTail(KEPT);
  let queue: string[] = [];
  let waiting = 0;
  let view = 0;
  let owed = 0;
  let isShown = false;
  let isOver = false;
  const whenDrained: (() => void)[] = [];

  const settle = () => {
    if (waiting > 0) return;
    for (const resolve of whenDrained.splice(0)) resolve();
  };

  /** Takes from the queue; the last piece is cut. */
  const take = (most: number): string => {
    const parts: string[] = [];
    let room = most;
    let used = 0;
    for (; used < queue.length && room > 0; used++) {
      const text = queue[used] ?? "";
      if (text.length > room) {
        parts.push(text.slice(0, room));
        queue[used] = text.slice(room);
        room = 0;
        break;
      }
      parts.push(text);
      room -= text.length;
    }
    queue = queue.slice(used);
    waiting -= most - room;
    return parts.join("");
  };

  const pump = () => {
    const before = waiting;
    while (waiting > 0 && (!isShown || owed < WINDOW)) {
      const text = take(isShown ? Math.min(MESSAGE, WINDOW - owed) : waiting);
      past.push(text);
      if (!isShown) continue;
      owed += text.length;
      send(view, text);
    }
    settle();
    if (waiting < before) moved();
  };

  return {
    push(text) {
      if (isOver || text === "") return;
      queue.push(text);
      waiting += text.length;
      pump();
    },
    waiting: () => waiting,
    drained: () => (waiting === 0 ? Promise.resolve() : new Promise((resolve) => whenDrained.push(resolve))),
    show() {
      isShown = true;
      view++;
      const text = fromLine(past.text());
      owed = text.length;
      begin(view, text);
      pump();
    },
    hide() {
      isShown = false;
      pump();
    },
    taken(of, characters) {
      // A page says what it likes: it cannot have taken more than it was sent.
      if (of !== view) return;
      owed = Math.max(0, owed - characters);
      pump();
    },
    dispose() {
      isOver = true;
      queue = [];
      waiting = 0;
      settle();
    },
  };
}

/** Where much is gone, from the first whole line: a sequence that was cut would be shown as text. */
function fromLine(text: string): string {
  return text.length < KEPT ? text : text.slice(text.indexOf("\n") + 1);
}
