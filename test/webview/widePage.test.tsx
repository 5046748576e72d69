// @vitest-environment happy-dom
import { act } from "preact/test-utils";
import { beforeEach, describe, expect, it } from "vitest";
import { openPage, type Page, standInForBrowser } from "./page";
import { bigHost, historyOf, NOON, panelState } from "./samples";

standInForBrowser(1200);

let page: Page;
beforeEach(() => {
  page = openPage();
  page.deliver("state", panelState());
  page.deliver("history", historyOf(bigHost, NOON, 10_000));
  page.deliver("sample", { time: NOON, report: bigHost(NOON) });
});

describe("the selected GPU", () => {
  it("is the first one until another is chosen, and stays chosen", () => {
    expect(page.text(".detail h2")).toContain("GPU 0");
    page.click('.gpu[data-gpu="nvidia 3"] .gpu-pick');
    page.click('.gpu[data-gpu="nvidia 3"] .gpu-pick');
    expect(page.text(".detail h2")).toContain("GPU 3");
    expect(page.find('.gpu[data-gpu="nvidia 3"] .gpu-pick').getAttribute("aria-current")).toBe("true");
    expect(page.all(".gpu .detail")).toEqual([]);
  });

  it("has four charts with headings that say the newest values and the users", () => {
    page.click('.gpu[data-gpu="nvidia 7"] .gpu-pick');
    expect(page.all(".chart-title").map((title) => title.textContent)).toEqual([
      "Utilization",
      "Memory",
      "Power",
      "Temperature",
    ]);
    expect(page.all(".legend-name").map((name) => name.textContent)).toEqual(["you", "alice", "dana", "other"]);
    expect(page.text(".chart-time")).toBe("now");
  });

  it("reads what the cross-hair points at in every chart", () => {
    const over = page.all(".u-over")[2];
    if (!over) throw new Error("four charts expected");
    act(() => {
      for (const type of ["mouseenter", "mousemove"])
        over.dispatchEvent(new MouseEvent(type, { clientX: 10, clientY: 10 }));
    });
    expect(page.text(".chart-time")).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it("moves away from now when readings stop", () => {
    page.at(60_000);
    expect(page.text(".chart-time")).toMatch(/^\d\d:\d\d:\d\d$/);
  });

  it("says the same as a table", () => {
    page.click('.gpu[data-gpu="nvidia 7"] .gpu-pick');
    page.click('.detail [aria-label="Show as table"]');
    expect(page.all(".chart")).toEqual([]);
    expect(page.all(".detail thead th").map((cell) => cell.textContent)).toEqual([
      "Until",
      "Utilization",
      "Memory",
      "you",
      "alice",
      "dana",
      "Power",
      "Temperature",
      "Held down",
    ]);
    expect(page.all(".detail tbody tr")).toHaveLength(10);
    expect(page.text(".detail tbody tr")).toMatch(/\d+ %\d+\.\d GB.*\d+ W\d+ °C\d+ %$/);
    page.all('.detail input[type="radio"]')[0]?.click();
    expect(page.store.view.rangeMinutes.value).toBe(1);
  });
});

it("lists all GPUs and MIG instances as a table", () => {
  page.click('[aria-label="Show all GPUs as a table"]');
  const rows = page.all(".overview tbody tr");
  expect(rows).toHaveLength(8 + 3);
  expect(page.text(".overview tbody:nth-of-type(2) tr")).toMatch(
    /^1H100 80GB0 \/ 80 GBfree0 %71 \/ 700 W31 °C345 MHzP8nothing–0$/,
  );
  expect(page.all(".overview thead th").every((cell) => cell.getAttribute("scope") === "col")).toBe(true);
});
