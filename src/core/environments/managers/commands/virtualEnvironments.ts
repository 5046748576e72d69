import type { Environment } from "../../../../shared/environments";
import type { CloneWish, CreateWish, Manager, Plan } from "../../manager";
import {
  checkPackages,
  type Installer,
  interpreterOf,
  packageCommands,
  pipScript,
  refuseProtected,
  typed,
} from "./pip";
import { nameOf, prefixOf } from "./place";
import changeUndoPart from "./scripts/pipChangeUndo.sh";
import clonePart from "./scripts/pipClone.sh";
import createPart from "./scripts/pipCreate.sh";
import createUndoPart from "./scripts/pipCreateUndo.sh";
import packagesPart from "./scripts/pipPackages.sh";
import removePart from "./scripts/pipRemove.sh";
import removeUndoPart from "./scripts/pipRemoveUndo.sh";
import removingPart from "./scripts/pipRemoving.sh";
import repairPart from "./scripts/pipRepair.sh";
import { type Sources, sourcesOf } from "./sources";

/** What differs between the tools that make environments with a `pyvenv.cfg`. */
interface VirtualEnvironmentTool {
  readonly kind: "venv" | "virtualenv" | "uv";
  readonly installer: Installer;
  /** As a person would make an empty one, with this interpreter or version where one is wished. */
  readonly make: (tool: string, python: string | undefined, prefix: string) => readonly string[];
}

type Commands = Required<Pick<Manager, "create" | "clone" | "remove" | "repair">> & ReturnType<typeof packageCommands>;

/** The operations of a tool of this family. Failures are thrown before anything is asked of the host. */
export function virtualEnvironmentCommands({ kind, installer, make }: VirtualEnvironmentTool): Commands {
  const install = (tool: string, prefix: string, words: readonly string[]) =>
    installer === "uv"
      ? [tool, "pip", "install", "--python", prefix, ...words]
      : [`${prefix}/bin/python`, "-m", "pip", "install", ...words];

  function create(tool: string, wish: CreateWish): Plan {
    const prefix = prefixOf(wish);
    const packages = checkPackages(wish.packages);
    const sources = sourcesOf(wish);
    const wanted = packages.length > 0 || wish.file !== undefined;
    return {
      title: `Creating the environment ${nameOf(prefix)}`,
      commands: [
        typed(make(tool, wish.python, prefix)),
        ...(wanted ? [typed(install(tool, prefix, [...sources.shown, ...packages]))] : []),
      ],
      operation: {
        script: pipScript(createPart),
        parameters: [prefix, kind, tool, wish.python ?? "", ...sources.parameters, ...packages],
        undo: pipScript(createUndoPart),
        ...secretsOf(sources),
      },
      ...placed(prefix),
    };
  }

  function clone(tool: string, from: Environment, wish: CloneWish): Plan {
    const prefix = prefixOf(wish);
    const sources = sourcesOf(wish);
    const [, ...origin] = sources.parameters;
    const freeze =
      installer === "uv"
        ? [tool, "pip", "freeze", "--python", from.prefix]
        : [interpreterOf(from), "-m", "pip", "freeze"];
    return {
      title: `Cloning the environment ${from.name} as ${nameOf(prefix)}`,
      commands: [
        `${typed(freeze)} > requirements.txt`,
        typed(make(tool, interpreterOf(from), prefix)),
        typed(install(tool, prefix, ["--no-deps", ...sources.shown, "-r", "requirements.txt"])),
      ],
      operation: {
        script: pipScript(clonePart),
        parameters: [prefix, kind, tool, interpreterOf(from), ...origin],
        undo: pipScript(createUndoPart),
        ...secretsOf(sources),
      },
      ...placed(prefix),
    };
  }

  function remove(_tool: string, environment: Environment): Plan {
    refuseProtected(environment);
    const { name, prefix } = environment;
    return {
      title: `Deleting the environment ${name}`,
      commands: [typed(["rm", "-rf", prefix])],
      operation: {
        script: pipScript(removingPart, removePart),
        parameters: [prefix],
        undo: pipScript(removingPart, removeUndoPart),
      },
      prefix,
      destroys: `The environment ${name} in ${prefix}: its Python, all its packages and its programs. Other files in that folder stay.`,
    };
  }

  function repair(tool: string, environment: Environment): Plan {
    refuseProtected(environment);
    const { name, prefix, pythonVersion } = environment;
    const had = /^\d+\.\d+/.exec(pythonVersion ?? "")?.[0];
    // Where the manager's own Python surely is the same version, nothing has to be installed again.
    const same = kind === "venv" && had !== undefined && tool.endsWith(`/python${had}`);
    return {
      title: `Repairing the environment ${name}`,
      commands: [typed(make(tool, same ? undefined : had, prefix))],
      operation: {
        script: pipScript(packagesPart, repairPart),
        parameters: [prefix, kind, tool, "", same ? "" : "anew", "", "", ""],
        undo: pipScript(changeUndoPart),
      },
      prefix,
      ...(same
        ? {}
        : {
            destroys: `The packages of the environment ${name} in ${prefix}, where the host has no Python ${had ?? "of its version"} any more: they are then installed anew in the same versions for another Python.`,
          }),
    };
  }

  return { create, clone, remove, repair, ...packageCommands(installer) };
}

const secretsOf = ({ secrets }: Sources) => (Object.keys(secrets).length === 0 ? {} : { secrets });

/** Only the host knows where its home folder is. */
const placed = (prefix: string) => (prefix.startsWith("/") ? { prefix } : {});
