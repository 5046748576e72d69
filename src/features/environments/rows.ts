import { environmentId, type HostEnvironments } from "../../core/environments/environments";
import type { Manager } from "../../core/environments/manager";
import type { Problem } from "../../core/failure";
import type { FollowedOperation } from "../../core/operations/followed";
import { type HostRef, hostId } from "../../core/ports";
import { sentence } from "../../core/words";
import type {
  Driver,
  Environment,
  EnvironmentWarning,
  ProjectFolder,
  Toolkit,
  ToolkitReport,
} from "../../shared/environments";
import type { HostState } from "../../shared/host";
import { describeState } from "../hosts/stateWords";
import { environmentWords } from "./environmentWords";
import { facts, type RowWords } from "./rowWords";
import type { Selections, Use } from "./selections";
import { driverWords, switchable, toolkitGroupWords, toolkitId, toolkitWords } from "./toolkitWords";

/** A row of the Environments tree. Each names its host, so that a command can start from any of them. */
export type EnvironmentNode = { readonly host: HostRef } & (
  | { readonly kind: "host" }
  | { readonly kind: "reading" }
  | { readonly kind: "problem"; readonly problem: Problem }
  | { readonly kind: "none" }
  | { readonly kind: "operation"; readonly operation: FollowedOperation }
  | { readonly kind: "environment"; readonly environment: Environment }
  | { readonly kind: "projects"; readonly projects: readonly ProjectFolder[] }
  | { readonly kind: "project"; readonly project: ProjectFolder }
  | { readonly kind: "toolkits"; readonly report: ToolkitReport }
  | { readonly kind: "toolkitProblem"; readonly problem: Problem }
  | { readonly kind: "driver"; readonly driver: Driver; readonly report: ToolkitReport }
  | { readonly kind: "toolkit"; readonly toolkit: Toolkit }
  | { readonly kind: "warning"; readonly warning: EnvironmentWarning }
);

export interface RowsDeps {
  state(host: HostRef): HostEnvironments;
  connection(host: HostRef): HostState;
  managers(): readonly Manager[];
  readonly selections: Selections;
  now(): number;
}

/** The rows below a row. */
export function childrenOf(node: EnvironmentNode, deps: RowsDeps): EnvironmentNode[] {
  const { host } = node;
  switch (node.kind) {
    case "host":
      return hostRows(host, deps.state(host), deps.selections);
    case "projects":
      return node.projects.map((project) => ({ host, kind: "project", project }));
    case "toolkits": {
      const { driver, warnings } = node.report;
      return [
        ...(driver ? [{ host, kind: "driver", driver, report: node.report } as const] : []),
        ...switchable(node.report).map((toolkit) => ({ host, kind: "toolkit", toolkit }) as const),
        ...warnings.map((warning) => ({ host, kind: "warning", warning }) as const),
      ];
    }
    default:
      return [];
  }
}

export const hasChildren = ({ kind }: EnvironmentNode): boolean =>
  kind === "host" || kind === "projects" || kind === "toolkits";

function hostRows(host: HostRef, state: HostEnvironments, selections: Selections): EnvironmentNode[] {
  const { survey, toolkits, problem, toolkitProblem, isReading, running } = state;
  const rows: EnvironmentNode[] = running.map((operation) => ({ host, kind: "operation", operation }));
  if (problem) rows.push({ host, kind: "problem", problem });
  if (!survey) return isReading || !problem ? [...rows, { host, kind: "reading" }] : rows;
  const { environments, projects, warnings } = survey.report;
  if (environments.length === 0) rows.push({ host, kind: "none" });
  rows.push(
    ...inOrder(host, environments, selections).map(
      (environment) => ({ host, kind: "environment", environment }) as const,
    ),
    ...warnings.map((warning) => ({ host, kind: "warning", warning }) as const),
  );
  if (projects.length > 0) rows.push({ host, kind: "projects", projects });
  if (toolkits) rows.push({ host, kind: "toolkits", report: toolkits });
  else if (toolkitProblem) rows.push({ host, kind: "toolkitProblem", problem: toolkitProblem });
  return rows;
}

/** What is chosen first, then one's own by name, then those of the system. */
function inOrder(host: HostRef, environments: readonly Environment[], selections: Selections): Environment[] {
  const rank = (one: Environment) => (usesOf(host, one, selections).length > 0 ? 0 : one.isProtected ? 2 : 1);
  return [...environments].sort(
    (a, b) =>
      rank(a) - rank(b) || a.name.localeCompare(b.name, "en", { numeric: true }) || a.prefix.localeCompare(b.prefix),
  );
}

/** What the environment was chosen for. */
function usesOf(host: HostRef, environment: Environment, selections: Selections): Use[] {
  return (["workspace", "jobs"] as const).filter((use) => {
    const chosen = selections.environment(host, use);
    return chosen !== undefined && environmentId(chosen) === environmentId(environment);
  });
}

