import type { Environment } from "../../../../shared/environments";
import { Failure } from "../../../failure";
import type { Manager } from "../../manager";
import { nameFault } from "./condaWishes";
import { commandText, removePlan } from "./guardedPlans";
import { pipCommands } from "./pip";
import claimPart from "./scripts/claim.sh";
import guardPart from "./scripts/condaGuard.sh";
import createScript from "./scripts/pyenvCreate.sh";
import createUndo from "./scripts/pyenvCreateUndo.sh";
import foldersPart from "./scripts/pyenvFolders.sh";

const parts = `${claimPart}\n${guardPart}\n${foldersPart}\n`;

/**
 * What pyenv can do: build a Python, which takes minutes, and with pyenv-virtualenv make a virtual environment of one. What
 * is installed into either is pip's affair.
 */
export const pyenvCommands: typeof pipCommands & Pick<Manager, "create" | "remove"> = {
  ...pipCommands,
  create(tool, { name, prefix, python, packages, file }) {
    const version = checkedVersion(python);
    if (name !== undefined) checkName(name);
    if (prefix !== undefined) unusable(prefix, "pyenv keeps its Pythons in a folder of its own");
    if (packages.length > 0 || file !== undefined) {
      unusable(name ?? version, "pyenv only makes it; install the packages into it afterwards");
    }
    const step = name === undefined ? (["install", version] as const) : (["virtualenv", version, name] as const);
    return {
      title: name === undefined ? `Building Python ${version}` : `Creating the environment ${name}`,
      commands: [commandText([tool, ...step])],
      operation: {
        script: parts + createScript,
        parameters: [version, name ?? "", tool],
        undo: parts + createUndo,
      },
    };
  },
  remove: (tool, environment) =>
    removePlan({ tool, environment, proof: "bin", afterwards: "rehash", links: linksTo(environment) }),
};

/** pyenv-virtualenv keeps an environment in `versions/3.12.4/envs/NAME` and a link to it in `versions/NAME`. */
function linksTo({ prefix }: Environment): readonly string[] {
  const [, versions, name] = /^(.+\/versions)\/[^/]+\/envs\/([^/]+)$/.exec(prefix) ?? [];
  return versions === undefined || name === undefined ? [] : [`${versions}/${name}`];
}

function checkedVersion(python: string | undefined): string {
  if (python === undefined) return unusable("", "pyenv has to be told which version");
  if (!/^[A-Za-z0-9][A-Za-z0-9._+-]{0,60}$/.test(python)) return unusable(python, "that is no version of a Python");
  return python;
}

function checkName(name: string): void {
  const why = nameFault(name);
  if (why !== undefined) unusable(name, why);
}

function unusable(name: string, why: string): never {
  throw new Failure({ reason: "environmentNameUnusable", name, why });
}
