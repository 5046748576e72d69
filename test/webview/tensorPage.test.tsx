// @vitest-environment happy-dom
import { render } from "preact";
import { act } from "preact/test-utils";
import { afterEach, describe, expect, it } from "vitest";
import { dispatch, type Message } from "../../src/shared/protocol";
import { TensorPanelApi, type TensorPanelState } from "../../src/shared/tensorPanel";
import { align } from "../../webview-ui/lib/shapes/align";
import { App } from "../../webview-ui/tensor/app";
import { codeText } from "../../webview-ui/tensor/codeText";
import { sizeText } from "../../webview-ui/tensor/sizeText";
import { createStore } from "../../webview-ui/tensor/store";
import { keyAction, type ShellEvents } from "../../webview-ui/tensor/terminal";
import { standInForBrowser } from "./page";
import { convolutionFailure, matmulFailure, memoryFailure, panelState, tensor, textFailure } from "./tensorSamples";

standInForBrowser(1000);
const roots: HTMLElement[] = [];
afterEach(() => {
  for (const root of roots.splice(0)) {
    render(null, root);
    root.remove();
  }
});

function open(state?: Partial<TensorPanelState>) {
  const sent: Message[] = [];
  const store = createStore((method, ...params) => void sent.push({ method, params: params[0] }));
  const root = document.createElement("div");
  document.body.append(root);
  roots.push(root);
  let screen = "";
  let events: ShellEvents | undefined;
  const done: (() => void)[] = [];
  const makeTerminal = (parent: HTMLElement, given: ShellEvents) => {
    events = given;
    const input = document.createElement("textarea");
    input.className = "xterm-helper-textarea";
    parent.append(input);
    return {
      begin(text: string, painted: () => void) {
        screen = text;
        done.push(painted);
      },
      write(text: string, painted: () => void) {
        screen += text;
        done.push(painted);
      },
      paste: (text: string) => given.input(`pasted ${text}`),
      fit() {},
      size: () => ({ columns: 80, rows: 24 }),
      find() {},
      endFind() {},
      focus: () => input.focus(),
      dispose() {},
    };
  };
  act(() => render(<App store={store} makeTerminal={makeTerminal} />, root));
  const deliver = (method: string, params: unknown) =>
    act(() => {
      const refused = dispatch(TensorPanelApi, store.handlers, { method, params });
      if (refused) throw new Error(refused);
    });
  deliver("state", panelState(state));
  const all = (selector: string) => [...root.querySelectorAll<HTMLElement>(selector)];
  const text = (selector = "main") =>
    all(selector)
      .map((one) => one.textContent)
      .join(" ")
      .replace(/\s+/g, " ");
  return {
    sent,
    all,
    text,
    deliver,
    screen: () => screen,
    events: () => events,
    paint: () => {
      for (const painted of done.splice(0)) painted();
    },
    click(name: string) {
      const button = all("button").find((one) =>
        (one.getAttribute("aria-label") ?? one.textContent ?? "").includes(name),
      );
      if (!button) throw new Error(`no button is named ${name}`);
      act(() => button.click());
    },
  };
}

const failed = (failure = matmulFailure) => ({ shapes: { kind: "failure", failure } as const });

