import * as vscode from "vscode";
import { type HostRef, hostId } from "../../core/ports";
import { tooltipMarkdown } from "../environments/rowWords";
import type { HostBook } from "../hosts/hostBook";
import { asItIsNow, childrenOf, foldOf, type JobNode, type JobRowsDeps, nodeId, shapeOf, wordsOf } from "./rows";

/** The tree of hosts and their jobs. Reads nothing by itself: unfolding a host makes others look. */
export class JobTree implements vscode.TreeDataProvider<JobNode> {
  private readonly change = new vscode.EventEmitter<JobNode | undefined>();
  readonly onDidChangeTreeData = this.change.event;
  private readonly hosts = new Map<string, JobNode>();
  /** Which rows stood below each host when VS Code was told to ask for them. */
  private readonly shapes = new Map<string, string>();
  /** The rows of jobs as VS Code knows them, and what they said when they were painted last. */
  private readonly jobs = new Map<string, { readonly row: JobNode; readonly said: string }>();

  constructor(
    private readonly book: HostBook,
    private readonly rows: JobRowsDeps,
  ) {}

  refresh(): void {
    this.change.fire(undefined);
  }

  /**
   * What is known of the host changed. While VS Code asks for new rows, a menu that is open on an old one loses it: they are
   * asked for only where there are others than before.
   */
  changed(host: HostRef): void {
    const row = this.hosts.get(hostId(host));
    if (!row) return;
    const shape = shapeOf(row, this.rows);
    const isSame = this.shapes.get(hostId(host)) === shape;
    this.shapes.set(hostId(host), shape);
    if (isSame) this.repaint();
    else this.change.fire(row);
  }

  /** Time passed or output came: rows of jobs are painted anew where they say something else. */
  repaint(): void {
    for (const { row, said } of [...this.jobs.values()]) {
      if (this.said(row) !== said) this.change.fire(row);
    }
  }

  async getChildren(node?: JobNode): Promise<JobNode[]> {
    if (node) return childrenOf(node, this.rows);
    this.jobs.clear();
    const entries = [...(await this.book.entries()), ...this.book.demoEntries()];
    return entries.map(({ ref }) => this.hostRow(ref));
  }

  /** The same row for the same host, so that VS Code knows it again. */
  private hostRow(host: HostRef): JobNode {
    const known = this.hosts.get(hostId(host));
    const row = known ?? { host, kind: "host" };
    this.hosts.set(hostId(host), row);
    return row;
  }

  getTreeItem(node: JobNode): vscode.TreeItem {
    const words = wordsOf(asItIsNow(node, this.rows), this.rows);
    const item = new vscode.TreeItem(words.label, folds[foldOf(node)]);
    item.id = nodeId(node);
    item.description = words.description;
    item.tooltip = new vscode.MarkdownString(tooltipMarkdown(words.tooltip));
    item.iconPath = iconOf(words.icon);
    item.contextValue = words.context;
    item.accessibilityInformation = { label: words.spoken };
    if (node.kind === "job" && node.isMine) item.command = command("tensorline.showJob", "Show Job", node);
    if (node.kind === "none") item.command = command("tensorline.runOnGpu", "Run on GPU");
    if (node.kind === "problem") item.command = command("tensorline.refreshJobs", "Try Again", node);
    if (node.kind === "job") this.jobs.set(item.id, { row: node, said: this.said(node) });
    return item;
  }

  private said(node: JobNode): string {
    const { description, context } = wordsOf(asItIsNow(node, this.rows), this.rows);
    return `${description} ${context}`;
  }
}

const folds = {
  open: vscode.TreeItemCollapsibleState.Expanded,
  folded: vscode.TreeItemCollapsibleState.Collapsed,
  none: vscode.TreeItemCollapsibleState.None,
} as const;

const command = (id: string, title: string, node?: JobNode): vscode.Command => ({
  command: id,
  title,
  ...(node ? { arguments: [node] } : {}),
});

/** The colours that the theme has for what went well and what did not; shapes differ as well. */
const colours: Readonly<Record<string, string>> = {
  warning: "list.warningForeground",
  error: "testing.iconFailed",
  pass: "testing.iconPassed",
  "play-circle": "charts.blue",
};

function iconOf(name: string): vscode.ThemeIcon {
  const colour = colours[name];
  return new vscode.ThemeIcon(name, colour === undefined ? undefined : new vscode.ThemeColor(colour));
}
