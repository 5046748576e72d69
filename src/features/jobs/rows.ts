import type { Problem } from "../../core/failure";
import type { HostJobs } from "../../core/jobs/jobs";
import { type HostRef, hostId } from "../../core/ports";
import { sentence } from "../../core/words";
import type { HostState } from "../../shared/host";
import type { JobProgress } from "../../shared/jobPanel";
import { hasEnded, type Job } from "../../shared/jobs";
import { facts, type RowWords } from "../environments/rowWords";
import { describeState } from "../hosts/stateWords";
import { jobKey, jobWords } from "./jobWords";

/** A row of the Jobs tree. Each names its host, so that a command can start from any of them. */
export type JobNode = { readonly host: HostRef } & (
  | { readonly kind: "host" }
  | { readonly kind: "reading" }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "none" }
  | { readonly kind: "group"; readonly group: JobGroup }
  | { readonly kind: "job"; readonly job: Job; readonly isMine: boolean }
);

export type JobGroup = "running" | "queued" | "finished" | "others";

export interface JobRowsDeps {
  state(host: HostRef): HostJobs;
  connection(host: HostRef): HostState;
  progress(host: HostRef, id: string): JobProgress | undefined;
  isWatched(host: HostRef, id: string): boolean;
  now(): number;
}

const groups: readonly JobGroup[] = ["running", "queued", "finished", "others"];

const groupNames: Readonly<Record<JobGroup, string>> = {
  running: "Running",
  queued: "Queued",
  finished: "Finished",
  others: "Others on this host",
};

const groupIcons: Readonly<Record<JobGroup, string>> = {
  running: "play",
  queued: "clock",
  finished: "history",
  others: "organization",
};

/** The rows below a row. */
export function childrenOf(node: JobNode, deps: JobRowsDeps): JobNode[] {
  const { host } = node;
  if (node.kind === "host") return hostRows(host, deps.state(host));
  if (node.kind !== "group") return [];
  const isMine = node.group !== "others";
  return jobsOf(deps.state(host), node.group).map((job) => ({ host, kind: "job", job, isMine }));
}

/** The row with what is known of its job now: a row lives longer than that. */
export function asItIsNow(node: JobNode, deps: Pick<JobRowsDeps, "state">): JobNode {
  if (node.kind !== "job") return node;
  const { jobs = [], others = [] } = deps.state(node.host);
  const job = (node.isMine ? jobs : others).find(({ id }) => id === node.job.id);
  return job ? { ...node, job } : node;
}

/** The same text while the same rows stand at and below it, and those that are no jobs say the same. */
export function shapeOf(node: JobNode, deps: JobRowsDeps): string {
  const { label, description } = node.kind === "job" ? { label: "", description: "" } : wordsOf(node, deps);
  return [nodeId(node), label, description, ...childrenOf(node, deps).map((row) => shapeOf(row, deps))].join("\n");
}

function hostRows(host: HostRef, state: HostJobs): JobNode[] {
  const rows: JobNode[] = state.problem ? [{ host, kind: "problem", problem: state.problem }] : [];
  if (!state.jobs) return state.isReading || !state.problem ? [...rows, { host, kind: "reading" }] : rows;
  const filled = groups.filter((group) => jobsOf(state, group).length > 0);
  if (state.jobs.length === 0) rows.push({ host, kind: "none" });
  return [...rows, ...filled.map((group) => ({ host, kind: "group", group }) as const)];
}

/** The jobs of a group, in the order of their rows: newest first, those that wait in the order of the queue. */
export function jobsOf({ jobs = [], others = [] }: HostJobs, group: JobGroup): readonly Job[] {
  switch (group) {
    case "running":
      return jobs.filter(({ state }) => state === "running");
    case "queued":
      return jobs.filter(({ state }) => state === "queued").reverse();
    case "finished":
      return jobs.filter(hasEnded);
    case "others":
      return others;
  }
}

/** What stands below it opens by itself, is folded at first, or is nothing. */
export function foldOf(node: JobNode): "open" | "folded" | "none" {
  if (node.kind === "host") return "folded";
  if (node.kind !== "group") return "none";
  return node.group === "running" || node.group === "queued" ? "open" : "folded";
}

/** An id that stays with the row as long as what it shows exists. */
export function nodeId(node: JobNode): string {
  const host = hostId(node.host);
  if (node.kind === "job") return jobKey(node.host, node.job.id);
  if (node.kind === "group") return `${host}#group ${node.group}`;
  return node.kind === "host" ? host : `${host}#${node.kind}`;
}

export function wordsOf(node: JobNode, deps: JobRowsDeps): RowWords {
  const { host } = node;
  switch (node.kind) {
    case "host":
      return hostWords(host, deps);
    case "reading":
      return plain(readingText(deps.connection(host)), "loading~spin", "reading");
    case "problem":
      return plain(sentence(node.problem), node.problem.reason === "cancelled" ? "circle-slash" : "warning", "problem");
    case "none":
      return { ...plain("No jobs yet", "info", "none"), description: "run a file with Run on GPU" };
    case "group": {
      const count = jobsOf(deps.state(host), node.group).length;
      const label = groupNames[node.group];
      return { ...plain(label, groupIcons[node.group], `group.${node.group}`), description: String(count) };
    }
    case "job": {
      const { job, isMine } = node;
      const progress = deps.progress(host, job.id);
      const isWatched = deps.isWatched(host, job.id);
      return jobWords(job, { host, isMine, isWatched, now: deps.now(), ...(progress ? { progress } : {}) });
    }
  }
}

const plain = (label: string, icon: string, context: string): RowWords => ({
  label,
  description: "",
  tooltip: [label],
  spoken: label,
  icon,
  context,
});

function readingText(connection: HostState): string {
  if (connection.kind === "connected") return "Looking for jobs…";
  if (connection.kind === "offline") return "Not connected";
  return connection.kind === "needsYou" ? "The login needs you" : "Connecting…";
}

function hostWords(host: HostRef, deps: JobRowsDeps): RowWords {
  const state = deps.state(host);
  const connection = deps.connection(host);
  const count = (group: JobGroup) => jobsOf(state, group).length;
  const isPlain = connection.kind === "connected" || connection.kind === "disconnected";
  const description = facts([
    count("running") > 0 && `${count("running")} running`,
    count("queued") > 0 && `${count("queued")} queued`,
    state.jobs && connection.kind === "disconnected" && "not connected",
    !isPlain && describeState(connection, deps.now()),
  ]);
  return {
    label: host.name,
    description,
    tooltip: [host.name, description || "Unfold it to see what runs there."],
    spoken: [host.name, description.replaceAll(" · ", ", ")].filter(Boolean).join(", "),
    icon: "server-process",
    context: "host",
  };
}
