import type { Distribution } from "../survey";

/** Reading packages off the names of their metadata, as PEP 376 and PEP 491 and conda write them. */

/** `torch-2.4.0+cu121.dist-info`, `foo-1.0-py3.8.egg-info`; undefined where the name tells no version. */
export function distribution(file: string): Distribution | undefined {
  const [, stem = "", kind] = /^(.{1,200})\.(dist|egg)-info$/.exec(file) ?? [];
  const whole = kind === "egg" ? stem.replace(/-py\d(\.\d+)?(-.+)?$/, "") : stem;
  const at = whole.lastIndexOf("-");
  const [name, version] = [whole.slice(0, Math.max(at, 0)), whole.slice(at + 1)];
  return isName(name) && /^\d[\w.!+*]*$/.test(version) ? { name: canonical(name), version } : undefined;
}

/** `pytorch-2.5.1-cuda126_py312h1234567_306.json` of `conda-meta`. */
export function condaPackage(file: string): Distribution | undefined {
  const [, name, version, condaBuild] = /^([^/]{1,128})-([^-/]{1,64})-([^-/]{1,64})\.json$/.exec(file) ?? [];
  if (name === undefined || version === undefined || condaBuild === undefined || !isName(name)) return undefined;
  return { name: name.toLowerCase(), version, condaBuild };
}

/** The one spelling of PEP 503: `Flash_Attn` is `flash-attn`. */
export const canonical = (name: string): string => name.replace(/[-_.]+/g, "-").toLowerCase();

const isName = (text: string): boolean => /^[A-Za-z0-9_]([\w.-]*[\w])?$/.test(text);
