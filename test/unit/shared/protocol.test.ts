import * as v from "valibot";
import { describe, expect, it, vi } from "vitest";
import { command, dispatch, notification } from "../../../src/shared/protocol";

const Api = {
  ready: command(v.undefined()),
  rename: command(v.object({ name: v.string() })),
  renamed: notification(v.object({ name: v.string() })),
} as const;

describe("dispatch", () => {
  it("hands parameters that fit the schema to the handler", () => {
    const rename = vi.fn();
    expect(dispatch(Api, { ready: vi.fn(), rename }, { method: "rename", params: { name: "lab1" } })).toBeUndefined();
    expect(rename).toHaveBeenCalledWith({ name: "lab1" });
  });

  it("takes a message without parameters, which lose their key on the wire", () => {
    const ready = vi.fn();
    expect(dispatch(Api, { ready, rename: vi.fn() }, JSON.parse('{"method":"ready"}'))).toBeUndefined();
    expect(ready).toHaveBeenCalledOnce();
  });

  it("drops parameters of the wrong shape and says which method it was", () => {
    const rename = vi.fn();
    expect(dispatch(Api, { ready: vi.fn(), rename }, { method: "rename", params: { name: 7 } })).toMatch(/^rename:/);
    expect(rename).not.toHaveBeenCalled();
  });

  it.each([
    ["text"],
    [{ params: 1 }],
    [{ method: "unknown", params: {} }],
    [{ method: "constructor", params: {} }],
    [null],
  ])("refuses %j", (message) => {
    expect(dispatch(Api, { ready: vi.fn(), rename: vi.fn() }, message)).toBeTypeOf("string");
  });
});
