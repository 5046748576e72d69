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
    if (Date.now() <= deadline) continue;
    const states = await Promise.all(page.frames().filter(isWebview).map(stateOf));
    throw new Error(`No visible webview ${what} within ${timeout / 1000} s; there are:\n${states.join("\n")}`);
  }
}

const isWebview = (frame) => frame.url().includes("/webview/browser/pre/");

/** How far a webview's outer frame has come with its content. */
async function stateOf(frame) {
  const state = frame.evaluate(async () => {
    const registration = await navigator.serviceWorker.getRegistration();
    const { active, installing, waiting } = registration ?? {};
    const frames = [...document.querySelectorAll("iframe")].map(({ id }) => id);
    const worker = { active: active?.state, installing: installing?.state, waiting: waiting?.state };
    return JSON.stringify({
      width: innerWidth,
      frames,
      controlled: navigator.serviceWorker.controller !== null,
      worker,
    });
  });
  return Promise.race([state.catch((cause) => cause.message), delay(1000, "a frame that does not answer")]);
}
