// What a spec can ask of the window. The typed client is test/host/harness/control.ts.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { waitForWebview } from "./webviews.mjs";
import { screenshot } from "./workbench.mjs";

/** Nothing waits that long but where something is wrong, or the machine does much else. */
const defaultTimeoutMs = 60_000;

/**
 * @param {Awaited<ReturnType<typeof import("./workbench.mjs").startVsCode>>} vscode
 * @param {string} artifacts the folder for pictures
 * @returns {Record<string, (request: any) => Promise<unknown>>}
 */
export function pageActions(vscode, artifacts) {
  const { page } = vscode;
  page.setDefaultTimeout(defaultTimeoutMs);
  const on = (act) => async (request) => {
    const timeout = request.timeout ?? defaultTimeoutMs;
    await act(await locate(page, request.target, timeout, isThere), { ...request, timeout });
  };
  return {
    click: on((locator, { button, modifiers, double, timeout }) =>
      double ? locator.dblclick({ timeout }) : locator.click({ button, modifiers, timeout }),
    ),
    hover: on((locator, { timeout }) => locator.hover({ timeout })),
    fill: on((locator, { text, timeout }) => locator.fill(text, { timeout })),
    focus: on((locator, { timeout }) => locator.focus({ timeout })),
    waitFor: ({ target, state = "visible", timeout }) => waitFor(page, target, state, timeout ?? defaultTimeoutMs),
    drag: on((locator, { by }) => drag(page, locator, by)),
    press: ({ key, target, timeout = defaultTimeoutMs }) =>
      target ? press(page, target, key, timeout) : page.keyboard.press(key),
    type: ({ text }) => page.keyboard.type(text),
    elements: ({ target, timeout }) => read(page, target, timeout, (locator) => locator.evaluateAll(describeElements)),
    accessibility: ({ target, timeout }) => read(page, target, timeout, (locator) => locator.ariaSnapshot()),
    evaluate: ({ expression, webview, timeout }) =>
      read(page, { webview }, timeout, async (body) =>
        (await (await body.elementHandle()).ownerFrame()).evaluate(expression),
      ),
    sideBarWidth: ({ width }) => setSideBarWidth(page, width),
    resize: (size) => page.setViewportSize(size),
    emulate: ({ reducedMotion, forcedColors }) =>
      page.emulateMedia({
        reducedMotion: asMedia(reducedMotion, "reduce", "no-preference"),
        forcedColors: asMedia(forcedColors, "active", "none"),
      }),
    screenshot: async ({ name, ...size }) => {
      const file = join(artifacts, `${name}.png`);
      await mkdir(dirname(file), { recursive: true });
      await screenshot(page, file, size);
      return file;
    },
    browserLog: () => vscode.logs.filter((line) => line.startsWith("[browser ")),
  };
}

const asMedia = (wanted, on, off) => (wanted === undefined ? undefined : wanted ? on : off);

/**
 * Elements by selector, text, role and name, in the workbench or in the visible webview that holds `target.webview` and where
 * `accepts` is true of them. Waits for that one: what is visible now may be about to give its place to another.
 */
async function locate(page, target, timeout, accepts) {
  if (!target.webview) return within(page.locator("body"), target);
  const passes = async (body) =>
    (await body.locator(target.webview).count()) > 0 && (await accepts(within(body, target)));
  const what = `holds ${JSON.stringify(target)}`;
  return within(await waitForWebview(page, passes, { timeout, what }), target);
}

const press = async (page, target, key, timeout) =>
  (await locate(page, target, timeout, isThere)).press(key, { timeout });

const isThere = async (locator) => (await locator.count()) > 0;

async function waitFor(page, target, state, timeout) {
  const isWanted = { visible: (locator) => locator.first().isVisible(), attached: isThere }[state];
  const locator = await locate(page, target, timeout, isWanted ?? (() => true));
  await locator.first().waitFor({ state, timeout });
}

/** What is read of a webview whose content is swapped meanwhile is read again. */
async function read(page, target, timeout = defaultTimeoutMs, how) {
  if (!target.webview) return how(within(page.locator("body"), target));
  let found;
  await locate(page, target, timeout, async (locator) => {
    found = await how(locator);
    return true;
  });
  return found;
}

function within(scope, target) {
  const hasText = asPattern(target.text);
  if (target.role)
    return pick(
      scope.getByRole(target.role, { name: asPattern(target.name), exact: target.exact }),
      hasText,
      target.nth,
    );
  if (target.selector) return pick(scope.locator(target.selector), hasText, target.nth);
  if (hasText === undefined) return scope;
  return pick(scope.getByText(hasText, { exact: target.exact }), undefined, target.nth);
}

function pick(locator, hasText, nth) {
  const filtered = hasText === undefined ? locator : locator.filter({ hasText });
  return nth === undefined ? filtered : filtered.nth(nth);
}

/** JSON carries a RegExp as { source, flags }. */
const asPattern = (text) => (text && typeof text === "object" ? new RegExp(text.source, text.flags) : text);

/** Runs in the page. */
function describeElements(elements) {
  return elements.map((element) => {
    // innerText is what a user sees; lint would have textContent, which also holds what is hidden.
    const text = element instanceof HTMLElement ? Reflect.get(element, "innerText") : element.textContent;
    const { x, y, width, height } = element.getBoundingClientRect();
    return {
      text: text ?? "",
      attributes: Object.fromEntries([...element.attributes].map(({ name, value }) => [name, value])),
      box: { x, y, width, height },
      visible: element.checkVisibility({ visibilityProperty: true, opacityProperty: true }),
      focused: element.ownerDocument.activeElement === element,
    };
  });
}

async function drag(page, locator, by) {
  const box = await locator.boundingBox();
  if (!box) throw new Error("What should be dragged is not visible.");
  await dragFrom(page, { x: box.x + box.width / 2, y: box.y + box.height / 2 }, by);
}

async function dragFrom(page, from, by) {
  await page.mouse.move(from.x, from.y);
  await page.mouse.down();
  await page.mouse.move(from.x + by.x, from.y + by.y, { steps: 5 });
  await page.mouse.up();
  // Up to the title bar, so that what was dragged is not lit in a picture.
  await page.mouse.move(from.x + by.x, 1);
}

/** Drags the edge of the side bar, which lies just outside it. */
async function setSideBarWidth(page, width) {
  const sideBar = page.locator(".part.sidebar");
  const before = await sideBar.boundingBox();
  if (!before) throw new Error("The side bar is hidden.");
  const edge = { x: before.x + before.width + 2, y: before.y + before.height / 2 };
  await dragFrom(page, edge, { x: width - before.width, y: 0 });
  await page.waitForFunction(
    (wanted) => Math.abs(document.querySelector(".part.sidebar").getBoundingClientRect().width - wanted) <= 2,
    width,
  );
}