describe("the Shape panel", () => {
  it("shows what failed: operands in aligned boxes, those that clash by sign and word", () => {
    const page = open();
    expect(page.text("h1")).toBe(matmulFailure.summary);
    expect(page.all(".operands tr").map((row) => row.querySelectorAll("td.size").length)).toEqual([2, 2]);
    expect(page.all('[data-clash="true"]').map((one) => one.textContent)).toEqual([
      "≠784 does not fit",
      "≠512 does not fit",
    ]);
    expect(page.text(".operands")).toContain("expects 512");
    expect(page.text(".layers")).toContain("fc2failed hereLinear(in_features=512");
    expect(page.text(".tensors")).toContain("[32, 1, 28, 28]");
    expect(page.text("footer")).toBe("train.py · Python 3.12.4 · torch 2.13.0 · numpy 2.4.6");
    expect(page.text('[role="status"]')).toBe(matmulFailure.summary);
  });

  it("copies and applies fixes, opens places and runs again", () => {
    const page = open();
    page.click("Copy the new text");
    page.click("Apply edit");
    page.click("Open at line 41");
    page.click("Run again");
    page.click("train.py:88");
    expect(page.sent.filter(({ method }) => method !== "resize")).toEqual([
      { method: "copy", params: { text: "self.fc2(self.fc1(h))" } },
      { method: "applyFix", params: { id: 1, fix: 0 } },
      { method: "openPlace", params: { id: 1, place: matmulFailure.location } },
      { method: "runAgain", params: undefined },
      { method: "openPlace", params: { id: 1, place: matmulFailure.frames[2]?.place } },
    ]);
  });

  it("offers an edit only where it can be applied, and to run again only what is known", () => {
    const page = open({ ...failed(convolutionFailure), again: undefined });
    const names = page.all("button").map((one) => one.textContent ?? "");
    expect(names.filter((name) => /Apply|Run again/.test(name))).toEqual([]);
    expect(page.text(".fix-edit ins")).toBe("self.conv1(images.permute(0, 3, 1, 2))");
  });

  it("shows the memory, the chain and the other ranks where they are told", () => {
    const page = open(failed(memoryFailure));
    expect(page.text(".memory")).toContain("In tensors74.2 GiB");
    expect(page.text(".tensors")).toContain("20.5 GiB");
    expect(page.text("summary")).toContain("2 exceptions, the first cause first");
    expect(page.text(".others")).toContain("rank 2 DistBackendError");
    expect(page.text(".failure-place")).toContain("rank 1");
  });

  it("says where it only guesses, and that the hook was not active", () => {
    const page = open(failed(textFailure));
    expect(page.text(".failure-place")).toContain("a guess");
    expect(page.text(".notice")).toContain("The hook was not active");
    const none = open({ shapes: { kind: "unexplained", isHookSilent: true } });
    expect(none.text(".shapes")).toContain("The hook was not active");
  });

  it("stays to be read after a success, and teaches before the first failure", () => {
    expect(open(failed({ ...matmulFailure, isOver: true })).text(".notice")).toContain("The last command succeeded");
    expect(open({ shapes: { kind: "empty" } }).text(".empty")).toContain("Run a program in the terminal");
    const alone = open({ hasTerminal: false, shapes: { kind: "empty" } });
    alone.click("Open a tensor terminal");
    expect(alone.sent).toEqual([{ method: "openTerminal", params: undefined }]);
  });

  it("shows hostile text as text", () => {
    const evil = "\u202e\u001b[31m<img src=x onerror=alert(1)>";
    const page = open(failed({ ...matmulFailure, summary: evil, frames: [], exceptions: [], facts: [evil] }));
    expect(page.all("img")).toEqual([]);
    expect(page.text("h1")).toBe("\ufffd<img src=x onerror=alert(1)>");
  });

  it("refuses what does not fit the protocol", () => {
    const page = open();
    expect(() => page.deliver("state", { hasTerminal: true, shapes: { kind: "failure" } })).toThrow(/state/);
  });
});

