import type { Environment } from "../../../../shared/environments";
import type { CloneWish, CreateWish, ExportFormat, InstallWish, Manager, Plan } from "../../manager";
import { channelsOf } from "./condaChannels";
import { parseOutdated } from "./condaOutdated";
import { checkedWord, targetOf } from "./condaWishes";
import { changePlan, commandText, removePlan, type Step, stepWords } from "./guardedPlans";
import { checkPackages } from "./pip";
import claimPart from "./scripts/claim.sh";
import createScript from "./scripts/condaCreate.sh";
import createUndo from "./scripts/condaCreateUndo.sh";
import foldersPart from "./scripts/condaFolders.sh";
import guardPart from "./scripts/condaGuard.sh";

/** In what conda, mamba and micromamba differ. */
export interface CondaFlavour {
  /** As a person types it. */
  readonly program: string;
  /** What installs from an `environment.yml`: its own command, which takes no channels, or the same as for packages. */
  readonly fromYaml: "env update" | "install";
  /** It has `create --clone`. */
  readonly clone?: true;
  /** The words that print an explicit lock. */
  readonly explicitList: readonly string[];
}

type CondaOperations = Pick<
  Manager,
  "create" | "clone" | "remove" | "install" | "uninstall" | "exports" | "outdated" | "repair"
>;

/** What can be done with an environment of conda's kind; every flag is documented for each version of the tool. */
export function condaFamily(flavour: CondaFlavour): CondaOperations {
  return {
    create: (tool, wish) => {
      const extras = [...pythonSpec(wish), ...checkPackages(wish.packages)];
      return createPlan(flavour, tool, wish, "empty", [
        ...fileSteps(flavour, tool, wish),
        ...(extras.length === 0 ? [] : [installStep(tool, "install", wish, extras)]),
      ]);
    },

    ...(flavour.clone
      ? {
          clone: (tool: string, from: Environment, wish: CloneWish) =>
            createPlan(flavour, tool, wish, "folder", [
              [tool, "create", "--yes", ...channelsOf({ ...wish, packages: [] }).options, "--clone", from.prefix],
            ]),
        }
      : {}),

    remove: (tool, environment) => removePlan({ tool, environment, proof: "conda-meta" }),

    install(tool, environment, wish) {
      const verb = wish.upgrade && wish.packages.every(isNameOnly) ? "update" : "install";
      const packages = [...checkPackages(wish.packages), ...(wish.upgrade && nothingNamed(wish) ? ["--all"] : [])];
      const steps = [
        ...fileSteps(flavour, tool, wish),
        ...(packages.length === 0 ? [] : [installStep(tool, verb, wish, packages)]),
      ];
      return changePlan({
        title: `${wish.upgrade ? "Upgrading" : "Installing"} packages in ${environment.name}`,
        tool,
        environment,
        steps: steps.map((step) => inPrefix(step, environment)),
        ...secretsOf(wish),
      });
    },

    uninstall: (tool, environment, packages) =>
      changePlan({
        title: `Removing packages from ${environment.name}`,
        tool,
        environment,
        steps: [inPrefix([tool, "remove", "--yes", ...checkPackages(packages)], environment)],
      }),

    repair(tool, environment) {
      const { prefix, pythonVersion } = environment;
      const python = pythonVersion === undefined ? "python" : `python=${pythonVersion}`;
      const meta = `${prefix}/conda-meta`;
      return changePlan({
        title: `Repairing the environment ${environment.name}`,
        tool,
        environment,
        steps: [
          // Without its history conda takes the folder for none of its environments.
          ["mkdir", "-p", meta],
          ["touch", `${meta}/history`],
          inPrefix([tool, "install", "--yes", "--force-reinstall", ...checkPackages([python])], environment),
          [`${prefix}/bin/python`, "-c", ""],
        ],
      });
    },

    exports: [
      {
        file: "environment.yml",
        argv: (tool, { prefix }) => [tool, "env", "export", "--prefix", prefix],
      },
      {
        file: "conda-lock.txt",
        argv: (tool, { prefix }) => [tool, ...flavour.explicitList, "--prefix", prefix],
      },
      requirements,
    ],

    outdated: (tool, { prefix }) => ({
      argv: [tool, "update", "--all", "--dry-run", "--json", "--prefix", prefix],
      parse: parseOutdated,
    }),
  };
}

/** `pip freeze` names packages that conda installed by folders of the machine that built them; this names versions. */
const requirements: ExportFormat = {
  file: "requirements.txt",
  argv: (_tool, { prefix, interpreter = `${prefix}/bin/python` }) => [
    interpreter,
    "-m",
    "pip",
    "--disable-pip-version-check",
    "list",
    "--format=freeze",
  ],
};

function createPlan(
  flavour: CondaFlavour,
  tool: string,
  wish: CloneWish,
  start: "empty" | "folder",
  steps: readonly Step[],
): Plan {
  const { by, at } = targetOf(wish);
  const parts = `${claimPart}\n${guardPart}\n${foldersPart}\n`;
  return {
    title: `Creating the environment ${at}`,
    commands: [
      ...(start === "empty" ? [commandText([flavour.program, "create", `--${by}`, at])] : []),
      ...steps.map(([program, ...words]) => commandText([program, ...words, `--${by}`, at])),
    ],
    operation: {
      script: parts + createScript,
      parameters: [by, at, tool, start, ...stepWords(steps)],
      undo: parts + createUndo,
      ...secretsOf(wish),
    },
    ...(by === "prefix" && at.startsWith("/") ? { prefix: at } : {}),
  };
}

function pythonSpec({ python, file, packages }: CreateWish): readonly string[] {
  if (python !== undefined) return checkPackages([`python=${python}`]);
  return file !== undefined || packages.some((name) => /^python([=<>! ]|$)/.test(name)) ? [] : ["python"];
}

function fileSteps({ fromYaml }: CondaFlavour, tool: string, wish: InstallWish): readonly Step[] {
  const file = checkedWord(wish.file);
  if (file === undefined) return [];
  const channels = channelsOf(wish);
  return fromYaml === "env update" && /\.ya?ml$/i.test(file)
    ? [channels.around([tool, "env", "update", "--file", file])]
    : [[tool, "install", "--yes", ...channels.options, "--file", file]];
}

function installStep(tool: string, verb: "install" | "update", wish: InstallWish, packages: readonly string[]): Step {
  return [tool, verb, "--yes", ...channelsOf(wish).options, ...packages];
}

const inPrefix = ([program, ...words]: Step, { prefix }: Environment): Step => [program, ...words, "--prefix", prefix];

function secretsOf(wish: CloneWish) {
  const { secrets } = channelsOf({ ...wish, packages: [] });
  return secrets === undefined ? {} : { secrets };
}

const isNameOnly = (spec: string): boolean => /^[A-Za-z0-9_.-]+$/.test(spec);
const nothingNamed = ({ packages, file }: InstallWish): boolean => packages.length === 0 && file === undefined;
