// What a spec can ask of the window. The typed client is test/host/harness/control.ts.
import { mkdir } from "node:fs/promises";
import { dirname, join } from "node:path";
import { waitForWebview } from "./webviews.mjs";
import { screenshot } from "./workbench.mjs";

const defaultTimeoutMs = 10_000;

/**
 * @param {Awaited<ReturnType<typeof import("./workbench.mjs").startVsCode>>} vscode
 * @param {string} artifacts the folder for pictures
 * @returns {Record<string, (request: any) => Promise<unknown>>}
 */
export function pageActions(vscode, artifacts) {
  const { page } = vscode;
  const find = (target, timeout) => locate(page, target, timeout ?? defaultTimeoutMs);
  const on = (act) => async (request) => {
    const timeout = request.timeout ?? defaultTimeoutMs;
    await act(await find(request.target, timeout), { ...request, timeout });
  };
  return {
    click: on((locator, { button, modifiers, double, timeout }) =>
      double ? locator.dblclick({ timeout }) : locator.click({ button, modifiers, timeout }),
    ),
    hover: on((locator, { timeout }) => locator.hover({ timeout })),
    fill: on((locator, { text, timeout }) => locator.fill(text, { timeout })),
    focus: on((locator, { timeout }) => locator.focus({ timeout })),
    waitFor: on((locator, { state, timeout }) => locator.first().waitFor({ state, timeout })),
    drag: on((locator, { by }) => drag(page, locator, by)),
    press: ({ key }) => page.keyboard.press(key),
    type: ({ text }) => page.keyboard.type(text),
    elements: async ({ target, timeout }) => (await find(target, timeout)).evaluateAll(describeElements),
    accessibility: async ({ target, timeout }) => (await find(target, timeout)).ariaSnapshot(),
    evaluate: async ({ expression, webview, timeout }) => {
      const frame = webview ? await webviewFrame(page, webview, timeout ?? defaultTimeoutMs) : page.mainFrame();
      return frame.evaluate(expression);
    },
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

/** Elements by selector, text, role and name, in the workbench or in the webview that holds `target.webview`. */
async function locate(page, target, timeout) {
  const scope = target.webview ? await webviewRoot(page, target.webview, timeout) : page.locator("body");
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

/** The body of the visible webview that holds an element for the selector. */
const webviewRoot = (page, selector, timeout) =>
  waitForWebview(page, async (body) => (await body.locator(selector).count()) > 0, {
    timeout,
    what: `holds ${selector}`,
  });

async function webviewFrame(page, selector, timeout) {
  const root = await webviewRoot(page, selector, timeout);
  return (await root.elementHandle()).ownerFrame();
}

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
  const after = await sideBar.boundingBox();
  if (Math.abs(after.width - width) > 2) throw new Error(`The side bar is ${after.width} px wide, not ${width} px.`);
}
