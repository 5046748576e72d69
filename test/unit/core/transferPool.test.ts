import { describe, expect, it } from "vitest";
import { createPool } from "../../../src/core/transfer/pool";

describe("a pool of tasks", () => {
  it("runs no more of them at the same time than it is wide", async () => {
    const pool = createPool(2);
    let running = 0;
    let most = 0;
    for (let index = 0; index < 6; index++) {
      await pool.run(async () => {
        most = Math.max(most, ++running);
        await new Promise(setImmediate);
        running--;
      });
    }
    await pool.idle();
    expect(most).toBe(2);
  });

  it("is idle only when the last one has ended, also after another one failed", async () => {
    const pool = createPool(4);
    const events: string[] = [];
    let finish = () => {};
    await pool.run(() =>
      new Promise<void>((resolve) => {
        finish = resolve;
      }).then(() => void events.push("written")),
    );
    await pool.run(() => Promise.reject(new Error("disk full")));
    const idle = pool.idle().then(() => events.push("idle"));
    finish();
    await idle;
    expect(events).toEqual(["written", "idle"]);
    expect(() => pool.check()).toThrow("disk full");
  });
});
