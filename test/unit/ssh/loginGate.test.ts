import { describe, expect, it } from "vitest";
import { createLoginGate } from "../../../src/ssh/loginGate";

const signal = new AbortController().signal;

/** Everything that can happen by itself has happened. */
const settled = () => new Promise((resolve) => setImmediate(resolve));

describe("the gate of log-ins", () => {
  it("lets four through to one address at a time, the others in their order, and other addresses at once", async () => {
    const gate = createLoginGate();
    const inside: number[] = [];
    const places = Array.from({ length: 7 }, (_, number) =>
      gate.enter("bastion:22", signal).then((place) => {
        inside.push(number);
        return place;
      }),
    );
    await gate.enter("elsewhere:22", signal);
    await settled();
    expect(inside).toEqual([0, 1, 2, 3]);
    (await places[2])?.dispose();
    await settled();
    expect(inside).toEqual([0, 1, 2, 3, 4]);
    for (const place of await Promise.all(places.slice(0, 2))) place.dispose();
    await settled();
    expect(inside).toEqual([0, 1, 2, 3, 4, 5, 6]);
  });

  it("forgets one that is aborted while it waits, and gives back each place once", async () => {
    const gate = createLoginGate();
    const places = await Promise.all(Array.from({ length: 4 }, () => gate.enter("lab:22", signal)));
    const abort = new AbortController();
    const gone = gate.enter("lab:22", abort.signal);
    const next = gate.enter("lab:22", signal);
    let more = 0;
    void gate.enter("lab:22", signal).then(() => more++);
    abort.abort();
    await expect(gone).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    places[0]?.dispose();
    places[0]?.dispose();
    await next;
    await settled();
    expect(more).toBe(0);
  });
});
