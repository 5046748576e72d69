import * as vscode from "vscode";
import type { Problem } from "../../core/failure";
import type { Forward } from "../../core/forwards/forward";
import { gpuModels, shortGpuName } from "../../core/gpu/summary";
import type { Sample } from "../../core/gpu/watch";
import { type HostRef, hostId } from "../../core/ports";
import { describe, sentence } from "../../core/words";
import type { Gpu, HostReport } from "../../shared/gpu";
import { isFree, ownersOf, warningsOf } from "../../shared/gpuUse";
import type { HostState } from "../../shared/host";
import { type ForwardRow, forwardItem, type PortsRow, portsItem } from "../ports/portRows";
import { type HostBook, type HostEntry, sameHost } from "./hostBook";
import { describeState } from "./stateWords";

/** A row of the tree: the demo group, why the ssh config is not there, a host, one of its GPUs, its forwarded ports. */
export type HostNode = { kind: "demo" } | { kind: "problem"; problem: Problem } | HostRow | ChildRow;

type ChildRow = GpuRow | PortsRow | ForwardRow;

interface HostRow {
  readonly kind: "host";
  readonly entry: HostEntry;
}

interface GpuRow {
  readonly kind: "gpu";
  readonly entry: HostEntry;
  readonly gpu: Gpu;
  readonly report: HostReport;
}

export interface HostTreeDeps {
  readonly book: HostBook;
  state(host: HostRef): HostState;
  latest(host: HostRef): Sample | undefined;
  /** It is a login node: sampled only when somebody asks. */
  isGentle(host: HostRef): boolean;
  forwards(host: HostRef): readonly Forward[];
  /** The demo fleet shows GPUs only, for want of a shell on this computer. */
  isDemoRecorded(): boolean;
  now(): number;
}

export class HostTree implements vscode.TreeDataProvider<HostNode> {
  private readonly change = new vscode.EventEmitter<HostNode | undefined>();
  readonly onDidChangeTreeData = this.change.event;

  /** The rows of hosts as VS Code knows them, by id, and what they said when they were painted last. */
  private readonly rows = new Map<string, HostRow>();
  private readonly said = new Map<string, string>();

  constructor(private readonly deps: HostTreeDeps) {}

  /**
   * Which hosts there are may have changed. For nothing less: VS Code forgets every row then, and one that asks for its
   * children in that moment stays without.
   */
  refresh(): void {
    this.change.fire(undefined);
  }

  /** A host's state or readings changed: its rows are painted anew where they say something else. */
  changed(host: HostRef): void {
    const row = this.rows.get(hostId(host));
    if (!row) return;
    const words = this.wordsOf(row);
    if (this.said.get(hostId(host)) === words) return;
    this.said.set(hostId(host), words);
    this.change.fire(row);
  }

  /** What the rows of hosts say may have changed. */
  repaint(): void {
    for (const { entry } of this.rows.values()) this.changed(entry.ref);
  }

  async getChildren(node?: HostNode): Promise<HostNode[]> {
    const { book } = this.deps;
    if (!node) {
      const hosts = (await book.entries()).map((entry) => this.rowOf(entry));
      const problem = book.problem();
      return [
        ...(problem ? [{ kind: "problem", problem } as const] : []),
        ...hosts,
        ...(book.demoEntries().length > 0 ? [{ kind: "demo" } as const] : []),
      ];
    }
    if (node.kind === "demo") return book.demoEntries().map((entry) => this.rowOf(entry));
    if (node.kind === "ports") return forwardRows(node);
    return node.kind === "host" ? [...this.gpuRows(node.entry), ...this.portsRows(node.entry)] : [];
  }

