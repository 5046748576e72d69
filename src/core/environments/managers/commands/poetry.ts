import type { Environment } from "../../../../shared/environments";
import { Failure } from "../../../failure";
import type { Manager } from "../../manager";
import { changePlan, removePlan, type Step } from "./guardedPlans";
import { checkPackages } from "./pip";

/**
 * What Poetry can do: an environment is for a project, and changes with its `pyproject.toml` and `poetry.lock`. Where an
 * environment in Poetry's cache does not tell its project, only deleting it is possible.
 */
export const poetryCommands: Pick<Manager, "install" | "uninstall" | "remove"> = {
  install(tool, environment, { packages, upgrade }) {
    const names = checkPackages(packages);
    if (upgrade) return projectPlan("Upgrading packages of", tool, environment, ["update", ...names]);
    // Without packages: what the project's lock says.
    if (names.length === 0) return projectPlan("Installing", tool, environment, ["install"]);
    return projectPlan("Adding packages to", tool, environment, ["add", ...names]);
  },
  uninstall: (tool, environment, packages) =>
    projectPlan("Removing packages from", tool, environment, ["remove", ...checkPackages(packages)]),
  remove: (tool, environment) => removePlan({ tool, environment, proof: "pyvenv.cfg" }),
};

/** @throws Failure `environmentBroken` where its project is not known */
function projectPlan(
  verb: string,
  tool: string,
  environment: Environment,
  [command = "", ...words]: readonly string[],
) {
  const { name, prefix, project } = environment;
  if (project === undefined) {
    throw new Failure({ reason: "environmentBroken", name, detail: "nothing tells which project it is for" });
  }
  const step: Step = [tool, command, "--no-interaction", "--no-ansi", ...words];
  return changePlan({
    title: `${verb} the environment ${name}`,
    tool,
    environment,
    // Poetry works in the environment that is active.
    steps: [["env", `VIRTUAL_ENV=${prefix}`, ...step]],
    shown: [step],
    folder: project,
    files: [`${project}/pyproject.toml`, `${project}/poetry.lock`],
  });
}
