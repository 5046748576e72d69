import { type HostRef, hostId } from "../../core/ports";
import type { Environment } from "../../shared/environments";
import type { Memory } from "../environments/selections";

/** A host, and the environment that a terminal there has. */
export interface Pair {
  readonly host: HostRef;
  /** Absent: as the person's own shells are. */
  readonly environment?: Environment;
}

/** The pairs that terminals of this workspace had, the last one first. */
export interface Pairs {
  recent(): readonly Pair[];
  remember(pair: Pair): PromiseLike<void>;
}

const key = "tensorline.tensors.pairs";
const MOST = 8;

export function createPairs(memory: Memory): Pairs {
  const recent = () => memory.get<readonly Pair[]>(key, []);
  return {
    recent,
    remember({ host, environment }) {
      const pair: Pair = environment ? { host, environment: { ...environment, packages: [] } } : { host };
      const others = recent().filter((one) => pairId(one) !== pairId(pair));
      return memory.update(key, [pair, ...others].slice(0, MOST));
    },
  };
}

export const pairId = ({ host, environment }: Pair): string =>
  JSON.stringify([hostId(host), environment?.prefix, environment?.module]);

/** `lab1: train` */
export const pairName = ({ host, environment }: Pair): string =>
  environment ? `${host.name}: ${environment.name}` : host.name;
