import { randomBytes } from "node:crypto";
import * as vscode from "vscode";

export interface PageKind {
  /** Of its bundle. */
  readonly name: string;
  readonly title: string;
  /** It holds a terminal, which writes style sheets of its own. */
  readonly injectsStyles?: true;
}

/** The one place where a page's HTML and its content security policy are made. */
export function pageHtml(webview: vscode.Webview, extensionUri: vscode.Uri, page: PageKind): string {
  const file = (...path: string[]) =>
    webview.asWebviewUri(vscode.Uri.joinPath(extensionUri, "dist", "webview", ...path)).toString();
  const nonce = randomBytes(16).toString("base64");
  const policy = [
    "default-src 'none'",
    `script-src 'nonce-${nonce}'`,
    `style-src ${webview.cspSource}${page.injectsStyles ? " 'unsafe-inline'" : ""}`,
    `font-src ${webview.cspSource}`,
    `img-src ${webview.cspSource} data:`,
  ].join("; ");
  return `<!DOCTYPE html>
<html lang="en">
<head>
<meta charset="utf-8">
<meta http-equiv="Content-Security-Policy" content="${policy}">
<meta name="viewport" content="width=device-width, initial-scale=1">
<link rel="stylesheet" href="${file("codicons", "codicon.css")}">
<link rel="stylesheet" href="${file(`${page.name}.css`)}">
<title>${page.title}</title>
</head>
<body>
<div id="root"></div>
<script nonce="${nonce}" src="${file(`${page.name}.js`)}"></script>
</body>
</html>`;
}

/** What a page may load: its own bundle and nothing else. */
export function pageOptions(extensionUri: vscode.Uri): vscode.WebviewOptions {
  return { enableScripts: true, localResourceRoots: [vscode.Uri.joinPath(extensionUri, "dist", "webview")] };
}
