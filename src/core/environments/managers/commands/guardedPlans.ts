import { posix } from "node:path";
import type { Environment } from "../../../../shared/environments";
import { quoteArgv } from "../../../remote";
import type { Plan } from "../../manager";
import { maskSecrets } from "./maskSecrets";
import { refuseProtected } from "./pip";
import claimPart from "./scripts/claim.sh";
import changeScript from "./scripts/condaChange.sh";
import changeUndo from "./scripts/condaChangeUndo.sh";
import guardPart from "./scripts/condaGuard.sh";
import removeScript from "./scripts/condaRemove.sh";
import removeUndo from "./scripts/condaRemoveUndo.sh";

/** One command that a script runs: words, never shell text. */
export type Step = readonly [string, ...string[]];

export interface Change {
  readonly title: string;
  readonly tool: string;
  readonly environment: Environment;
  readonly steps: readonly Step[];
  /** What a person would type, where the steps are not that. */
  readonly shown?: readonly Step[];
  /** Where the steps run; absent: in the environment's folder. */
  readonly folder?: string;
  /** Files of its project that change with it, and are put back with it. */
  readonly files?: readonly string[];
  readonly secrets?: Readonly<Record<string, string>>;
}

/** Runs the steps; the environment and the files are as before unless all of them succeed. */
export function changePlan({
  title,
  tool,
  environment,
  steps,
  shown = steps,
  folder,
  files = [],
  secrets,
}: Change): Plan {
  refuseProtected(environment);
  const { prefix } = environment;
  const where = folder ?? prefix;
  return {
    title,
    commands: [...(folder === undefined ? [] : [commandText(["cd", folder])]), ...shown.map(commandText)],
    operation: {
      script: `${claimPart}\n${guardPart}\n${changeScript}`,
      parameters: [prefix, where, tool, `${files.length}`, ...files, ...stepWords(steps)],
      undo: `${claimPart}\n${guardPart}\n${changeUndo}`,
      ...(secrets === undefined ? {} : { secrets }),
    },
    prefix,
  };
}

export interface Removal {
  readonly tool: string;
  readonly environment: Environment;
  /** A file or folder in it that proves what it is: `conda-meta`, `pyvenv.cfg`. */
  readonly proof: string;
  /** A command of the tool's for afterwards, such as `rehash`. */
  readonly afterwards?: string;
  /** Links that lead to it and go with it. */
  readonly links?: readonly string[];
}

/** Moves the environment aside and deletes it; it is there whole, or gone. */
export function removePlan({ tool, environment, proof, afterwards = "", links = [] }: Removal): Plan {
  refuseProtected(environment);
  const { name, prefix } = environment;
  return {
    title: `Deleting the environment ${name}`,
    commands: [
      commandText(["rm", "-rf", prefix]),
      ...links.map((link) => commandText(["rm", "-f", link])),
      ...(afterwards === "" ? [] : [commandText([tool, afterwards])]),
    ],
    operation: {
      script: `${claimPart}\n${guardPart}\n${removeScript}`,
      parameters: [prefix, tool, proof, afterwards, ...links],
      undo: `${claimPart}\n${guardPart}\n${removeUndo}`,
    },
    prefix,
    destroys: `The environment ${name}: the folder ${prefix} with everything in it, your own files there included.`,
  };
}

export const stepWords = (steps: readonly Step[]): readonly string[] =>
  steps.flatMap((step) => [`${step.length}`, ...step]);

/** A command for showing: its program by name, without secrets. */
export function commandText([program, ...words]: Step): string {
  return maskSecrets(quoteArgv([posix.basename(program), ...words]));
}
