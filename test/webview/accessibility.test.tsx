// @vitest-environment happy-dom
import { describe, expect, it } from "vitest";
import { openPage, type Page, standInForBrowser } from "./page";
import { bigHost, historyOf, NOON, panelState, report } from "./samples";

standInForBrowser(1200);

const problem = { reason: "unreachable", message: "lab1 cannot be reached." };

/** One page for each thing a reader may meet. */
const pages: readonly [string, (page: Page) => void][] = [
  ["no host", (page) => page.deliver("state", panelState({ host: undefined, state: { kind: "disconnected" } }))],
  [
    "offline",
    (page) =>
      page.deliver("state", panelState({ state: { kind: "offline", since: NOON, problem }, actions: ["retry"] })),
  ],
  ["no GPUs", (page) => page.show(report({ gpus: [], processes: [] }))],
  ["live", showAll],
  [
    "tables",
    (page) => {
      showAll(page);
      page.click('[aria-label="Show all GPUs as a table"]');
      page.click('[aria-label="Show as table"]');
    },
  ],
];

function showAll(page: Page): void {
  page.deliver("state", panelState({ placement: "sidebar" }));
  page.deliver("history", historyOf(bigHost, NOON, 10_000));
  page.deliver("sample", { time: NOON, report: bigHost(NOON) });
}

function nameOf(element: HTMLElement): string {
  const label = element.closest("label");
  return element.getAttribute("aria-label") ?? label?.textContent ?? element.textContent ?? "";
}

describe.each(pages)("accessibility: %s", (_title, fill) => {
  const opened = () => {
    const page = openPage();
    fill(page);
    return page;
  };

  it("names every control, each button differently", () => {
    const page = opened();
    const controls = page.all("button, input, select, summary");
    expect(controls.filter((control) => nameOf(control).trim() === "").map((control) => control.outerHTML)).toEqual([]);
    const names = page.all("button").map(nameOf);
    expect(new Set(names).size).toBe(names.length);
  });

  it("has one main landmark, one h1 and headings without jumps", () => {
    const page = opened();
    expect(page.all("main")).toHaveLength(1);
    expect(page.all("h1")).toHaveLength(1);
    const levels = page.all("h1, h2, h3, h4").map((heading) => Number(heading.tagName.slice(1)));
    const jumps = levels.filter((level, place) => level > (levels[place - 1] ?? 0) + 1);
    expect(jumps).toEqual([]);
  });

  it("labels sections, scopes table headers and groups radio buttons", () => {
    const page = opened();
    const label = (element: HTMLElement) =>
      element.getAttribute("aria-label") ??
      page.root.querySelector(`#${element.getAttribute("aria-labelledby")}`)?.textContent;
    expect(page.all("section").filter((section) => !label(section))).toEqual([]);
    expect(page.all("table").filter((table) => !table.querySelector("thead th"))).toEqual([]);
    expect(page.all("th").filter((header) => !header.getAttribute("scope"))).toEqual([]);
    expect(page.all("th").filter((header) => header.textContent?.trim() === "")).toEqual([]);
    expect(page.all("fieldset").filter((group) => !group.querySelector("legend"))).toEqual([]);
  });

  it("follows reading order and hides only what is said elsewhere", () => {
    const page = opened();
    expect(page.all("[tabindex]").filter((element) => element.tabIndex > 0)).toEqual([]);
    expect(page.all("canvas").filter((canvas) => !canvas.closest('[aria-hidden="true"]'))).toEqual([]);
    expect(page.all(".codicon").filter((icon) => icon.getAttribute("aria-hidden") !== "true")).toEqual([]);
    expect(page.all('[aria-hidden="true"] button, [aria-hidden="true"] input')).toEqual([]);
  });

  it("has ids once, and one polite live region", () => {
    const page = opened();
    const ids = page.all("[id]").map((element) => element.id);
    expect(new Set(ids).size).toBe(ids.length);
    expect(page.all("[aria-live]").map((region) => region.getAttribute("aria-live"))).toEqual(["polite"]);
  });
});

it("interrupts for alarms, never for numbers", () => {
  const page = openPage();
  page.show(report());
  const said = () => page.text('[role="status"]');
  expect(said()).toBe("");
  page.deliver("sample", { time: NOON + 1000, report: bigHost(NOON) });
  expect(said()).toContain("GPU 6: GPU 6 fell off the bus");
  page.deliver("state", panelState({ state: { kind: "reconnecting", retryAt: NOON, problem } }));
  expect(said()).toBe("lab1 cannot be reached.");
  page.deliver("state", panelState());
  expect(said()).toBe("lab1 is connected again");
});
