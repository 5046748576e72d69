// @vitest-environment happy-dom
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { GpuPanelApi } from "../../src/shared/gpuPanel";
import { paintReporter } from "../../webview-ui/gpu/paint";
import { connectEditor } from "../../webview-ui/lib/ipc";
import { openPage, standInForBrowser } from "./page";
import { historyOf, NOON, panelState, report } from "./samples";

standInForBrowser(1000);

describe("connectEditor", () => {
  const posted: unknown[] = [];
  let state: unknown;
  beforeEach(() => {
    posted.length = 0;
    vi.stubGlobal("acquireVsCodeApi", () => ({
      postMessage: (message: unknown) => posted.push(message),
      getState: () => state,
      setState: (next: unknown) => {
        state = next;
      },
    }));
  });
  afterEach(() => vi.unstubAllGlobals());

  it("sends commands, keeps state and hears notifications", () => {
    state = { old: true };
    const editor = connectEditor(GpuPanelApi);
    editor.send("ready");
    editor.send("setBeat", { beatMs: 500 });
    editor.save({ new: true });
    const heard: string[] = [];
    editor.listen({
      state: () => heard.push("state"),
      history: () => heard.push("history"),
      sample: () => heard.push("sample"),
      terminated: () => heard.push("terminated"),
    });
    const warned = vi.spyOn(console, "warn").mockImplementation(() => {});
    for (const data of [{ method: "state", params: panelState() }, { method: "unknown", params: 1 }, "noise", null]) {
      window.dispatchEvent(new MessageEvent("message", { data }));
    }
    expect(posted).toEqual([
      { method: "ready", params: undefined },
      { method: "setBeat", params: { beatMs: 500 } },
    ]);
    expect([editor.saved, state]).toEqual([{ old: true }, { new: true }]);
    expect(heard).toEqual(["state"]);
    expect(warned).toHaveBeenCalledTimes(3);
  });
});

describe("the page's handlers", () => {
  it("are one for each notification of the protocol, and none else", () => {
    const { store } = openPage();
    const notifications = Object.entries(GpuPanelApi).flatMap(([name, { direction }]) =>
      direction === "notification" ? [name] : [],
    );
    expect(Object.keys(store.handlers).sort()).toEqual(notifications.sort());
  });

  it.each([
    ["state", { host: 7 }],
    ["history", { times: ["now"], gpus: [] }],
    ["sample", { time: NOON, report: { gpus: [{ index: -1 }] } }],
    ["terminated", {}],
    ["toString", {}],
  ])("refuse a bad %s and keep what they show", (method, params) => {
    const page = openPage();
    page.show(report());
    const before = page.root.innerHTML;
    expect(() => page.deliver(method, params)).toThrow();
    expect(page.root.innerHTML).toBe(before);
  });

  it("take messages in any order", () => {
    const page = openPage();
    page.deliver("sample", { time: NOON, report: report() });
    page.deliver("terminated", { pid: 5, ok: true, message: "5 has ended." });
    page.deliver(
      "history",
      historyOf(() => report(), NOON, 10_000),
    );
    expect(page.text('[role="status"]')).toBe("5 has ended.");
    page.deliver("state", panelState());
    expect(page.all(".gpu")).toHaveLength(2);
  });
});

describe("what the reader chose", () => {
  it("is saved at each change and restored", () => {
    const page = openPage();
    page.show(report());
    expect(page.saves).toEqual([]);
    page.type("#process-filter", "train");
    page.click('.gpu[data-gpu="nvidia 1"] .gpu-pick');
    page.click('th[data-column="pid"] button');
    const last = page.saves.at(-1);
    expect(last).toMatchObject({ selected: "nvidia 1", text: "train", sort: { column: "pid", descending: false } });
    const again = openPage(last);
    again.show(report());
    expect(again.text(".detail h2")).toContain("GPU 1");
    expect(again.find('th[data-column="pid"]').getAttribute("aria-sort")).toBe("ascending");
  });

  it("starts fresh where what was saved is not usable", () => {
    for (const saved of [undefined, null, 7, { rangeMinutes: 3 }, { scope: "theirs" }]) {
      expect(openPage(saved).store.view.rangeMinutes.value).toBe(10);
    }
  });
});

describe("painted", () => {
  it("is reported once per frame, for the newest sample", async () => {
    const frames: FrameRequestCallback[] = [];
    vi.stubGlobal("requestAnimationFrame", (frame: FrameRequestCallback) => frames.push(frame));
    const painted: number[] = [];
    const reported = new Promise<void>((done) => {
      const sampled = paintReporter((time) => {
        painted.push(time);
        done();
      });
      sampled(1);
      sampled(2);
    });
    expect([frames.length, painted]).toEqual([1, []]);
    frames[0]?.(0);
    await reported;
    expect(painted).toEqual([2]);
  });
});