/** An id that stays with the row as long as what it shows exists. */
export function nodeId(node: EnvironmentNode): string {
  const host = hostId(node.host);
  switch (node.kind) {
    case "environment":
      return `${host}#environment ${environmentId(node.environment)}`;
    case "operation":
      return `${host}#operation ${node.operation.id}`;
    case "project":
      return `${host}#project ${node.project.path}`;
    case "toolkit":
      return `${host}#toolkit ${toolkitId(node.toolkit)}`;
    case "warning":
      return `${host}#warning ${node.warning.reason} ${node.warning.message}`;
    default:
      return node.kind === "host" ? host : `${host}#${node.kind}`;
  }
}

export function wordsOf(node: EnvironmentNode, deps: RowsDeps): RowWords {
  const { host } = node;
  switch (node.kind) {
    case "host":
      return hostWords(host, deps);
    case "reading":
      return plain(readingText(deps.connection(host)), "loading~spin", "reading");
    case "problem":
      return problemWords(node.problem, "problem");
    case "toolkitProblem":
      return problemWords(node.problem, "toolkitProblem");
    case "none":
      return { ...plain("No Python found", "info", "none"), description: "create an environment" };
    case "operation":
      return {
        ...plain(node.operation.title, "loading~spin", "operation"),
        description: "running",
        tooltip: [node.operation.title, "It goes on when the connection is lost or the window is closed."],
      };
    case "environment":
      return environmentWords(node.environment, environmentContext(node.environment, host, deps));
    case "projects":
      return { ...plain("Project folders", "folder", "projects"), description: String(node.projects.length) };
    case "project":
      return projectWords(node.project);
    case "toolkits":
      return toolkitGroupWords(host.name, node.report);
    case "driver":
      return driverWords(host.name, node.driver, node.report.gpus);
    case "toolkit": {
      const chosen = deps.selections.toolkit(host);
      return toolkitWords(
        host.name,
        node.toolkit,
        chosen !== undefined && toolkitId(chosen) === toolkitId(node.toolkit),
      );
    }
    case "warning":
      return plain(node.warning.message, "warning", "warning");
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

function problemWords(problem: Problem, context: string): RowWords {
  return plain(sentence(problem), problem.reason === "cancelled" ? "circle-slash" : "warning", context);
}

function readingText(connection: HostState): string {
  if (connection.kind === "connected") return "Looking for environments…";
  return connection.kind === "needsYou" ? "The login needs you" : "Connecting…";
}

function hostWords(host: HostRef, deps: RowsDeps): RowWords {
  const { survey, isReading } = deps.state(host);
  const connection = deps.connection(host);
  const environments = survey?.report.environments;
  const count = environments && `${environments.length} ${environments.length === 1 ? "environment" : "environments"}`;
  const broken = environments?.filter(({ error }) => error).length ?? 0;
  const description = facts([
    count,
    broken > 0 && `${broken} broken`,
    isReading && survey && "reading…",
    connection.kind === "connected" || connection.kind === "disconnected"
      ? false
      : describeState(connection, deps.now()),
  ]);
  return {
    label: host.name,
    description,
    tooltip: [host.name, description || "Unfold it to see its Python environments and toolkits."],
    spoken: [host.name, description.replaceAll(" · ", ", ")].filter(Boolean).join(", "),
    icon: "server-environment",
    context: "host",
  };
}

/** Files that an environment can be made from, the most telling first. */
export const environmentFiles = [
  "environment.yml",
  "environment.yaml",
  "uv.lock",
  "pixi.lock",
  "pyproject.toml",
  "requirements.txt",
];

function projectWords({ path, files }: ProjectFolder): RowWords {
  const name = path.split("/").filter(Boolean).at(-1) ?? path;
  return {
    label: name,
    description: files.join(", "),
    tooltip: [path, `Has ${files.join(", ")}`],
    spoken: `Project folder ${name} with ${files.join(", ")}`,
    icon: "root-folder",
    context: `project.${files.some((file) => environmentFiles.includes(file)) ? "create" : "plain"}`,
  };
}

function environmentContext(environment: Environment, host: HostRef, deps: RowsDeps) {
  const { survey, toolkits, verdicts, loads } = deps.state(host);
  const manager = deps.managers().find(({ id }) => id === environment.manager);
  const id = environmentId(environment);
  return {
    host: host.name,
    hasTool: toolOf(manager, survey?.tools ?? {}) !== undefined,
    verdicts: verdicts.get(id) ?? [],
    loads: loads.get(id) ?? [],
    uses: usesOf(host, environment, deps.selections),
    isAmbiguous: (survey?.report.environments ?? []).filter(({ name }) => name === environment.name).length > 1,
    carries: toolkits?.toolkits.filter((toolkit) => toolkit.environment === environment.prefix) ?? [],
    ...(manager ? { manager } : {}),
  };
}

/** The manager's program on the host. */
export function toolOf(manager: Manager | undefined, tools: Readonly<Record<string, string>>): string | undefined {
  return manager?.tool?.(tools);
}
