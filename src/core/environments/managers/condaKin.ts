import { posix } from "node:path";
import type { Manager } from "../manager";
import type { FoundPrefix, SurveyedHost } from "../survey";
import { environmentAt } from "../survey/environment";

type Kin = "conda" | "mamba" | "micromamba";

/** One of the tools that make environments in conda's format, told apart by who made an environment and what the host has. */
export function condaKin(id: Kin, label: string): Manager {
  return {
    id,
    label,
    recognise(found, host) {
      if (!isConda(found) || kinOf(found, host) !== id) return undefined;
      const isRoot = found.isBase === true;
      const name = isRoot ? "base" : posix.basename(found.prefix);
      const isNamed = isRoot || host.envsFolders.has(posix.dirname(found.prefix));
      // Only one without a name is called after its project's folder.
      return environmentAt(found, host, { manager: id, kind: "conda", isProtected: isRoot, ...(isNamed && { name }) });
    },
    tool: (tools) => tools[id],
  };
}

/** What stands where conda keeps environments and has a Python is one of its own, even where `conda-meta` is gone. */
function isConda({ condaMeta, settings, via }: FoundPrefix): boolean {
  return condaMeta !== undefined || (settings === undefined && (via === "conda" || via === "list"));
}

function kinOf(found: FoundPrefix, { tools }: SurveyedHost): Kin {
  const order: readonly Kin[] = ["conda", "mamba", "micromamba"];
  const inIt = found.isBase && order.find((kin) => tools[kin]?.startsWith(`${found.prefix}/`));
  if (inIt) return inIt;
  const program = /^\S*?(?:^|\/)(conda|mamba|micromamba)(?=\s|$)/.exec(found.madeBy ?? "")?.[1] as Kin | undefined;
  if (program !== undefined && tools[program] !== undefined) return program;
  // Who made it may be gone: the others can work with it as well.
  return order.find((kin) => tools[kin] !== undefined) ?? program ?? "conda";
}
