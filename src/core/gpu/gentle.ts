import type { Event } from "../event";
import type { HostRef } from "../ports";

/** Hosts that nothing samples by itself, such as login nodes that many people share. */
export interface GentleHosts {
  includes(host: HostRef): boolean;
  readonly onChange: Event<void>;
}

/** Where every look is asked for, as on the command line. */
export const noGentleHosts: GentleHosts = { includes: () => false, onChange: () => ({ dispose: () => {} }) };
