import { posix } from "node:path";
import type { Environment } from "../../../../shared/environments";
import { Failure } from "../../../failure";
import type { Manager } from "../../manager";
import { changePlan, removePlan, type Step } from "./guardedPlans";
import { checkPackages } from "./pip";

/**
 * What pixi can do: an environment belongs to a project, is made from its manifest and lock, and changes with them. Making
 * one, exporting it and choosing channels is done in the manifest. The commands run in the project's folder, where every
 * version of pixi finds its manifest.
 */
export const pixiCommands: Pick<Manager, "install" | "uninstall" | "remove"> = {
  install(tool, environment, { packages, upgrade }) {
    const names = checkPackages(packages);
    if (upgrade) return projectPlan("Upgrading packages of", tool, environment, [tool, "update", ...names]);
    // Without packages: what the manifest says.
    if (names.length === 0) return projectPlan("Installing", tool, environment, installStep(tool, environment));
    refuseFeatures(environment);
    return projectPlan("Adding packages to", tool, environment, [tool, "add", ...names]);
  },
  uninstall(tool, environment, packages) {
    refuseFeatures(environment);
    return projectPlan("Removing packages from", tool, environment, [tool, "remove", ...checkPackages(packages)]);
  },
  remove: (tool, environment) => removePlan({ tool, environment, proof: "conda-meta" }),
};

const installStep = (tool: string, environment: Environment): Step => [
  tool,
  "install",
  "--environment",
  nameIn(environment),
];

/** What pixi calls it: the folder in `.pixi/envs`. */
const nameIn = ({ prefix }: Environment): string => posix.basename(prefix);

/** Which features an environment is made of stands in the manifest, so what to change for another one is its user's to say. */
function refuseFeatures(environment: Environment): void {
  if (nameIn(environment) !== "default") {
    throw new Failure({ reason: "environmentProtected", name: environment.name });
  }
}

function projectPlan(verb: string, tool: string, environment: Environment, step: Step) {
  const folder = environment.project ?? environment.prefix.replace(/\/\.pixi\/envs\/[^/]+$/, "");
  return changePlan({
    title: `${verb} the environment ${environment.name}`,
    tool,
    environment,
    steps: [step],
    folder,
    files: ["pixi.toml", "pyproject.toml", "pixi.lock"].map((file) => `${folder}/${file}`),
  });
}
