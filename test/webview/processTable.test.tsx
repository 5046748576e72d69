// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";
import { buttonNamed, openPage, type Page, standInForBrowser } from "./page";
import { GIB, gpu, NOON, process, report } from "./samples";

standInForBrowser(1000);

const processes = [
  process(11, { user: "bob", memoryBytes: 30 * GIB }),
  process(12, { user: "mara", memoryBytes: 2 * GIB, gpuIndex: 1 }),
  process(13, { user: "zoe", memoryBytes: 9 * GIB, command: "jupyter lab" }),
];
const busy = (changed = processes) => report({ gpus: [gpu(0), gpu(1)], processes: changed });

let page: Page;
beforeEach(() => {
  page = openPage();
  page.show(busy());
});

const pids = () => page.all('.process-table tbody [data-column="pid"]').map((cell) => Number(cell.textContent));
const tick = (changed: typeof processes) => page.deliver("sample", { time: NOON + 1000, report: busy(changed) });

describe("order and filter", () => {
  it("has the reader's own first and sorts by any header", () => {
    expect(pids()).toEqual([12, 11, 13]);
    const header = page.find('th[data-column="memory"]');
    expect(header.getAttribute("aria-sort")).toBe("none");
    page.click('th[data-column="memory"] button');
    expect([pids(), header.getAttribute("aria-sort")]).toEqual([[11, 13, 12], "descending"]);
    page.click('th[data-column="memory"] button');
    expect([pids(), header.getAttribute("aria-sort")]).toEqual([[12, 13, 11], "ascending"]);
  });

  it("filters by text; the slash key goes there and Escape clears it", () => {
    const filter = page.find("#process-filter");
    page.key(document.body, "/");
    expect(document.activeElement).toBe(filter);
    page.type("#process-filter", "jupyter");
    expect(pids()).toEqual([13]);
    expect(page.text(".processes .section-count")).toBe("1 of 3");
    page.key(filter, "Escape");
    expect(pids()).toEqual([12, 11, 13]);
  });

  it("shows the reader's own or the selected GPU's", () => {
    const [, mine, here] = page.all('.processes input[type="radio"]');
    act(() => mine?.click());
    expect(pids()).toEqual([12]);
    act(() => here?.click());
    expect(pids()).toEqual([11, 13]);
    page.type("#process-filter", "nobody");
    expect(page.text(".processes .hint")).toBe("No process matches the filter.");
  });

  it("cannot know whose is whose without the login name", () => {
    page.show(busy(), { me: undefined });
    expect(page.all('.processes input[type="radio"]').map((input) => input.hasAttribute("disabled"))).toEqual([
      false,
      true,
      false,
    ]);
  });
});

describe("under the pointer", () => {
  const hover = (type: string) =>
    act(() => {
      page.find(".process-table tbody").dispatchEvent(new Event(type));
    });

  it("never moves a row, marks the ended, and sorts again when the pointer leaves", () => {
    hover("pointerenter");
    tick([process(14, { user: "mara", memoryBytes: 70 * GIB }), process(13, { user: "zoe", memoryBytes: 60 * GIB })]);
    expect(pids()).toEqual([12, 11, 13, 14]);
    expect(page.all("tr[data-ended=true]").map((row) => row.querySelector("td")?.textContent)).toEqual(["12", "11"]);
    expect(buttonNamed(page, "Terminate 12").disabled).toBe(true);
    hover("pointerleave");
    expect(pids()).toEqual([14, 13]);
  });

  it("still obeys the reader", () => {
    hover("pointerenter");
    page.click('th[data-column="memory"] button');
    expect(pids()).toEqual([11, 13, 12]);
  });
});

describe("actions", () => {
  it("copies a PID", () => {
    buttonNamed(page, "Copy PID 12").click();
    expect(page.sent).toEqual([{ method: "copy", params: { text: "12" } }]);
  });

  it("asks for the end once, then says what came of it", () => {
    page.click('[aria-label="Terminate 12"]');
    expect(page.sent).toEqual([{ method: "terminate", params: { pid: 12 } }]);
    expect(page.text(".process-table tbody tr")).toContain("terminating…");
    expect(buttonNamed(page, "Terminate 12").disabled).toBe(true);
    page.deliver("terminated", { pid: 12, ok: false, message: "12 ignores the signal." });
    expect(page.text(".notice")).toBe("12 ignores the signal.");
    expect(page.text('[role="status"]')).toBe("12 ignores the signal.");
    expect(page.text(".process-table tbody tr")).toContain("python train.py");
    expect(buttonNamed(page, "Terminate 12").disabled).toBe(false);
  });

  it("drops a process that ended", () => {
    page.click('[aria-label="Terminate 12"]');
    page.deliver("terminated", { pid: 12, ok: true, message: "12 has ended." });
    tick(processes.filter(({ pid }) => pid !== 12));
    expect(pids()).toEqual([11, 13]);
  });

  it("does not offer to end what belongs to others, unless the reader is root", () => {
    expect(buttonNamed(page, "Terminate 11: belongs to bob").disabled).toBe(true);
    page.show(busy(), { me: "root" });
    expect(buttonNamed(page, "Terminate 11").disabled).toBe(false);
  });

  it("is one tab stop; the arrow keys reach the other rows", () => {
    const copies = () => page.all('[data-kind="copy"]');
    expect(copies().map((button) => button.tabIndex)).toEqual([0, -1, -1]);
    act(() => copies()[0]?.focus());
    page.key(copies()[0] ?? page.root, "ArrowDown");
    expect(document.activeElement).toBe(copies()[1]);
    expect(copies().map((button) => button.tabIndex)).toEqual([-1, 0, -1]);
  });
});

it("shows the unknown of a process as dashes with the reason", () => {
  tick([
    process(15, {
      user: undefined,
      memoryBytes: undefined,
      startedAt: undefined,
      command: undefined,
      name: undefined,
      gpuIndex: undefined,
    }),
  ]);
  expect(page.text(".process-table tbody tr")).toBe("15–––––");
  expect(page.find('tbody [data-column="memory"] [title]').title).toBe("not reported for this process");
});
