import * as vscode from "vscode";
import { type HostRef, hostId } from "../../core/ports";
import type { HostBook } from "../hosts/hostBook";
import { childrenOf, type EnvironmentNode, hasChildren, nodeId, type RowsDeps, wordsOf } from "./rows";
import { tooltipMarkdown } from "./rowWords";

/** The tree of hosts, their environments and toolkits. Reads nothing by itself: unfolding a host makes others look. */
export class EnvironmentTree implements vscode.TreeDataProvider<EnvironmentNode> {
  private readonly change = new vscode.EventEmitter<EnvironmentNode | undefined>();
  readonly onDidChangeTreeData = this.change.event;
  private readonly hosts = new Map<string, EnvironmentNode>();

  constructor(
    private readonly book: HostBook,
    private readonly rows: RowsDeps,
  ) {}

  refresh(): void {
    this.change.fire(undefined);
  }

  /** What is known of the host changed. */
  changed(host: HostRef): void {
    const row = this.hosts.get(hostId(host));
    if (row) this.change.fire(row);
  }

  async getChildren(node?: EnvironmentNode): Promise<EnvironmentNode[]> {
    if (node) return childrenOf(node, this.rows);
    const entries = [...(await this.book.entries()), ...this.book.demoEntries()];
    return entries.map(({ ref }) => this.hostRow(ref));
  }

  /** The same row for the same host, so that VS Code knows it again. */
  private hostRow(host: HostRef): EnvironmentNode {
    const known = this.hosts.get(hostId(host));
    const row = known ?? { host, kind: "host" };
    this.hosts.set(hostId(host), row);
    return row;
  }

  getTreeItem(node: EnvironmentNode): vscode.TreeItem {
    const words = wordsOf(node, this.rows);
    const item = new vscode.TreeItem(words.label, collapsible(node));
    item.id = nodeId(node);
    item.description = words.description;
    item.tooltip = new vscode.MarkdownString(tooltipMarkdown(words.tooltip));
    item.iconPath = iconOf(words.icon);
    item.contextValue = words.context;
    item.accessibilityInformation = { label: words.spoken };
    if (node.kind === "operation") item.command = command("tensorline.showOperation", "Show Output", node);
    if (node.kind === "none") item.command = command("tensorline.createEnvironment", "Create Environment", node);
    if (node.kind === "problem") item.command = command("tensorline.refreshEnvironments", "Try Again", node);
    return item;
  }
}

const command = (id: string, title: string, node: EnvironmentNode): vscode.Command => ({
  command: id,
  title,
  arguments: [node],
});

function collapsible(node: EnvironmentNode): vscode.TreeItemCollapsibleState {
  return hasChildren(node) ? vscode.TreeItemCollapsibleState.Collapsed : vscode.TreeItemCollapsibleState.None;
}

/** Problems are yellow where the theme says so; everything else has the theme's own colour. */
function iconOf(name: string): vscode.ThemeIcon {
  return name === "warning"
    ? new vscode.ThemeIcon(name, new vscode.ThemeColor("list.warningForeground"))
    : new vscode.ThemeIcon(name);
}