  getTreeItem(node: HostNode): vscode.TreeItem {
    if (node.kind === "demo") {
      const item = new vscode.TreeItem("Demo fleet", vscode.TreeItemCollapsibleState.Expanded);
      item.id = "demo";
      item.description = this.deps.isDemoRecorded() ? "recorded: GPUs only" : "simulated, on this computer";
      item.contextValue = "demo";
      item.iconPath = new vscode.ThemeIcon("rocket");
      return item;
    }
    if (node.kind === "problem") return problemItem(node.problem);
    if (node.kind !== "host") return childItem(node);
    this.said.set(hostId(node.entry.ref), this.wordsOf(node));
    return this.hostItem(node.entry);
  }

  private rowOf(entry: HostEntry): HostRow {
    const id = hostId(entry.ref);
    const known = this.rows.get(id);
    const row = known?.entry.origin === entry.origin ? known : hostRow(entry);
    this.rows.set(id, row);
    return row;
  }

  /** None for a gentle host: what was read once does not stay true. */
  private gpuRows(entry: HostEntry): GpuRow[] {
    if (this.deps.isGentle(entry.ref)) return [];
    const report = this.deps.latest(entry.ref)?.report;
    return report ? report.gpus.map((gpu) => ({ kind: "gpu", entry, gpu, report })) : [];
  }

  /** Where ports can be forwarded or are. */
  private portsRows(entry: HostEntry): PortsRow[] {
    const forwards = this.deps.forwards(entry.ref);
    const isOffered = forwards.length > 0 || this.deps.state(entry.ref).kind === "connected";
    return isOffered ? [{ kind: "ports", entry, forwards }] : [];
  }

  private wordsOf({ entry }: HostRow): string {
    const ports = this.portsRows(entry);
    const children = [...this.gpuRows(entry), ...ports, ...ports.flatMap(forwardRows)];
    const items = [this.hostItem(entry), ...children.map(childItem)];
    return JSON.stringify(
      items.map(({ label, description, contextValue, tooltip }) => [label, description, contextValue, tooltip]),
    );
  }

  private hostItem(entry: HostEntry): vscode.TreeItem {
    const { ref, origin } = entry;
    const state = this.deps.state(ref);
    const sample = this.deps.latest(ref);
    const item = new vscode.TreeItem(
      ref.name,
      this.gpuRows(entry).length + this.portsRows(entry).length > 0
        ? vscode.TreeItemCollapsibleState.Collapsed
        : vscode.TreeItemCollapsibleState.None,
    );
    const live = state.kind === "connected" || state.kind === "connecting" || state.kind === "needsYou";
    const pinned = sameHost(this.deps.book.pinned(), ref);
    const gentle = this.deps.isGentle(ref);
    item.id = hostId(ref);
    item.contextValue = `host.${live || state.kind === "reconnecting" ? "on" : "off"}.${origin}.${pinned ? "pinned" : "unpinned"}.${gentle ? "gentle" : "sampled"}`;
    item.iconPath = gentle ? gentleIcon(state) : stateIcon(state);
    const words = describeState(state, this.deps.now());
    item.description = gentle
      ? gentleWords(state, words)
      : state.kind === "connected" && sample
        ? describeReport(sample.report)
        : words;
    item.tooltip = hostTooltip(ref, state, sample, this.deps.now());
    item.accessibilityInformation = { label: `${ref.name}, ${item.description || "not connected"}` };
    item.command = { command: "tensorline.showHost", title: "Show GPUs", arguments: [hostRow(entry)] };
    return item;
  }
}

const hostRow = (entry: HostEntry): HostRow => ({ kind: "host", entry });

const forwardRows = ({ entry, forwards }: PortsRow): ForwardRow[] =>
  forwards.map((forward) => ({ kind: "forward", entry, forward }));

function childItem(row: ChildRow): vscode.TreeItem {
  switch (row.kind) {
    case "gpu":
      return gpuItem(row);
    case "ports":
      return portsItem(row);
    case "forward":
      return forwardItem(row);
  }
}

function problemItem(problem: Problem): vscode.TreeItem {
  const item = new vscode.TreeItem(describe(problem).message);
  item.iconPath = new vscode.ThemeIcon("warning");
  item.tooltip = sentence(problem);
  item.command = { command: "tensorline.useSshConfig", title: "Open the ssh config" };
  return item;
}

