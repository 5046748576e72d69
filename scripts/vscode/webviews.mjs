// Webviews from the outside: VS Code nests two frames for each, and swaps the inner one when the content is set.
import { setTimeout as delay } from "node:timers/promises";

/**
 * The bodies of the visible webviews.
 * @param {import("playwright-core").Page} page
 * @returns {Promise<import("playwright-core").Locator[]>}
 */
export async function visibleWebviews(page) {
  const names = await page.locator("iframe.webview").evaluateAll(namesOfVisible);
  return names.map((name) =>
    page
      .locator(`iframe.webview[name="${name}"]`)
      .contentFrame()
      .locator("#active-frame")
      .contentFrame()
      .locator("body"),
  );
}

/** Runs in the page. Each webview keeps its name while others come and go. */
function namesOfVisible(frames) {
  return frames.filter((frame) => frame.checkVisibility({ visibilityProperty: true })).map(({ name }) => name);
}

/**
 * The body of the first visible webview that passes.
 * @param {import("playwright-core").Page} page
 * @param {(body: import("playwright-core").Locator) => Promise<boolean>} passes
 * @param {{ timeout: number, what: string }} options milliseconds, and the words for the error
 */
export async function waitForWebview(page, passes, { timeout, what }) {
  let failure = "";
  // What is asked of a frame that is swapped in that moment fails.
  const tolerantly = (body) =>
    passes(body).catch((cause) => {
      failure = `\n${cause.message}`;
      return false;
    });
  for (const deadline = Date.now() + timeout; ; await delay(50)) {
    for (const body of await visibleWebviews(page)) if (await tolerantly(body)) return body;
    if (Date.now() <= deadline) continue;
    const states = await Promise.all(page.frames().filter(isWebview).map(stateOf));
    throw new Error(
      `No visible webview ${what} within ${timeout / 1000} s; there are:\n${states.join("\n")}${failure}`,
    );
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
