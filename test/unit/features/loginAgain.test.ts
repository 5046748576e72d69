import { describe, expect, it, vi } from "vitest";
import { Emitter } from "../../../src/core/event";
import type { HostRef } from "../../../src/core/ports";
import { offerLoginAgain } from "../../../src/features/hosts/loginAgain";
import type { HostState } from "../../../src/shared/host";
import { createManualClock } from "../../mocks/manualClock";

const lab1: HostRef = { name: "lab1" };
const lab2: HostRef = { name: "lab2" };
const connected: HostState = { kind: "connected", since: 1 };
const offline = (reason: string): HostState => ({ kind: "offline", since: 2, problem: { reason, message: "" } });

function setUp(answer: () => Promise<boolean> = async () => true) {
  const states = new Map<string, HostState>();
  const change = new Emitter<{ host: HostRef; state: HostState }>();
  const clock = createManualClock();
  const retried: string[] = [];
  const ask = vi.fn((_hosts: readonly HostRef[]) => answer());
  offerLoginAgain({
    onState: change.event,
    state: ({ name }) => states.get(name) ?? { kind: "disconnected" },
    retry: ({ name }) => void retried.push(name),
    clock,
    ask,
  });
  const become = (host: HostRef, state: HostState) => {
    states.set(host.name, state);
    change.fire({ host, state });
  };
  return { become, clock, ask, retried };
}

describe("hosts that need their user to come back", () => {
  it("are asked about together, once", async () => {
    const { become, clock, ask, retried } = setUp();
    for (const host of [lab1, lab2]) become(host, connected);
    become(lab1, offline("promptUnavailable"));
    clock.advance(1_000);
    become(lab2, offline("promptUnavailable"));
    clock.advance(3_000);
    await vi.waitFor(() => expect(retried).toEqual(["lab1", "lab2"]));
    expect(ask.mock.calls).toEqual([[[lab1, lab2]]]);
    become(lab1, offline("promptUnavailable"));
    clock.advance(10_000);
    expect(ask).toHaveBeenCalledTimes(1);
  });

  it("are left alone when declined, and asked about anew after the next time they were connected", async () => {
    const { become, clock, ask, retried } = setUp(async () => false);
    for (let round = 1; round <= 2; round++) {
      become(lab1, connected);
      become(lab1, offline("promptUnavailable"));
      clock.advance(3_000);
      await vi.waitFor(() => expect(ask).toHaveBeenCalledTimes(round));
      await ask.mock.results.at(-1)?.value;
    }
    expect(retried).toEqual([]);
  });

  it("are not asked about where they never were connected, came back by themselves or failed for another reason", () => {
    const { become, clock, ask } = setUp();
    become(lab1, offline("promptUnavailable"));
    become(lab2, connected);
    become(lab2, offline("hostKeyChanged"));
    clock.advance(3_000);
    become(lab2, connected);
    become(lab2, offline("promptUnavailable"));
    become(lab2, connected);
    clock.advance(3_000);
    expect(ask).not.toHaveBeenCalled();
  });
});
