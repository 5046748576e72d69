import { describe, expect, it, vi } from "vitest";
import { Emitter } from "../../../src/core/event";
import { DisposableStore, MutableDisposable, toDisposable } from "../../../src/core/lifecycle";

describe("DisposableStore", () => {
  it("lets go in reverse order, once", () => {
    const order: number[] = [];
    const store = new DisposableStore();
    store.add(toDisposable(() => order.push(1)));
    store.add(toDisposable(() => order.push(2)));
    store.dispose();
    store.dispose();
    expect(order).toEqual([2, 1]);
  });

  it("lets go at once of what comes too late", () => {
    const store = new DisposableStore();
    store.dispose();
    const late = vi.fn();
    store.add({ dispose: late });
    expect(late).toHaveBeenCalledOnce();
  });
});

describe("MutableDisposable", () => {
  it("lets go of the old one when a new one comes, and of a late one at once", () => {
    const holder = new MutableDisposable<{ dispose(): void }>();
    const first = { dispose: vi.fn() };
    const second = { dispose: vi.fn() };
    holder.replace(first);
    holder.replace(second);
    expect(first.dispose).toHaveBeenCalledOnce();
    holder.dispose();
    expect(second.dispose).toHaveBeenCalledOnce();
    const late = { dispose: vi.fn() };
    holder.replace(late);
    expect(late.dispose).toHaveBeenCalledOnce();
    expect(holder.value).toBeUndefined();
  });
});

describe("Emitter", () => {
  it("tells the other listeners when one of them fails", () => {
    const failures: unknown[] = [];
    const emitter = new Emitter<number>((error) => failures.push(error));
    const heard: number[] = [];
    emitter.event(() => {
      throw new Error("broken listener");
    });
    emitter.event((value) => heard.push(value));
    emitter.fire(7);
    expect(heard).toEqual([7]);
    expect(failures).toHaveLength(1);
  });

  it("is silent for a listener that has left, even in the middle of a round", () => {
    const emitter = new Emitter<number>();
    const heard: string[] = [];
    const second = { subscription: emitter.event(() => heard.push("first")) };
    second.subscription.dispose();
    emitter.event(() => heard.push("second"));
    emitter.fire(1);
    expect(heard).toEqual(["second"]);
  });
});