function stateIcon(state: HostState): vscode.ThemeIcon {
  switch (state.kind) {
    case "connected":
      return new vscode.ThemeIcon("circle-filled", new vscode.ThemeColor("charts.green"));
    case "connecting":
      return new vscode.ThemeIcon("loading~spin");
    case "needsYou":
      return new vscode.ThemeIcon("question");
    case "reconnecting":
      return new vscode.ThemeIcon("sync");
    case "offline":
      return new vscode.ThemeIcon(state.problem.reason.startsWith("hostKey") ? "warning" : "circle-slash");
    case "disconnected":
      return new vscode.ThemeIcon("circle-outline");
  }
}

/** What is wrong comes first, what is in order last: rows are narrow. */
function gentleWords(state: HostState, words: string): string {
  const mark = "login node, not sampled";
  if (words === "") return mark;
  return state.kind === "connected" ? `${mark}, ${words}` : `${words}, ${mark}`;
}

/** A login node has a shape of its own where its connection is in order. */
function gentleIcon(state: HostState): vscode.ThemeIcon {
  if (state.kind === "disconnected") return new vscode.ThemeIcon("server");
  return state.kind === "connected"
    ? new vscode.ThemeIcon("server", new vscode.ThemeColor("charts.green"))
    : stateIcon(state);
}

/** `8×H100  3 free   4 users`. */
function describeReport(report: HostReport): string {
  if (report.gpus.length === 0) return "no GPUs";
  const free = report.gpus.filter((gpu) => isFree(gpu, report)).length;
  const users = new Set(report.processes.map((process) => process.user).filter(Boolean)).size;
  const parts = [gpuModels(report.gpus), free === 0 ? "busy" : `${free} free`];
  if (users > 0) parts.push(users === 1 ? "1 user" : `${users} users`);
  return parts.join("  ");
}

function hostTooltip(ref: HostRef, state: HostState, sample: Sample | undefined, now: number): vscode.MarkdownString {
  const text = new vscode.MarkdownString();
  text.appendText(ref.name);
  const words = describeState(state, now);
  if (words) text.appendText(`\n\n${words}`);
  if ("problem" in state) text.appendText(`\n\n${state.problem.message}`);
  const system = sample?.report.system;
  if (system?.distribution) text.appendText(`\n\n${system.distribution}`);
  if (sample && state.kind !== "connected") {
    text.appendText(
      `\n\nLast seen ${Math.round((now - sample.time) / 60_000)} min ago: ${describeReport(sample.report)}`,
    );
  }
  return text;
}

function gpuItem(row: GpuRow): vscode.TreeItem {
  const { entry, gpu, report } = row;
  const item = new vscode.TreeItem(`${gpu.index}  ${shortGpuName(gpu.name) ?? "GPU"}`);
  const free = isFree(gpu, report);
  const [warning] = warningsOf(report, gpu);
  item.id = `${hostId(entry.ref)}#${gpu.vendor}${gpu.index}`;
  item.contextValue = "gpu";
  item.iconPath = new vscode.ThemeIcon(warning ? "warning" : free ? "circle-large-outline" : "circuit-board");
  item.description = [warning ? "⚠" : free ? "free" : ownersOf(report, gpu).join(", "), memoryWords(gpu)]
    .filter(Boolean)
    .join("  ");
  item.tooltip = warning?.message ?? gpu.name ?? "GPU";
  item.command = { command: "tensorline.openGpuPanel", title: "Open GPU Panel", arguments: [hostRow(entry)] };
  return item;
}

function memoryWords(gpu: Gpu): string {
  if (gpu.memoryTotalBytes === undefined) return "";
  const gib = (bytes: number) => Math.round(bytes / 2 ** 30);
  return `${gpu.memoryUsedBytes === undefined ? "–" : gib(gpu.memoryUsedBytes)} / ${gib(gpu.memoryTotalBytes)} GB`;
}
