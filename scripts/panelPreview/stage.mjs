// Shows a page outside VS Code: bundles it, serves it on loopback under the extension's own content policy, takes pictures of
// its scenes and collects whatever the policy refuses or the page logs.
import { mkdir, readFile } from "node:fs/promises";
import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import esbuild from "esbuild";
import { chromium } from "playwright-core";

const root = fileURLToPath(new URL("../..", import.meta.url));
const codicons = `${root}/node_modules/@vscode/codicons/dist`;
const NONCE = "preview";
const TYPES = { js: "text/javascript", css: "text/css", ttf: "font/ttf" };

/** The page's script and styles, and the script that plays VS Code and the extension. */
async function bundle(entry, scenes) {
  const common = {
    absWorkingDir: root,
    bundle: true,
    format: "iife",
    target: "es2022",
    write: false,
    legalComments: "none",
  };
  const page = await esbuild.build({
    ...common,
    entryPoints: [entry],
    outdir: "dist/webview",
    minify: true,
    jsx: "automatic",
    jsxImportSource: "preact",
  });
  const played = await esbuild.build({ ...common, entryPoints: [scenes], outfile: "scenes.js" });
  const file = (ending) => page.outputFiles.find((one) => one.path.endsWith(ending)).contents;
  return { "/page.js": file(".js"), "/page.css": file(".css"), "/scenes.js": played.outputFiles[0].contents };
}

const html = (
  title,
) => `<!DOCTYPE html><html lang="en"><head><meta charset="utf-8"><title>${title}</title><link rel="icon" href="data:,">
<link rel="stylesheet" href="/codicon.css"><link rel="stylesheet" href="/page.css"></head>
<body><script nonce="${NONCE}" src="/scenes.js"></script><script nonce="${NONCE}" src="/page.js"></script></body></html>`;

async function serve(files, title, styles) {
  const policy = `default-src 'none'; script-src 'nonce-${NONCE}'; style-src ${styles}; font-src 'self'; img-src 'self' data:`;
  const server = createServer(async (request, response) => {
    const { pathname } = new URL(request.url, "http://localhost");
    response.setHeader("content-security-policy", policy);
    response.setHeader("content-type", `${TYPES[pathname.split(".").pop()] ?? "text/html"}; charset=utf-8`);
    if (pathname === "/") return response.end(html(title));
    if (files[pathname]) return response.end(files[pathname]);
    if (/^\/codicon\.(css|ttf)$/.test(pathname)) return response.end(await readFile(codicons + pathname));
    response.statusCode = 404;
    return response.end();
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  return { server, origin: `http://127.0.0.1:${server.address().port}` };
}

const settle = (page) =>
  page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));

/**
 * Opens the stage for one page. `injectsStyles`: it holds a terminal, which the policy lets write style sheets.
 * `open` gives a browser page with a scene painted; `picture` takes one into `folder`.
 */
export async function openStage({ entry, scenes, title, injectsStyles = false, folder = `${root}/test/artifacts` }) {
  const files = await bundle(entry, scenes);
  const { server, origin } = await serve(files, title, injectsStyles ? "'self' 'unsafe-inline'" : "'self'");
  const browser = await chromium.launch({
    executablePath: process.env.CHROMIUM_PATH ?? "/usr/bin/chromium",
    args: ["--headless", "--no-sandbox", "--disable-gpu"],
  });
  const complaints = [];
  await mkdir(folder, { recursive: true });

  async function open({ name, scene, theme = "vscode-dark", query = "", width, height, zoom = 1 }) {
    const page = await browser.newPage({ viewport: { width, height }, deviceScaleFactor: zoom });
    page.on("console", (message) => complaints.push(`${name}: ${message.text()}`));
    page.on("pageerror", (error) => complaints.push(`${name}: ${error.message}`));
    await page.goto(`${origin}/?scene=${scene}&theme=${theme}${query}`);
    await page.waitForSelector("main > *");
    await page.evaluate(() => document.fonts.ready);
    await settle(page);
    return page;
  }

  return {
    files,
    origin,
    complaints,
    open,
    settle,
    async picture(picture) {
      const page = await open(picture);
      await picture.act?.(page);
      await settle(page);
      const over = await page.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      if (over > 0) complaints.push(`${picture.name}: ${over} px wider than the window`);
      await page.screenshot({ path: `${folder}/${picture.name}.png` });
      await page.close();
    },
    async close() {
      await browser.close();
      server.close();
    },
  };
}