describe("the terminal of the page", () => {
  it("tells what it has painted, of the view it shows", () => {
    const page = open();
    page.deliver("screenView", { view: 2, text: "before" });
    page.deliver("screenText", { view: 1, text: "of another" });
    page.deliver("screenText", { view: 2, text: " and after" });
    expect(page.screen()).toBe("before and after");
    page.paint();
    expect(page.sent.filter(({ method }) => method === "taken")).toEqual([
      { method: "taken", params: { view: 2, characters: 6 } },
      { method: "taken", params: { view: 2, characters: 10 } },
    ]);
  });

  it("tells its size before anything else, and hands on what is typed and pasted", () => {
    const page = open();
    expect(page.sent[0]).toEqual({ method: "resize", params: { columns: 80, rows: 24 } });
    page.events()?.input("ls\r");
    page.deliver("pasted", { text: "x" });
    expect(page.sent.slice(1)).toEqual([
      { method: "input", params: { text: "ls\r" } },
      { method: "input", params: { text: "pasted x" } },
    ]);
  });

  it("gives the focus to the shapes and gets it back", async () => {
    const page = open();
    await act(async () => {
      page.events()?.leave();
      await new Promise((resolve) => requestAnimationFrame(resolve));
    });
    expect(document.activeElement?.className).toBe("shapes");
    const pressed = new KeyboardEvent("keydown", { key: "Escape", bubbles: true, cancelable: true });
    act(() => void document.activeElement?.dispatchEvent(pressed));
    expect(document.activeElement?.className).toBe("xterm-helper-textarea");
  });

  it.each([
    ["Ctrl+C", "c", { ctrlKey: true }, false, false, "type"],
    ["Ctrl+C on a selection", "c", { ctrlKey: true }, false, true, "copy"],
    ["Ctrl+Shift+C", "C", { ctrlKey: true, shiftKey: true }, false, true, "copy"],
    ["Ctrl+V", "v", { ctrlKey: true }, false, false, "paste"],
    ["Cmd+V", "v", { metaKey: true }, true, false, "paste"],
    ["Ctrl+V on a Mac", "v", { ctrlKey: true }, true, false, "type"],
    ["Ctrl+Shift+P", "P", { ctrlKey: true, shiftKey: true }, false, false, "workbench"],
    ["Ctrl+Tab", "Tab", { ctrlKey: true }, false, false, "workbench"],
    ["Tab", "Tab", {}, false, false, "type"],
    ["F6", "F6", {}, false, false, "leave"],
    ["Ctrl+R", "r", { ctrlKey: true }, false, false, "type"],
  ])("%s goes where it belongs", (_, key, keys, mac, isSelected, action) => {
    const none = { ctrlKey: false, metaKey: false, shiftKey: false, altKey: false };
    expect(keyAction({ key, ...none, ...keys }, mac, isSelected)).toBe(action);
  });
});

describe("aligned shapes", () => {
  it.each([
    [
      "a matrix product",
      [
        { shape: [32, 784], clash: [1] },
        { shape: [512, 10], clash: [0] },
      ],
      3,
      [0, 1],
    ],
    [
      "a broadcast",
      [
        { shape: [8, 3], clash: [1] },
        { shape: [4], clash: [0] },
      ],
      2,
      [0, 1],
    ],
    ["no clash", [{ shape: [2, 3, 4] }, { shape: [4] }], 3, [0, 2]],
    [
      "one that only is there",
      [{ shape: [2, 3], clash: [0] }, { shape: [5], clash: [0] }, { shape: [3] }],
      2,
      [0, 0, 1],
    ],
    [
      "a clash out of range",
      [
        { shape: [2], clash: [7] },
        { shape: [3, 2], clash: [0] },
      ],
      2,
      [1, 0],
    ],
    ["scalars", [{ shape: [] }, { shape: [] }], 0, [0, 0]],
  ])("put sizes that clash into one column: %s", (_, shapes, columns, begins) => {
    expect(align(shapes)).toEqual({ columns, begins });
  });
});

it("sizes and code are shown as people write them", () => {
  expect([undefined, 0, 512, 25_088, 2.5 * 1024 ** 3, 1e18].map(sizeText)).toEqual([
    "–",
    "0 B",
    "512 B",
    "24.5 KiB",
    "2.5 GiB",
    "909495 TiB",
  ]);
  expect(codeText("    def f():\n        return 1")).toBe("def f():\n    return 1");
  expect(tensor("x", [2, 3]).bytes).toBe(24);
});
