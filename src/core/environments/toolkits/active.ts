import type { Toolkit } from "../../../shared/environments";
import type { LoginShell } from "./loginShell";

/**
 * Marks the toolkit of each kind that a new login shell of the user would take. The compiler on its `PATH` decides; where
 * there is none the variables that build tools ask do (`CUDA_HOME`, `CUDA_PATH`; `ROCM_PATH`, `HIP_PATH`), and where these
 * are not set, the place that build tools try by themselves: `/usr/local/cuda`, `/opt/rocm`, from ROCm 7.10 on `core` in it.
 * @param root what stands in front of the system's own folders
 */
export function markActive(
  toolkits: readonly Omit<Toolkit, "active">[],
  shell: LoginShell,
  root: string,
): readonly Toolkit[] {
  const active = new Set([
    choose("cuda", shell.nvcc, [shell.cudaHome, shell.cudaPath, `${root}/usr/local/cuda`]),
    choose("rocm", shell.hipcc, [shell.rocmPath, `${root}/opt/rocm`, `${root}/opt/rocm/core`]),
  ]);
  return toolkits.map((toolkit) => ({ ...toolkit, active: active.has(toolkit) }));

  function choose(kind: Toolkit["kind"], compiler: string | undefined, names: readonly (string | undefined)[]) {
    if (!shell.answered) return undefined;
    const candidates = toolkits.filter((toolkit) => toolkit.kind === kind);
    if (compiler !== undefined) {
      // A toolkit inside another one's folder is the nearer one.
      return candidates
        .filter(({ path }) => compiler.startsWith(`${path}/`))
        .sort((a, b) => b.path.length - a.path.length)[0];
    }
    const name = names.find((candidate) => candidates.some((toolkit) => isCalled(toolkit, candidate)));
    return candidates.find((toolkit) => isCalled(toolkit, name));
  }
}

function isCalled(toolkit: Omit<Toolkit, "active">, name: string | undefined): boolean {
  return name !== undefined && (toolkit.path === name || toolkit.links?.includes(name) === true);
}
