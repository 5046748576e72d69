import * as vscode from "vscode";
import type { Forward } from "../../core/forwards/forward";
import { hostId } from "../../core/ports";
import type { HostEntry } from "../hosts/hostBook";
import { portWords } from "./portWords";

/** The forwarded ports of a host as one row of the tree. */
export interface PortsRow {
  readonly kind: "ports";
  readonly entry: HostEntry;
  readonly forwards: readonly Forward[];
}

export interface ForwardRow {
  readonly kind: "forward";
  readonly entry: HostEntry;
  readonly forward: Forward;
}

export function portsItem({ entry, forwards }: PortsRow): vscode.TreeItem {
  const count = forwards.length;
  const item = new vscode.TreeItem(
    count === 0 ? "Ports" : `Ports (${count})`,
    count === 0 ? vscode.TreeItemCollapsibleState.None : vscode.TreeItemCollapsibleState.Expanded,
  );
  // VS Code remembers how a row stands by its id: an empty one has another, so that the first forward shows at once.
  item.id = `${hostId(entry.ref)}#${count === 0 ? "noPorts" : "ports"}`;
  item.contextValue = "ports";
  item.iconPath = new vscode.ThemeIcon("plug");
  item.description = count === 0 ? "none forwarded" : "";
  item.tooltip = `Ports of ${entry.ref.name} forwarded to this computer`;
  item.accessibilityInformation = { label: `${count === 0 ? "No" : count} forwarded ports of ${entry.ref.name}` };
  return item;
}

export function forwardItem({ entry, forward }: ForwardRow): vscode.TreeItem {
  const words = portWords(forward);
  const item = new vscode.TreeItem(words.label);
  item.id = `${hostId(entry.ref)}#port${forward.id}`;
  item.contextValue = `forward.${forward.state.kind}`;
  item.iconPath = new vscode.ThemeIcon(words.icon);
  item.description = words.description;
  item.tooltip = words.tooltip;
  item.accessibilityInformation = { label: words.spoken };
  return item;
}
