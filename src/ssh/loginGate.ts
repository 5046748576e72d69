import { Failure } from "../core/failure";
import { type Disposable, toDisposable } from "../core/lifecycle";

/** sshd turns connections away from ten unfinished log-ins on, unless it is configured otherwise (`MaxStartups`). */
const atOnce = 4;

/** Lets a few log-ins at a time through to one address: twenty hosts behind one bastion do not rush at it together. */
export interface LoginGate {
  /**
   * Waits for a place; disposing what it gives leaves that place to the next one.
   * @throws Failure `cancelled`
   */
  enter(address: string, signal: AbortSignal): Promise<Disposable>;
}

export function createLoginGate(): LoginGate {
  const doors = new Map<string, { inside: number; readonly queue: Set<() => void> }>();
  return {
    async enter(address, signal) {
      const door = doors.get(address) ?? { inside: 0, queue: new Set() };
      doors.set(address, door);
      if (door.inside >= atOnce) await turn(door.queue, signal);
      else door.inside++;
      return toDisposable(() => {
        const [next] = door.queue;
        if (next) next();
        else if (--door.inside === 0) doors.delete(address);
      });
    },
  };
}

/** The place of the one who calls is passed on, so that nobody slips in between. */
function turn(queue: Set<() => void>, signal: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    const leave = () => {
      queue.delete(called);
      signal.removeEventListener("abort", onAbort);
    };
    const called = () => {
      leave();
      resolve();
    };
    const onAbort = () => {
      leave();
      reject(new Failure({ reason: "cancelled" }));
    };
    queue.add(called);
    signal.addEventListener("abort", onAbort);
  });
}
