// Webviews from the outside: VS Code nests two frames for each, and swaps the inner one when the content is set.
import { setTimeout as delay } from "node:timers/promises";

/**
 * The bodies of the visible webviews.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<import("playwright-core").Locator[]>}
 */
export async function visibleWebviews(page) {
  const bodies = [];
  for (const outer of await page.locator("iframe.webview").all()) {
    if (await outer.isVisible())
      bodies.push(outer.contentFrame().locator("#active-frame").contentFrame().locator("body"));
  }
  return bodies;
}

/**
 * The body of the first visible webview that passes.
 * @param {import("playwright-core").Page} page
 * @param {(body: import("playwright-core").Locator) => Promise<boolean>} passes
 * @param {{ timeout: number, what: string }} options milliseconds, and the words for the error
 */
export async function waitForWebview(page, passes, { timeout, what }) {
  for (const deadline = Date.now() + timeout; ; await delay(50)) {
    for (const body of await visibleWebviews(page)) if (await passes(body)) return body;
    if (Date.now() > deadline) throw new Error(`No visible webview ${what} within ${timeout / 1000} s.`);
  }
}
