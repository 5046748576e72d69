import type { Environment } from "../../../../shared/environments";
import { Failure } from "../../../failure";
import { quoteArgv } from "../../../remote";
import type { ExportFormat, InstallWish, Manager, Plan } from "../../manager";
import { parseOutdated } from "./outdated";
import claimPart from "./scripts/claim.sh";
import pipPart from "./scripts/pip.sh";
import changePart from "./scripts/pipChange.sh";
import changeUndoPart from "./scripts/pipChangeUndo.sh";
import lockPart from "./scripts/pipLock.sh";
import { hidePasswords, sourcesOf } from "./sources";

/** The script of an operation, and of its undoing, made of the parts that the managers of this family share. */
export const pipScript = (...parts: readonly string[]): string => [claimPart, pipPart, ...parts].join("\n");

/** Which program changes the packages of an environment: its own pip, or uv, which needs none there. */
export type Installer = "pip" | "uv";

/** A command as a person would type it: `~/` stays outside of quotes. For showing only. */
export const typed = (argv: readonly string[]): string =>
  argv.map((word) => (word.startsWith("~/") ? `~/${quoteArgv([word.slice(2)])}` : quoteArgv([word]))).join(" ");

/** @throws Failure `environmentProtected` */
export function refuseProtected({ isProtected, name }: Environment): void {
  if (isProtected) throw new Failure({ reason: "environmentProtected", name });
}

/** @throws Failure `packageUnusable` for what is an option, or would show a password to every user of the host */
export function checkPackages(packages: readonly string[]): readonly string[] {
  for (const word of packages) {
    const unusable = (why: string) =>
      new Failure({ reason: "packageUnusable", name: hidePasswords(word.replaceAll(/\s+/g, " ")), why });
    if (word.trim() === "") throw unusable("it is empty");
    if (word.startsWith("-")) throw unusable("it is an option");
    if (/[\0\r\n]/.test(word)) throw unusable("it holds a line break");
    if (hidePasswords(word) !== word) throw unusable("every user of the host could read its password");
  }
  return packages;
}

/** The environment's own interpreter. */
export const interpreterOf = (environment: Environment): string =>
  environment.interpreter ?? `${environment.prefix}/bin/python`;

/** `python -m pip` of an environment, kept away from the modules of the current folder. */
const pipOf = (environment: Environment): readonly [string, ...string[]] => [interpreterOf(environment), "-Im", "pip"];

const shownTool = (installer: Installer, tool: string, subcommand: string, environment: Environment) =>
  installer === "uv"
    ? [tool, "pip", subcommand, "--python", interpreterOf(environment)]
    : [interpreterOf(environment), "-m", "pip", subcommand];

interface Change {
  readonly what: "install" | "uninstall";
  readonly title: string;
  readonly shown: readonly string[];
}

function changePlan(
  installer: Installer,
  tool: string,
  environment: Environment,
  change: Change,
  wish: InstallWish,
): Plan {
  refuseProtected(environment);
  const packages = checkPackages(wish.packages);
  const { parameters, secrets } = sourcesOf(wish);
  const option = wish.upgrade ? "--upgrade" : "";
  return {
    title: change.title,
    commands: [typed([...shownTool(installer, tool, change.what, environment), ...change.shown])],
    operation: {
      script: pipScript(changePart),
      parameters: [
        environment.prefix,
        installer,
        tool,
        interpreterOf(environment),
        change.what,
        option,
        ...parameters,
        ...packages,
      ],
      undo: pipScript(changeUndoPart),
      ...(Object.keys(secrets).length === 0 ? {} : { secrets }),
    },
    prefix: environment.prefix,
  };
}

type PackageCommands = Required<Pick<Manager, "install" | "uninstall" | "outdated" | "exports">>;

/** What can be done with the packages of an environment; what is interrupted is as if it had never begun. */
export function packageCommands(installer: Installer): PackageCommands {
  return {
    install(tool, environment, wish) {
      const what = wish.packages.length === 0 ? (wish.file ?? "nothing") : wish.packages.join(", ");
      const title = `${wish.upgrade ? "Upgrading" : "Installing"} ${hidePasswords(what)} in ${environment.name}`;
      const words = [...(wish.upgrade ? ["--upgrade"] : []), ...sourcesOf(wish).shown, ...wish.packages];
      return changePlan(installer, tool, environment, { what: "install", title, shown: words }, wish);
    },
    uninstall(tool, environment, packages) {
      const title = `Uninstalling ${packages.join(", ")} from ${environment.name}`;
      const plan = changePlan(
        installer,
        tool,
        environment,
        { what: "uninstall", title, shown: packages },
        { packages },
      );
      return { ...plan, destroys: `${packages.join(", ")} in the environment ${environment.name}` };
    },
    outdated: (tool, environment) => ({
      argv: [
        ...(installer === "uv"
          ? ([tool, "pip", "list", "--python", interpreterOf(environment)] as const)
          : pipList(environment)),
        "--outdated",
        "--format=json",
      ],
      parse: parseOutdated,
    }),
    exports: exportsOf(installer),
  };
}

const pipList = (environment: Environment) => [...pipOf(environment), "list", "--disable-pip-version-check"] as const;

/** A lock is made where the tool can: pip from 25.1 on, uv from 0.7 on; versions are pinned, so the index is asked for files. */
const exportsOf = (installer: Installer): readonly ExportFormat[] => [
  {
    file: "requirements.txt",
    argv: (tool, environment) =>
      installer === "uv"
        ? [tool, "pip", "freeze", "--python", interpreterOf(environment)]
        : [...pipOf(environment), "freeze"],
  },
  {
    file: "pylock.toml",
    argv: (tool, environment) => ["sh", "-c", lockPart, "sh", installer, tool, interpreterOf(environment)],
  },
];

/** Changing packages of any environment that has pip, such as one of pyenv's. */
export const pipCommands = packageCommands("pip");
