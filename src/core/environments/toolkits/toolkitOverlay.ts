import type { Toolkit } from "../../../shared/environments";
import { noOverlay, type Overlay } from "../overlay";

/**
 * What a shell, job or debug session gets so that it uses this toolkit. A toolkit of a module is loaded as that module.
 * Of one that is only a run-time part (packages of pip, say) no compiler's variables are set.
 */
export function toolkitOverlay(toolkit: Toolkit): Overlay {
  const { kind, path, module } = toolkit;
  if (module !== undefined) return { ...noOverlay, modules: [module] };
  const usualFolder = kind === "cuda" ? `${path}/lib64` : `${path}/lib`;
  const libraries = { LD_LIBRARY_PATH: [toolkit.libraryFolder ?? usualFolder] };
  if (toolkit.environment !== undefined && toolkit.nvcc === undefined) return { ...noOverlay, prepend: libraries };
  return {
    ...noOverlay,
    set: kind === "cuda" ? { CUDA_HOME: path, CUDA_PATH: path } : { ROCM_PATH: path, HIP_PATH: path },
    prepend: { PATH: [`${path}/bin`], ...libraries },
  };
}
