import type { Environment } from "../../../../shared/environments";
import type { CreateWish, ExportFormat, InstallWish, Manager, Plan } from "../../manager";
import { parseOutdated } from "./condaOutdated";
import { checkedPackages, checkedWord, targetOf } from "./condaWishes";
import { changePlan, commandText, newToken, refuseProtected, removePlan, type Step, stepWords } from "./guardedPlans";
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
      const extras = [...pythonSpec(wish), ...checkedPackages(wish.packages)];
      return createPlan(flavour, tool, wish, "empty", [
        ...fileSteps(flavour, tool, wish),
        ...(extras.length === 0 ? [] : [installStep(tool, "install", wish, extras)]),
      ]);
    },

    ...(flavour.clone
      ? {
          clone: (tool: string, from: Environment, wish: Pick<CreateWish, "name" | "prefix">) =>
            createPlan(flavour, tool, wish, "folder", [[tool, "create", "--yes", "--clone", from.prefix]]),
        }
      : {}),

    remove: (tool, environment) => removePlan({ tool, environment, proof: "conda-meta" }),

    install(tool, environment, wish) {
      refuseProtected(environment);
      const verb = wish.upgrade && wish.packages.every(isNameOnly) ? "update" : "install";
      const packages = [...checkedPackages(wish.packages), ...(wish.upgrade && nothingNamed(wish) ? ["--all"] : [])];
      const steps = [
        ...fileSteps(flavour, tool, wish),
        ...(packages.length === 0 ? [] : [installStep(tool, verb, wish, packages)]),
      ];
      return changePlan({
        title: `${wish.upgrade ? "Upgrading" : "Installing"} packages in ${environment.name}`,
        tool,
        environment,
        steps: steps.map((step) => inPrefix(step, environment)),
      });
    },

    uninstall: (tool, environment, packages) =>
      changePlan({
        title: `Removing packages from ${environment.name}`,
        tool,
        environment,
        steps: [inPrefix([tool, "remove", "--yes", ...checkedPackages(packages)], environment)],
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
          inPrefix([tool, "install", "--yes", "--force-reinstall", ...checkedPackages([python])], environment),
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
  wish: Pick<CreateWish, "name" | "prefix">,
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
      parameters: [newToken(), by, at, tool, start, ...stepWords(steps)],
      undo: parts + createUndo,
    },
    ...(by === "prefix" ? { prefix: at } : {}),
  };
}

function pythonSpec({ python, file, packages }: CreateWish): readonly string[] {
  if (python !== undefined) return checkedPackages([`python=${python}`]);
  return file !== undefined || packages.some((name) => /^python([=<>! ]|$)/.test(name)) ? [] : ["python"];
}

function fileSteps({ fromYaml }: CondaFlavour, tool: string, wish: InstallWish): readonly Step[] {
  const file = checkedWord(wish.file);
  if (file === undefined) return [];
  if (fromYaml === "install" || !/\.ya?ml$/i.test(file)) {
    return [[tool, "install", "--yes", ...channelWords(wish), "--file", file]];
  }
  return [withChannels(wish, [tool, "env", "update", "--file", file])];
}

/** `env update` has no option for channels; its settings can be given in the environment. */
function withChannels(wish: InstallWish, step: Step): Step {
  const { offline, channels } = channelsOf(wish);
  if (channels.length === 0) return step;
  return ["env", `CONDA_CHANNELS=${channels.join(",")}`, ...(offline ? ["CONDA_OFFLINE=true"] : []), ...step];
}

function installStep(tool: string, verb: "install" | "update", wish: InstallWish, packages: readonly string[]): Step {
  return [tool, verb, "--yes", ...channelWords(wish), ...packages];
}

function channelWords(wish: InstallWish): readonly string[] {
  const { offline, only, channels } = channelsOf(wish);
  return [
    ...(offline ? ["--offline"] : []),
    ...(only ? ["--override-channels"] : []),
    ...channels.flatMap((channel) => ["--channel", channel]),
  ];
}

/** An index is a channel here. A folder on the host is one as well, and then nothing is fetched. */
function channelsOf({ indexUrl, extraIndexUrl, offlineFolder }: InstallWish) {
  const channels = [offlineFolder, indexUrl, extraIndexUrl].flatMap((channel) => checkedWord(channel) ?? []);
  const offline = offlineFolder !== undefined;
  return { channels, offline, only: offline || indexUrl !== undefined };
}

const inPrefix = ([program, ...words]: Step, { prefix }: Environment): Step => [program, ...words, "--prefix", prefix];
const isNameOnly = (spec: string): boolean => /^[A-Za-z0-9_.-]+$/.test(spec);
const nothingNamed = ({ packages, file }: InstallWish): boolean => packages.length === 0 && file === undefined;
