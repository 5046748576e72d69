import { mkdtempSync, rmSync, statSync, utimesSync, writeFileSync } from "node:fs";
import { mkdir } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { createClientState } from "../../../src/core/jobs/launch/clientState";

const scratch = mkdtempSync(join(tmpdir(), "tensorline-launches-"));
afterAll(() => rmSync(scratch, { recursive: true, force: true }));
const newStorage = () => mkdtempSync(join(scratch, "s-"));
const never = new AbortController().signal;

/** Something that is over when the test says so. */
function gate() {
  let open = () => {};
  const opened = new Promise<void>((resolve) => {
    open = resolve;
  });
  return { opened, open: () => open() };
}

describe("what windows of one client share", () => {
  it("has one name for the client, also when two ask at once", async () => {
    const storage = newStorage();
    const [one, other] = [createClientState(storage), createClientState(storage)];
    const [a, b] = await Promise.all([one.id(), other.id()]);
    expect(a).toMatch(/^[0-9a-f-]{36}$/);
    expect(b).toBe(a);
    expect(await createClientState(newStorage()).id()).not.toBe(a);
  });

  it("lets one at a time at a work tree, and others at others", async () => {
    const storage = newStorage();
    const [one, other] = [createClientState(storage), createClientState(storage)];
    const [begun, first] = [gate(), gate()];
    const order: string[] = [];
    const running = one.alone("key", never, async () => {
      order.push("first");
      begun.open();
      await other.alone("another", never, async () => order.push("another"));
      await first.opened;
      order.push("first over");
    });
    await begun.opened;
    const waiting = other.alone("key", never, async () => order.push("second"));
    first.open();
    await Promise.all([running, waiting]);
    expect(order).toEqual(["first", "another", "first over", "second"]);
  });

  it("does not wait for a window that died, nor for ever", async () => {
    const storage = newStorage();
    const state = createClientState(storage);
    const lock = join(storage, "launches", "key.lock");
    await mkdir(join(storage, "launches"));
    writeFileSync(lock, "");
    const stop = new AbortController();
    const waiting = state.alone("key", stop.signal, async () => "done");
    stop.abort();
    await expect(waiting).rejects.toMatchObject({ problem: { reason: "cancelled" } });
    const long = Date.now() / 1000 - 60;
    utimesSync(lock, long, long);
    expect(await state.alone("key", never, async () => "done")).toBe("done");
    expect(() => statSync(lock)).toThrow();
  });

  it("knows a sync that died, and one that came later", async () => {
    const state = createClientState(newStorage());
    await state.alone("key", never, async (syncs) => {
      const before = Date.now() - 1000;
      expect(await syncs.restedSince(before)).toBe(true);
      expect(await syncs.during(async () => 1)).toBe(1);
      expect(await syncs.restedSince(before)).toBe(false);
      expect(await syncs.restedSince(Date.now() + 1000)).toBe(true);
      await expect(syncs.during(() => Promise.reject(new Error("cut")))).rejects.toThrow("cut");
      expect(await syncs.restedSince(Date.now() + 1000)).toBe(false);
    });
  });
});
