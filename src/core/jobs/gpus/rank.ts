import { fitsNow, type GpuOutlook } from "./outlook";

/**
 * Hosts in the order in which a job should try them: those where it begins at once, the one whose GPUs have been free for
 * longest first; then the shorter queue, then the smaller shortage. Those that can never serve it are left out. Equals stay in their order.
 */
export function rankHosts<T extends { readonly outlook: GpuOutlook }>(hosts: readonly T[]): T[] {
  return hosts
    .filter(({ outlook }) => !outlook.impossible)
    .sort((a, b) => {
      const [one, other] = [a.outlook, b.outlook];
      const now = Number(fitsNow(other)) - Number(fitsNow(one));
      if (now !== 0) return now;
      if (fitsNow(one)) return freeMs(other) - freeMs(one);
      return one.ahead - other.ahead || shortage(one) - shortage(other);
    });
}

const shortage = ({ wanted, chosen }: GpuOutlook): number => wanted - chosen.length;

const freeMs = ({ chosen }: GpuOutlook): number =>
  chosen.length === 0 ? 0 : Math.min(...chosen.map((choice) => choice.freeMs ?? 0));
