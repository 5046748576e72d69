import { ensureVenv } from "../../scripts/venvs.mjs";

/** An environment with real frameworks, or why there is none: for the name of a suite that is left out. */
export type RealVenv = { readonly interpreter: string; readonly without: "" } | { readonly without: string };

export async function realVenv(python: string, requirements: readonly string[]): Promise<RealVenv> {
  try {
    return { interpreter: await ensureVenv(python, requirements), without: "" };
  } catch (error) {
    const words = error instanceof Error ? error.message.trim().split("\n").at(-1) : String(error);
    return { without: `: ${requirements.join(", ")} cannot be installed here (${words})` };
  }
}
