import { describe, expect, it } from "vitest";
import { Failure, type Problem } from "../../../src/core/failure";
import type { Prompts, TextQuestion } from "../../../src/core/ports";
import { type Interaction, withDeadline } from "../../../src/ssh/connectDeadline";
import { createManualClock } from "../../mocks/manualClock";

const question: TextQuestion = { host: "gpu", title: "Password", secret: true, rememberable: true };
const never = new AbortController().signal;

const timeout = (host: string, ms: number) => ({
  ms,
  problem: (): Problem => ({ reason: "connectTimeout", host, seconds: ms / 1000 }),
});

/** A person who thinks for this long. */
const thinking = (think: () => void): Prompts => ({
  async askText() {
    think();
    return { text: "", remember: false };
  },
  async confirmHostKey() {
    think();
    return true;
  },
});

/** Work that ends only when it is stopped. */
const hang = ({ signal }: Interaction) =>
  new Promise<never>((_resolve, reject) => signal.addEventListener("abort", () => reject(new Error("stopped"))));

describe("a deadline", () => {
  it("ends the work with its own problem", async () => {
    const clock = createManualClock();
    const work = withDeadline({ clock, ...timeout("gpu", 5000) }, { prompts: thinking(() => {}), signal: never }, hang);
    clock.advance(5000);
    await expect(work).rejects.toMatchObject({ problem: { reason: "connectTimeout", host: "gpu", seconds: 5 } });
  });

  it("stands still, and so does the one around it, while somebody is asked", async () => {
    const clock = createManualClock();
    const outer = { prompts: thinking(() => clock.advance(3_600_000)), signal: never };
    const work = withDeadline({ clock, ...timeout("whole way", 5000) }, outer, (around) =>
      withDeadline({ clock, ...timeout("hop", 3000) }, around, async ({ prompts, signal }) => {
        clock.advance(2000);
        await prompts.askText(question, signal);
        await prompts.confirmHostKey(
          { ...question, hostname: "", port: 1, keyType: "", fingerprint: "", knownTypes: [] },
          signal,
        );
        clock.advance(999);
        return "done";
      }),
    );
    expect(await work).toBe("done");
  });

  it("of the whole way ends a hop that has time left", async () => {
    const clock = createManualClock();
    const outer = { prompts: thinking(() => {}), signal: never };
    const work = withDeadline({ clock, ...timeout("whole way", 5000) }, outer, (around) =>
      withDeadline({ clock, ...timeout("hop", 9000) }, around, hang),
    );
    clock.advance(5000);
    await expect(work).rejects.toMatchObject({ problem: { host: "whole way" } });
  });

  it("leaves the work's own failure alone, and calls an abort from outside a cancellation", async () => {
    const clock = createManualClock();
    const deadline = { clock, ...timeout("gpu", 5000) };
    const refused = new Failure({ reason: "connectionRefused", host: "gpu", port: 22 });
    const outer = { prompts: thinking(() => {}), signal: never };
    await expect(withDeadline(deadline, outer, () => Promise.reject(refused))).rejects.toBe(refused);
    const abort = new AbortController();
    const work = withDeadline(deadline, { ...outer, signal: abort.signal }, hang);
    abort.abort();
    await expect(work).rejects.toMatchObject({ problem: { reason: "cancelled" } });
  });

  it("takes back what is still being asked when the work is over", async () => {
    const clock = createManualClock();
    const outer = { prompts: thinking(() => {}), signal: never };
    let left: AbortSignal | undefined;
    await withDeadline({ clock, ...timeout("gpu", 5000) }, outer, async ({ signal }) => {
      left = signal;
    });
    expect(left?.aborted).toBe(true);
  });
});
