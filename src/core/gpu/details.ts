import type { GpuVendor as VendorId } from "../../shared/gpu";
import type { Clock } from "../clock";
import { problemOf } from "../failure";
import { type Disposable, DisposableStore, MutableDisposable } from "../lifecycle";
import type { Logger } from "../logger";
import type { Runner } from "../remote";
import type { GpuVendor, VendorDetails } from "./vendor";

const everyMs = 600_000;
const everyMsWithMig = 30_000;

export interface DetailsDeps {
  /** The host's name for the log. */
  readonly host: string;
  readonly runner: Runner;
  readonly clock: Clock;
  readonly log: Logger;
}

/** Who shows what was read. */
export interface DetailsTaker {
  /** `answer` undefined: it could not be read. */
  take(vendor: VendorId, answer: VendorDetails | undefined): void;
  /** Some GPU is divided, and its parts come and go. */
  hasMig(): boolean;
}

/**
 * What seldom changes about a vendor's GPUs, read now and then on one connection. It outlives a run of the probe: where
 * only one session is allowed, reading it is what interrupts the probe.
 */
export interface Details extends Disposable {
  /** From now on `taker` gets the answers, those of before at once. */
  attach(taker: DetailsTaker): void;
  /** The vendor has GPUs, whose details are wanted from now on. */
  want(vendor: GpuVendor): void;
}

export function createDetails({ host, runner, clock, log }: DetailsDeps): Details {
  const owned = new DisposableStore();
  const over = new AbortController();
  owned.add({ dispose: () => over.abort() });
  const answers = new Map<VendorId, VendorDetails | undefined>();
  const wanted = new Set<VendorId>();
  let taker: DetailsTaker | undefined;

  async function keepReading(vendor: GpuVendor): Promise<void> {
    const { details } = vendor;
    if (!details) return;
    const timer = owned.add(new MutableDisposable<Disposable>());
    const read = async () => {
      const answer = await runner.run(details, over.signal).catch((error: unknown) => {
        log.info(`details of ${host} were not read: ${problemOf(error).reason}`);
        return undefined;
      });
      if (over.signal.aborted) return;
      answers.set(vendor.id, answer ?? answers.get(vendor.id));
      taker?.take(vendor.id, answer);
      // Each reading interrupts the probe of a host that allows one session.
      const often = taker?.hasMig() === true && runner.capabilities.parallel;
      timer.replace(clock.after(often ? everyMsWithMig : everyMs, () => void read()));
    };
    await read();
  }

  return {
    attach(next) {
      taker = next;
      for (const [vendor, answer] of answers) next.take(vendor, answer);
    },
    want(vendor) {
      if (wanted.has(vendor.id)) return;
      wanted.add(vendor.id);
      void keepReading(vendor);
    },
    dispose: () => owned.dispose(),
  };
}
