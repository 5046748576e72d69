import type { Clock } from "../../core/clock";
import type { Disposable } from "../../core/lifecycle";
import type { LogBytes } from "./logRing";
import { createThrottle } from "./throttle";

/**
 * Sends a log to a page that says what it has taken: never more than `window` bytes are on their way, and no more than ten
 * messages a second where little comes.
 */
export interface LogSender extends Disposable {
  /** From now on this is sent, from `at` on; what the page still owes of the view before does not count. */
  begin(view: number, source: LogBytes, at: number): void;
  /** The source has grown. */
  grown(): void;
  /** The page has painted so many bytes of a view. */
  taken(view: number, bytes: number): void;
  /** Position up to which the page has painted. */
  readonly paintedTo: number;
}

/** One message at most so long, so that the page stays answerable between two. */
const messageBytes = 128 * 1024;
const everyMs = 100;

/** `send` is called with memory that nobody else uses. */
export function createLogSender(
  window: number,
  clock: Clock,
  send: (view: number, bytes: Uint8Array<ArrayBuffer>) => void,
): LogSender {
  let view = 0;
  let source: LogBytes | undefined;
  let sent = 0;
  let painted = 0;

  /** Sends what may be sent, in whole messages or to the end. */
  function pump(): void {
    if (!source) return;
    while (sent < source.end && sent - painted < window) {
      const room = window - (sent - painted);
      const bytes = source.slice(sent, sent + Math.min(room, messageBytes));
      if (bytes.length === 0) return;
      sent += bytes.length;
      send(view, bytes);
    }
  }

  const seldom = createThrottle(clock, everyMs, pump);
  const grown = () => {
    if (source && source.end - sent >= messageBytes) pump();
    else if (source && source.end > sent) seldom.ask();
  };

  return {
    begin(nextView, nextSource, at) {
      view = nextView;
      source = nextSource;
      sent = at;
      painted = at;
      pump();
    },
    grown,
    taken(ofView, bytes) {
      // A page says what it likes: it cannot have taken more than it was sent.
      if (ofView !== view) return;
      painted = Math.min(sent, painted + bytes);
      grown();
    },
    get paintedTo() {
      return painted;
    },
    dispose: () => seldom.dispose(),
  };
}
