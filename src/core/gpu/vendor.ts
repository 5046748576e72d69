import type { GpuProcess, GpuVendor as VendorId } from "../../shared/gpu";
import type { Problem } from "../failure";
import type { RemoteCommand } from "../remote";
import type { GpuReading, Reading } from "./reading";

/**
 * A vendor of GPUs: what the probe has to read for it, and how to understand that. Adding one is a file in `vendors/` and
 * a line in its index; the probe stays as it is.
 */
export interface GpuVendor {
  readonly id: VendorId;
  readonly label: string;
  /** The command that people know it by, for messages. */
  readonly tool: string;
  /** What the probe is asked to read. Names of sources are letters and digits, begin with the vendor's id and are unique. */
  sources(): readonly ProbeSource[];
  /** Follows the sources on one host from one start of the probe on. */
  createReader(): VendorReader;
  /** Values that are too dear for every beat. */
  readonly details?: RemoteCommand<VendorDetails>;
  /** Formats of recorded output, for bug reports and `tensorline parse`. */
  readonly captureFormats: Readonly<Record<string, (text: string) => Reading>>;
}

export type ProbeSource =
  /** A tool that samples by itself; its output is not framed, so a probe has at most one of these. */
  | {
      readonly kind: "loop";
      readonly name: string;
      /** Option that makes the tool list its fields in double quotes. */
      readonly helpOption: string;
      /** Wanted fields; `a|b` takes the first that the help knows. */
      readonly fields: readonly string[];
      /** Files below the sys root that say `suspended` while the device sleeps and must not be woken. */
      readonly statusFiles: string;
      /** Words; `@fields@` and `@beat@` are filled in on the host. */
      readonly argv: readonly string[];
      /** Further words that make it loop. */
      readonly loopArgv: readonly string[];
    }
  /** A command that is run again and again, never twice at a time; not run while asleep. */
  | {
      readonly kind: "every";
      readonly name: string;
      readonly everyMs: number;
      readonly limitSeconds: number;
      readonly statusFiles: string;
      readonly argv: readonly string[];
    }
  /** First lines of small files below folders of the sys root. */
  | {
      readonly kind: "files";
      readonly name: string;
      /** 0: at each beat. */
      readonly everyMs: number;
      readonly base: string;
      /** File in the folder, and its content for which the folder is left alone; both empty: none. */
      readonly guard: string;
      readonly skip: string;
      readonly patterns: readonly string[];
    };

/** What comes from a vendor's sources. */
export type SourceUpdate =
  | { readonly kind: "line"; readonly text: string }
  | { readonly kind: "fields"; readonly source: string; readonly fields: readonly string[] }
  /** A run of an `every` or `files` source: its lines and exit code. */
  | { readonly kind: "output"; readonly source: string; readonly lines: readonly string[]; readonly exitCode: number }
  /** The loop tool ended. */
  | { readonly kind: "exit"; readonly source: string; readonly exitCode: number }
  /** One run of a loop tool that cannot loop. */
  | { readonly kind: "ran"; readonly source: string; readonly exitCode: number }
  | { readonly kind: "asleep"; readonly source: string };

/** What follows from an update. */
export type VendorEvent =
  /** A tick: all GPUs of the vendor, new values. */
  | { readonly kind: "gpus"; readonly gpus: readonly GpuReading[] }
  | { readonly kind: "processes"; readonly processes: readonly GpuProcess[] }
  /** All problems of the vendor that stand now, those of single GPUs apart. */
  | { readonly kind: "problems"; readonly problems: readonly Problem[] }
  /** The vendor's tool or devices are not on this host. */
  | { readonly kind: "absent" }
  /** The loop tool ended and has to be started again after a while. */
  | { readonly kind: "ended"; readonly source: string }
  /** A line for the probe. */
  | { readonly kind: "control"; readonly line: string };

export interface VendorReader {
  take(update: SourceUpdate): readonly VendorEvent[];
}

export interface VendorDetails extends Reading {
  readonly driverVersion?: string;
  readonly cudaVersion?: string;
}
